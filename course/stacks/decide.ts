/** Whether an operation has anything to do for a stack. Pure: what the ledger says decides. */
import { stands } from "../stands.ts";
import type { StackEntry, StackOperation } from "./events.ts";

export interface Wish {
  readonly operation: StackOperation;
  /** `up`: of what is to stand. */
  readonly fingerprint?: string;
  /** See `Account.identity`. */
  readonly account?: string | undefined;
  /** Also where nothing has changed. */
  readonly again: boolean;
}

export type StackDecision =
  | { readonly does: false; readonly why: string }
  | {
      readonly does: true;
      /** What stands is looked at first. */
      readonly refresh: boolean;
      /** An earlier command died over this stack. */
      readonly cutOff: boolean;
    };

/** Why there is nothing to do; `undefined`: there is. */
function objection(entry: StackEntry, { operation, fingerprint, again }: Wish, forgotten: boolean): string | undefined {
  const { stack, state, underWay } = entry;
  switch (operation) {
    case "up":
      if (state === "frozen" && !forgotten) return `is frozen; annofarm course unfreeze --only ${stack}`;
      if (state === "up" && !again && !forgotten && entry.fingerprint === fingerprint)
        return "is up, nothing has changed";
      return undefined;
    case "down":
      if (stands(entry) || again) return undefined;
      return state === "gone" ? "is gone already" : "was never up";
    case "freeze":
      return state === "frozen" ? "is frozen already" : stands(entry) ? undefined : "is not there";
    case "unfreeze":
      return state === "frozen" || entry.sizesBefore !== undefined ? undefined : "is not frozen";
    case "minimum":
      if (state === "frozen") return "is frozen, which is less";
      return stands(entry) || underWay !== undefined ? undefined : "is not there";
  }
}

export function decide(entry: StackEntry, wish: Wish): StackDecision {
  const cutOff = entry.underWay !== undefined;
  const forgotten = stands(entry) && entry.account !== wish.account;
  const why = cutOff ? undefined : objection(entry, wish, forgotten);
  if (why !== undefined) return { does: false, why };
  return { does: true, refresh: wish.again || cutOff || forgotten, cutOff };
}
