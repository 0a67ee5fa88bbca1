/**
 * API tokens: `gas_<user id, base64url>_<secret>`. The user id makes the owner's item readable by key, with no index over
 * secrets; of the secret only its SHA-256 is stored (256 random bits need no slow hash).
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { ApiToken, User } from "../../contract/user.ts";
import { type Clock, epochSeconds, type UserStore } from "../../jobs/ports.ts";

/** More would not fit the item's purpose: one per program. */
export const tokensMax = 20;

const sha256 = (text: string) => createHash("sha256").update(text).digest();

export function newApiToken(
  userId: string,
  label: string,
  clock: Pick<Clock, "now">,
): { token: string; stored: ApiToken } {
  // No underscore inside either part: it separates them.
  const secret = randomBytes(32).toString("hex");
  return {
    token: `gas_${Buffer.from(userId).toString("base64url").replaceAll("_", ".")}_${secret}`,
    stored: { token_id: randomUUID(), label, hash: sha256(secret).toString("hex"), created_time: epochSeconds(clock) },
  };
}

/** Owner of the token and the token's public id, or `undefined` when it is none of ours (any more). */
export async function ownerOfToken(
  users: UserStore,
  token: string,
): Promise<{ user: User; tokenId: string } | undefined> {
  const [, encoded, secret] = /^gas_([\w.-]{1,1000})_([0-9a-f]{64})$/.exec(token) ?? [];
  if (encoded === undefined || secret === undefined) return undefined;
  const user = await users.get(Buffer.from(encoded.replaceAll(".", "_"), "base64url").toString());
  const given = sha256(secret);
  // Every stored hash is compared, in constant time: neither which nor how many is told by the time it takes.
  const matches = (user?.api_tokens ?? []).filter((stored) => {
    const hash = Buffer.from(stored.hash, "hex");
    return hash.length === given.length && timingSafeEqual(hash, given);
  });
  const match = matches[0];
  return user === undefined || match === undefined ? undefined : { user, tokenId: match.token_id };
}
