// When what a class shares stood: also after a failure, after a command that was killed, and once it has gone.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { standingOf } from "../../../course/money/intervals.ts";
import { readSharedHistories, writtenDown } from "../../../course/stacks/shared-ledger.ts";

const [stack, hour] = ["gas26-shared", 3_600_000];

function course() {
  const stateDirectory = mkdtempSync(join(tmpdir(), "annofarm-shared-ledger-"));
  let time = 0;
  const history = () => readSharedHistories(stateDirectory).get(stack) ?? [];
  return {
    history,
    states: () => history().map(({ state }) => state),
    spans: () => standingOf(history()).map(({ from, to }) => [from / hour, to === undefined ? "stands" : to / hour]),
    /** An hour's work that begins at this hour. */
    does(at: number, operation: "up" | "down", work: () => void = () => {}, kill = new AbortController().signal) {
      time = at * hour;
      return writtenDown({ stateDirectory, stack, operation, now: () => new Date(time), kill }, async () => {
        time += hour;
        work();
        return "done";
      });
    },
  };
}

const fails = () => {
  throw new Error("Throttling: Rate exceeded");
};

test("from the beginning of its creation until it is gone, and once more", async (t) => {
  const { does, states, spans, history } = course();
  t.deepEqual(history(), []);
  t.is(await does(1, "up"), "done");
  t.deepEqual([states(), spans()], [["creating", "up"], [[1, "stands"]]]);
  await does(5, "up");
  t.deepEqual([states(), spans()], [["creating", "up"], [[1, "stands"]]], "up again is no new beginning");
  await does(9, "down");
  t.deepEqual(spans(), [[1, 10]]);
  await does(20, "up");
  t.deepEqual(spans(), [
    [1, 10],
    [20, "stands"],
  ]);
});

test("what failed stands in part, and its cause is kept", async (t) => {
  const { does, states, spans, history } = course();
  await t.throwsAsync(does(1, "up", fails), { message: /Throttling/ });
  t.deepEqual([states(), spans()], [["creating", "failed"], [[1, "stands"]]]);
  t.is(history().at(-1)?.failure?.cause, "Throttling: Rate exceeded");
  await t.throwsAsync(does(5, "down", fails), { message: /Throttling/ });
  t.deepEqual(spans(), [[1, "stands"]]);
  await does(7, "down");
  t.deepEqual(spans(), [[1, 8]]);
});

test("a command that is killed has neither failed nor ended: it stands until it is known to be gone", async (t) => {
  const { does, states, spans } = course();
  await t.throwsAsync(does(1, "up", fails, AbortSignal.abort()), { message: /Throttling/ });
  t.deepEqual([states(), spans()], [["creating"], [[1, "stands"]]]);
});
