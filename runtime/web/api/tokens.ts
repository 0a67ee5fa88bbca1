/** Whose an API token is. What tokens look like, and what is stored of them, is the contract's. */
import { timingSafeEqual } from "node:crypto";
import { makeApiToken, partsOfToken, tokenHash } from "../../contract/api-token.ts";
import { type ApiToken, type TokenScope, tokenScopes, type User } from "../../contract/user.ts";
import { type Clock, epochSeconds, type Log, type UserStore } from "../../jobs/ports.ts";

/** More would not fit the item's purpose: one per program. */
export const tokensMax = 20;

export const newApiToken = (
  userId: string,
  label: string,
  clock: Pick<Clock, "now">,
  scopes?: readonly TokenScope[],
): { token: string; stored: ApiToken } => makeApiToken(userId, label, epochSeconds(clock), scopes);

export const scopesOf = ({ scopes }: ApiToken): readonly TokenScope[] => scopes ?? tokenScopes;

/** Owner of the token and the token as stored, or `undefined` when it is none of ours (any more). */
export async function ownerOfToken(
  users: UserStore,
  token: string,
): Promise<{ user: User; stored: ApiToken } | undefined> {
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
  return user === undefined || match === undefined ? undefined : { user, stored: match };
}

/** Seconds within which a further use is not written down: one write a minute, however busy the program is. */
const useSeconds = 60;

/** Writes down that the token is in use. The request does not wait for it, and does not fail with it. */
export function noteUse(
  { users, clock, log }: { users: Pick<UserStore, "apiTokenUsed">; clock: Pick<Clock, "now">; log: Log },
  user: User,
  { token_id, last_used_time }: ApiToken,
): void {
  const now = epochSeconds(clock);
  if (last_used_time !== undefined && now - last_used_time < useSeconds) return;
  users.apiTokenUsed(user, token_id, now).catch((error: unknown) => {
    log.warn({ err: error, token_id }, "the last use of a token was not recorded");
  });
}
