/**
 * API tokens: `gas_<user id, base64url>_<secret>`. The user id makes the owner's item readable by key, with no index over
 * secrets; of the secret only its SHA-256 is stored (256 random bits need no slow hash).
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type ApiToken, type TokenScope, tokenScopes } from "./user.ts";

export const tokenHash = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** @param createdTime whole epoch seconds. */
export function makeApiToken(
  userId: string,
  label: string,
  createdTime: number,
  scopes: readonly TokenScope[] = tokenScopes,
): { token: string; stored: ApiToken } {
  // No underscore inside either part: it separates them.
  const secret = randomBytes(32).toString("hex");
  return {
    token: `gas_${Buffer.from(userId).toString("base64url").replaceAll("_", ".")}_${secret}`,
    stored: {
      token_id: randomUUID(),
      label,
      hash: tokenHash(secret).toString("hex"),
      created_time: createdTime,
      scopes: [...scopes],
    },
  };
}

/** Whom a token names and what it proves that with; `undefined`: it is none of ours. */
export function partsOfToken(token: string): { userId: string; secret: string } | undefined {
  const [, encoded, secret] = /^gas_([\w.-]{1,1000})_([0-9a-f]{64})$/.exec(token) ?? [];
  if (encoded === undefined || secret === undefined) return undefined;
  return { userId: Buffer.from(encoded.replaceAll(".", "_"), "base64url").toString(), secret };
}
