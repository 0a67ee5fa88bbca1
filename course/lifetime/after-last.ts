/** What the stacks of a class share costs as long as it stands, and is of no use after the last of them. */
import { type Books, type Histories, recordsNow } from "../books.ts";
import { causeOf } from "../cause.ts";
import { stands } from "../stands.ts";
import type { StackRecord } from "../types.ts";
import { patience } from "./lease.ts";

export interface AfterLast {
  readonly books: Pick<Books, "shared" | "operations" | "histories">;
  now(): Date;
  tell(line: string): void;
}

/** Whether what is shared has outlived its use: nothing is left of stacks that were there, and nobody is at it. */
export function outlivesAll(histories: Histories, shared: readonly string[], now: number): boolean {
  const own = recordsNow(histories, shared);
  const left = shared.flatMap((name) => histories.get(name)?.at(-1) ?? []).filter(stands);
  const underWay = ({ state, since }: StackRecord) =>
    (state === "creating" || state === "destroying") && now - Date.parse(since) < patience;
  return own.some(({ state }) => state === "gone") && !own.some(stands) && left.length > 0 && !left.some(underWay);
}

/** @returns whether it had to go, and why it could not: the next call tries again. */
export async function endSharedAfterLast({ books, now, tell }: AfterLast): Promise<{ failure?: string } | undefined> {
  if (!outlivesAll(await books.histories(), books.shared, now().getTime())) return undefined;
  try {
    await books.operations.endShared();
    tell("what the class shared is destroyed, after the last of its stacks");
    return {};
  } catch (error) {
    const failure = causeOf(error);
    tell(`what the class shared cannot be destroyed: ${failure}; it is tried again at the next call`);
    return { failure };
  }
}
