// What the documents show of predictions, from outcomes whose errors are counted by hand.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { PolicyName } from "../../bench/figures/records.ts";
import { figuresOf, isTimely, type Outcome } from "../../bench/prediction/figures.ts";
import { openJournal } from "../../bench/prediction/journal.ts";
import { slug } from "../../bench/prediction/runs.ts";
import { shapes } from "../../bench/prediction/shapes.ts";

const policies: readonly PolicyName[] = ["course", "recommended", "requestsPerTarget"];
const about = { speed: 40, runs: 50, calibrated: { rate: 1.93, boot: 27.5, stop: 26.5 } };

const outcome = (shape: string, policy: PolicyName): Outcome => ({
  shape,
  policy,
  distance: policy === "course" ? 0.5 : 0.25,
  firstOut: { live: 8, simulated: policy === "requestsPerTarget" ? 10 : 9 },
  hours: { live: 2, simulated: 2.1 },
  p95: { live: 1, simulated: shape === "a spike" ? undefined : 0.9 },
  within: 0.75,
  // Four are in service at the end of minute 7 or 13: 1.5 or 7.5 after the class has come.
  inService: { live: [...Array(policy === "recommended" ? 6 : 12).fill(2), 4, 5], simulated: [] },
  requests: { live: [], simulated: [] },
});
const outcomes = policies.flatMap((policy) => shapes.map(({ name }) => outcome(name, policy)));

test("errors are means over the loads; a class is served by four instances", (t) => {
  const figures = figuresOf(outcomes, about);
  t.like(figures.policies.course, { distance: 0.5, within: 0.75, firstOut: shapes.length, loads: shapes.length });
  t.is(figures.policies.requestsPerTarget.firstOut, 0);
  t.true(Math.abs(figures.policies.recommended.hours - 0.05) < 1e-9);
  t.true(Math.abs(figures.policies.recommended.p95 - 0.1) < 1e-9);
  t.deepEqual(figures.class, { course: { enough: 7.5, hours: 2 }, recommended: { enough: 1.5, hours: 2 } });
  t.is(figures.loads.length, 3 * shapes.length);
});

test("a first scale-out that neither run has is on time; one that only one run has is not", (t) => {
  const at = (live: number | undefined, simulated: number | undefined) =>
    isTimely({ ...outcome("a spike", "course"), firstOut: { live, simulated } });
  t.true(at(undefined, undefined));
  t.true(at(8, 9));
  t.false(at(8, undefined));
});

test("each load has a name of its own, as an option too, and keeps k6 busy for a while", (t) => {
  t.is(new Set(shapes.map(({ name }) => slug(name))).size, shapes.length);
  t.true(3 * shapes.length >= 104);
  for (const { name, stages } of shapes) {
    const minutes = stages.reduce((sum, [each]) => sum + each, 0);
    t.true(minutes > 20 && minutes < 35, `${name}: ${minutes} minutes`);
    t.true(
      stages.every(([each, users]) => each > 0 && Number.isInteger(users) && users > 0),
      name,
    );
  }
});

test("a live run that was written down is not made again, unless its conditions differ or it is asked for", async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), "annofarm-journal-")), "deep", "runs.jsonl");
  let made = 0;
  const make = async () => ({ inService: [2, ++made], requests: [], hours: 1 });
  const under = { shape: "a spike", speed: 40 };

  t.deepEqual((await openJournal(file, false).once("a spike", under, make)).inService, [2, 1]);
  const journal = openJournal(file, false);
  t.deepEqual((await journal.once("a spike", under, make)).inService, [2, 1]);
  t.deepEqual((await journal.once("a spike", { ...under, speed: 20 }, make)).inService, [2, 2]);
  t.deepEqual((await openJournal(file, true).once("a spike", under, make)).inService, [2, 3]);
  t.deepEqual((await openJournal(file, false).once("a spike", under, make)).inService, [2, 3], "the last one counts");
  t.is(readFileSync(file, "utf8").trim().split("\n").length, 3);
});
