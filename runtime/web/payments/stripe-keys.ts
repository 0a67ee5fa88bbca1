import { createHash } from "node:crypto";

/** An idempotency key: Stripe answers a repeated one as it answered the first time, for 24 hours. 255 characters at most. */
export const keyOf = (what: string, ...parts: readonly string[]): string =>
  `${what}:${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`;
