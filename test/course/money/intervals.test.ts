// What of a stack ran, out of what was seen of it: by EC2, by Auto Scaling, by neither.
import test from "ava";
import type { SeenActivity, SeenInstance } from "../../../course/money/account.ts";
import { type Fact, news, type StackLook } from "../../../course/money/facts.ts";
import { intervalsOf, standingOf, withoutBegin } from "../../../course/money/intervals.ts";
import { iso, record } from "./fixture.ts";
import { hour, minute } from "./world.ts";

const instance = (more: Partial<SeenInstance> = {}): SeenInstance => ({
  id: "i-1",
  owner: "gas26-s",
  group: "gas26-s-web",
  type: "t4g.small",
  spot: false,
  launchedAt: 0,
  runs: true,
  ...more,
});
const activity = (what: "launch" | "terminate", more: Partial<SeenActivity> = {}): SeenActivity => ({
  id: what,
  owner: "gas26-s",
  group: "gas26-s-web",
  instanceId: "i-1",
  what,
  startedAt: 0,
  status: "done",
  ...more,
});

/** Facts after a number of looks. */
function looks(...seen: readonly (Pick<StackLook, "at"> & Partial<StackLook>)[]): Fact[] {
  const facts: Fact[] = [];
  for (const look of seen) facts.push(...news(facts, { instances: [], activities: [], ...look }));
  return facts;
}
const spans = (facts: readonly Fact[]) => intervalsOf(facts).map(({ from, to }) => [from, to]);

test("an instance runs until EC2 says that it ended, to the second, however late anybody looks", (t) => {
  const facts = looks(
    { at: minute, instances: [instance()] },
    { at: 50 * minute, instances: [instance({ runs: false, endedAt: 17 * minute })] },
    { at: 3 * hour },
  );
  t.deepEqual(spans(facts), [[0, 17 * minute]]);
});

test("an instance that nobody saw is known by its activities, with the type left open", (t) => {
  const activities = [
    activity("launch", { startedAt: hour, endedAt: hour + 30_000 }),
    activity("terminate", { startedAt: 2 * hour, endedAt: 2 * hour + 90_000 }),
  ];
  const facts = looks({ at: 20 * hour, activities });
  t.deepEqual(spans(facts), [[hour, 2 * hour + 90_000]]);
  t.is(intervalsOf(facts)[0]?.type, undefined);
  t.is(intervalsOf(facts)[0]?.group, "gas26-s-web");
});

test("an instance that EC2 no longer describes and that nobody ended has run until the look that missed it", (t) => {
  const facts = looks(
    { at: minute, instances: [instance()] },
    { at: 2 * minute, instances: [instance()] },
    { at: 90 * minute },
  );
  t.deepEqual(spans(facts), [[0, 90 * minute]]);
});

test("an instance that was missing by mistake has run all the time", (t) => {
  const facts = looks(
    { at: minute, instances: [instance()] },
    { at: 2 * minute },
    { at: 3 * minute, instances: [instance()] },
  );
  t.deepEqual(spans(facts), [[0, undefined]]);
});

test("a termination that is under way costs until it is through", (t) => {
  const under = activity("terminate", { startedAt: hour, status: "under way" });
  const through = activity("terminate", { startedAt: hour, endedAt: 2 * hour });
  const first = { at: hour + minute, instances: [instance()], activities: [under] };
  t.deepEqual(spans(looks({ at: minute, instances: [instance()] }, first)), [[0, undefined]]);
  t.deepEqual(spans(looks({ at: minute, instances: [instance()] }, first, { at: 5 * hour, activities: [through] })), [
    [0, 2 * hour],
  ]);
});

test("a launch that failed has cost nothing, unless EC2 saw an instance", (t) => {
  const failed = activity("launch", { status: "failed", endedAt: minute });
  t.deepEqual(spans(looks({ at: hour, activities: [failed] })), []);
  t.deepEqual(spans(looks({ at: minute, instances: [instance()], activities: [failed] })), [[0, undefined]]);
});

test("an instance that was stopped and started has two runs", (t) => {
  const stopped = instance({ runs: false, endedAt: 10 * minute });
  const again = instance({ launchedAt: 2 * hour });
  const running = { at: minute, instances: [instance()] };
  const started = { at: 3 * hour, instances: [again] };
  t.deepEqual(spans(looks(running, { at: hour, instances: [stopped] }, started)), [
    [0, 10 * minute],
    [2 * hour, undefined],
  ]);
  // Nobody looked while it was stopped: it counts as running until it was started again.
  t.deepEqual(spans(looks(running, started)), [
    [0, 2 * hour],
    [2 * hour, undefined],
  ]);
});

test("an end without a begin is named, not left out in silence", (t) => {
  const facts = looks({ at: 50 * hour, activities: [activity("terminate", { startedAt: hour, endedAt: 2 * hour })] });
  t.deepEqual(spans(facts), []);
  t.deepEqual(withoutBegin(facts), ["i-1"]);
});

test("a look that shows nothing new writes nothing down, and a fact twice is a fact", (t) => {
  const look = { at: minute, instances: [instance()], activities: [activity("launch", { endedAt: 15_000 })] };
  const facts = looks(look);
  t.is(facts.length, 2);
  t.deepEqual(news(facts, { ...look, at: 2 * minute }), []);
  t.deepEqual(intervalsOf([...facts, ...facts]), intervalsOf(facts));
});

test("a stack stands from its creation until it is gone, and again when it is made again", (t) => {
  const history = [
    record("s", { state: "absent", createdAt: iso(0) }),
    record("s", { state: "creating", since: iso(hour), createdAt: undefined as never }),
    record("s", { state: "up", since: iso(1.1 * hour), createdAt: iso(1.1 * hour) }),
    record("s", { state: "frozen", since: iso(2 * hour), createdAt: iso(1.1 * hour) }),
    record("s", { state: "destroying", since: iso(3 * hour), createdAt: iso(1.1 * hour) }),
    record("s", { state: "gone", since: iso(3.1 * hour) }),
    record("s", { state: "creating", since: iso(5 * hour), createdAt: iso(1.1 * hour) }),
  ];
  t.deepEqual(standingOf(history), [{ from: hour, to: 3.1 * hour }, { from: 5 * hour }]);
  t.deepEqual(standingOf([record("s", { createdAt: iso(hour), since: iso(4 * hour) })]), [{ from: hour }]);
});
