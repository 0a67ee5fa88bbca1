/** Whose an API token is. What tokens look like, and what is stored of them, is the contract's. */
import { timingSafeEqual } from "node:crypto";
import { makeApiToken, partsOfToken, tokenHash } from "../../contract/api-token.ts";
import type { ApiToken, User } from "../../contract/user.ts";
import { type Clock, epochSeconds, type UserStore } from "../../jobs/ports.ts";

/** More would not fit the item's purpose: one per program. */
export const tokensMax = 20;

export const newApiToken = (
  userId: string,
  label: string,
  clock: Pick<Clock, "now">,
): { token: string; stored: ApiToken } => makeApiToken(userId, label, epochSeconds(clock));

/** Owner of the token and the token's public id, or `undefined` when it is none of ours (any more). */
export async function ownerOfToken(
  users: UserStore,
  token: string,
): Promise<{ user: User; tokenId: string } | undefined> {
  const parts = partsOfToken(token);
  if (parts === undefined) return undefined;
  const user = await users.get(parts.userId);
  const given = tokenHash(parts.secret);
  // Every stored hash is compared, in constant time: neither which nor how many is told by the time it takes.
  const matches = (user?.api_tokens ?? []).filter((stored) => {
    const hash = Buffer.from(stored.hash, "hex");
    return hash.length === given.length && timingSafeEqual(hash, given);
  });
  const match = matches[0];
  return user === undefined || match === undefined ? undefined : { user, tokenId: match.token_id };
}
