// What a command does for a stack, by what the ledger says of it.
import test from "ava";
import { decide, type StackDecision, type Wish } from "../../../course/stacks/decide.ts";
import {
  absent,
  after,
  type LedgerEvent,
  type StackEntry,
  type StackOperation,
} from "../../../course/stacks/events.ts";

const stack = "gas26-saaaaaa";
const at = "2026-09-01T08:00:00.000Z";
const begun = (operation: StackOperation, account?: string): LedgerEvent => ({
  ...({ kind: "begun", at, stack, operation, pid: 1 } as const),
  ...(account === undefined ? {} : { account }),
});
const done = (operation: StackOperation, fingerprint?: string): LedgerEvent => ({
  ...({ kind: "done", at, stack, operation, seconds: 1 } as const),
  ...(fingerprint === undefined ? {} : { fingerprint }),
});
const failed = (operation: StackOperation): LedgerEvent => ({ kind: "failed", at, stack, operation, cause: "no" });
const entry = (...events: readonly LedgerEvent[]): StackEntry => events.reduce(after, absent(stack));
const up = [begun("up", "one"), done("up", "f1")];
const sizes: LedgerEvent = { kind: "sizes", at, stack, sizes: { web: { min: 1, max: 2, desired: 1 } } };
const wish = (operation: StackOperation, rest: Partial<Wish> = {}): Wish => ({
  ...{ operation, again: false, account: "one" },
  ...(operation === "up" ? { fingerprint: "f1" } : {}),
  ...rest,
});
const does = (refresh: boolean, cutOff = false): StackDecision => ({ does: true, refresh, cutOff });

const cases: readonly [string, StackEntry, Wish, StackDecision | RegExp][] = [
  ["a new one", entry(), wish("up"), does(false)],
  ["one that is up as it should be", entry(...up), wish("up"), /nothing has changed/],
  ["one that is up, asked again", entry(...up), wish("up", { again: true }), does(true)],
  ["one whose program has changed", entry(...up), wish("up", { fingerprint: "f2" }), does(false)],
  ["one that failed", entry(begun("up", "one"), failed("up")), wish("up"), does(false)],
  ["one whose up was cut off", entry(begun("up", "one")), wish("up"), does(true, true)],
  ["one that was up, whose next up was cut off", entry(...up, begun("up", "one")), wish("up"), does(true, true)],
  ["one in an account that has forgotten it", entry(...up), wish("up", { account: "two" }), does(true)],
  [
    "a frozen one",
    entry(...up, begun("freeze", "one"), sizes, done("freeze")),
    wish("up"),
    /frozen; annofarm course unfreeze/,
  ],
  ["one that is gone", entry(...up, begun("down", "one"), done("down")), wish("up"), does(false)],
  ["down: never up", entry(), wish("down"), /never up/],
  ["down: up", entry(...up), wish("down"), does(false)],
  ["down: half made", entry(begun("up", "one"), failed("up")), wish("down"), does(false)],
  ["down: cut off", entry(...up, begun("down", "one")), wish("down"), does(true, true)],
  ["down: gone", entry(...up, begun("down", "one"), done("down")), wish("down"), /gone already/],
  ["freeze: up", entry(...up), wish("freeze"), does(false)],
  ["freeze: not there", entry(), wish("freeze"), /not there/],
  ["freeze: cut off", entry(...up, begun("freeze", "one"), sizes), wish("freeze"), does(true, true)],
  ["unfreeze: up", entry(...up), wish("unfreeze"), /not frozen/],
  ["unfreeze: braked", entry(...up, begun("minimum", "one"), sizes, done("minimum")), wish("unfreeze"), does(false)],
  ["minimum: frozen", entry(...up, begun("freeze", "one"), sizes, done("freeze")), wish("minimum"), /less/],
];

for (const [what, before, wanted, expected] of cases) {
  test(`${wanted.operation}, ${what}`, (t) => {
    const decision = decide(before, wanted);
    if (expected instanceof RegExp) t.regex(decision.does ? "it does" : decision.why, expected);
    else t.deepEqual(decision, expected);
  });
}
