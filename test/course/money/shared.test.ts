// What a class shares has a line of its own: its own rates for as long as it stands, of the class's budget, never of a student's.
import test from "ava";
import { expire } from "../../../course/lifetime/expire.ts";
import { courseRatesOf } from "../../../course/money/rates.ts";
import { reportOf } from "../../../course/money/report.ts";
import { type TallyInput, tallyOf } from "../../../course/money/tally.ts";
import type { StackRecord } from "../../../course/types.ts";
import { usageOf } from "../../../plan/cost/usage.ts";
import { booksOf, courseRates, declaration, iso, prices, record, recordingOperations, unused } from "./fixture.ts";
import { day, hour } from "./world.ts";

const [one, two, shared] = ["gas26-saaaaaa", "gas26-sbbbbbb", "gas26-shared"] as const;
/** Balancer and its two addresses; written out anew, not read off the rates. */
const balancerHour = 0.0225 + 0.01;
const standingHour = balancerHour + 3 / 730;
const close = (actual: number | undefined, expected: number) => Math.abs((actual ?? Number.NaN) - expected) < 1e-9;
const lifetime = { days: 14, extendBy: 7, activity: false };
const { operations } = recordingOperations();

async function inputOf(records: readonly (readonly StackRecord[])[], more: Partial<TallyInput> = {}) {
  const histories = new Map(records.map((history) => [history[0]?.stack ?? "", history]));
  const budgets = { student: 40, class: 100, brake: [] };
  const books = await booksOf({ histories: () => histories, operations, budgets, lifetime, shared: [shared] });
  const input: TallyInput = { books, histories, seen: [], facts: () => [], rates: courseRates, ...more };
  return { books, input };
}

test("it costs its own rates while it stands, in a line without budget and lease", async (t) => {
  const { input } = await inputOf([
    [record(one)],
    [record(two)],
    [record(shared, { since: iso(hour), createdAt: iso(hour) })],
  ]);
  const tally = tallyOf(input, 11 * hour);
  const line = tally.stacks.find(({ stack }) => stack === shared);
  t.true(close(line?.usd, 10 * balancerHour), String(line?.usd));
  t.true(close(line?.hourly, balancerHour));
  t.deepEqual([line?.state, line?.budget, line?.expiresAt, line?.running], ["up", undefined, undefined, 0]);
  t.deepEqual(
    tally.stacks.filter(({ stack }) => stack !== shared).map(({ usd }) => close(usd, 11 * standingHour)),
    [true, true],
  );
  t.is(tally.count, 2, "people's stacks");
  t.true(close(tally.usd, 22 * standingHour + 10 * balancerHour));
  t.true(close(tally.hourly, 2 * standingHour + balancerHour));

  const text = reportOf(tally);
  t.regex(text, /^gas26-shared +up +0 +\$0\.33 +\$0\.033 +\$/m);
  t.regex(text, /^class +2 stacks +0 +\$1\.13 +1 % /m);
  t.true(text.split("\n").every((each) => each.length <= 80));
});

test("it goes on until the last lease ends; where a stack has no end, it counts as it is now", async (t) => {
  const longer = record(two, { expiresAt: iso(20 * day) });
  const until = async (...stacks: readonly StackRecord[]) => {
    const { input } = await inputOf([...stacks.map((each) => [each]), [record(shared)]]);
    return tallyOf(input, day).stacks.find(({ stack }) => stack === shared)?.projected;
  };
  t.true(close(await until(record(one), longer), 20 * 24 * balancerHour));
  t.true(close(await until(record(one), { ...longer, state: "gone" }), 14 * 24 * balancerHour));
  t.is(await until({ ...longer, state: "gone" }), undefined);
});

test("what was spent stays spent once it has gone, and goes on when it is there again", async (t) => {
  const history = [
    record(shared, { state: "up", since: iso(hour), createdAt: iso(hour) }),
    record(shared, { state: "destroying", since: iso(5 * hour) }),
    { stack: shared, state: "gone" as const, since: iso(6 * hour) },
  ];
  const gone = tallyOf((await inputOf([history])).input, 50 * hour);
  t.true(close(gone.usd, 5 * balancerHour));
  t.deepEqual([gone.hourly, gone.count, gone.stacks[0]?.state], [0, 0, "gone"]);
  t.regex(reportOf(gone), /^gas26-shared +gone /m);
  const again = [...history, record(shared, { since: iso(40 * hour), createdAt: iso(40 * hour) })];
  t.true(close(tallyOf((await inputOf([again])).input, 50 * hour).usd, 15 * balancerHour));
});

test("it carries the load of all stacks", (t) => {
  const usage = usageOf({ jobs: 100, requests: 5000 });
  const of = (stacks: number) => {
    const plan = declaration.shared?.plan ?? declaration.plan;
    return courseRatesOf({ ...declaration, shared: { owner: shared, plan, stacks } }, prices, usage).shared;
  };
  t.true(of(1).estimated > 0);
  t.true(close(of(40).estimated, 40 * of(1).estimated));
  t.true(close(of(40).fixed, balancerHour), "and no more balancers");
});

test("what stands of an earlier choice of the course is named, since nothing says what it costs", async (t) => {
  const { shared: _, ...own } = declaration;
  const rates = courseRatesOf(own, prices, unused);
  const { input } = await inputOf([[record(one)], [record(shared)]], { rates });
  const tally = tallyOf(input, hour);
  t.is(tally.stacks.find(({ stack }) => stack === shared)?.usd, 0);
  t.regex(reportOf(tally), /not counted: gas26-shared: the course file shares nothing now/);
  t.false(tally.leftOut.some((reason) => reason.includes("shares nothing")));
});

test("no lease is its own: expire leaves it alone", async (t) => {
  const { books } = await inputOf([[record(one)], [record(shared)]]);
  const done: string[] = [];
  const note = async (stack: string) => void done.push(stack);
  const { steps } = await expire({
    books,
    holds: { hold: note, freezeToDestroy: note, note: async () => {} },
    running: async () => new Map(),
    now: () => new Date(15 * day),
    tell() {},
  });
  t.deepEqual(
    steps.map(({ stack, step }) => [stack, step]),
    [[one, "destroy"]],
  );
  t.deepEqual(done, [one]);
});
