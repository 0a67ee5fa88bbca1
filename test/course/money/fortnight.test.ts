// Two weeks on a virtual clock: what the course says it has cost, against an integral over what really ran, at every hour.
import test from "ava";
import fc from "fast-check";
import { accruedOf } from "../../../course/money/accrued.ts";
import type { Fact } from "../../../course/money/facts.ts";
import { news } from "../../../course/money/facts.ts";
import type { StackRecord } from "../../../course/types.ts";
import { alarm, below, group, scalingOf, simple } from "../../scaling/declared.ts";
import { drive, requests } from "../../scaling/drive.ts";
import { rates, record } from "./fixture.ts";
import { createWorld, day, hour, integral, minute, second, type World } from "./world.ts";

const stack = "gas26-saaaaaa";
const fortnight = 14 * day;
/** Written out anew, not read off `rates`: what one instance costs an hour. */
const eachHour = ({ spot }: { readonly spot: boolean }) => (spot ? 0.008 : 0.02) + 0.005 + (8 * 0.08) / 730;
const standingHour = 0.0225 + 0.01 + 3 / 730;

/** Facts by looking at these times. */
async function watchWorld(world: World, times: readonly number[], at: (time: number) => void): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const time of times) {
    world.goTo(time);
    at(time);
    const [activities, instances] = [
      await world.account.activities("gas26", time - 2 * day),
      await world.account.instances("gas26"),
    ];
    facts.push(...news(facts, { at: time, activities, instances }));
  }
  return facts;
}

interface Deviation {
  readonly hour: number;
  readonly share: number;
}

/** The largest deviation of all hours, by what was known at each. Cents of the first minutes are no share of anything. */
function worst(
  world: World,
  facts: readonly Fact[],
  history: readonly StackRecord[],
  hours: readonly number[],
): Deviation {
  let found: Deviation = { hour: 0, share: 0 };
  let [usd, from] = [0, 0];
  for (const until of hours.map((each) => each * hour)) {
    usd += integralBetween(world, from, until);
    from = until;
    const known = history.filter(({ since }) => Date.parse(since) <= until);
    const { usd: counted } = accruedOf({ stack, facts, history: known }, rates, until);
    const share = Math.abs(counted - usd) / usd;
    if (share > found.share) found = { hour: until / hour, share };
  }
  return found;
}

const step = 20 * second;
function integralBetween(world: World, from: number, to: number): number {
  let usd = (standingHour * (to - from)) / hour;
  for (const machine of world.machines) {
    const [begin, end] = [Math.max(from, machine.runningAt), Math.min(to, machine.endsAt ?? to)];
    if (begin >= end) continue;
    for (let time = from; time < to; time += step)
      if (time >= begin && time < end) usd += (eachHour(machine) * step) / hour;
  }
  return usd;
}

const everyHour = Array.from({ length: fortnight / hour }, (_, index) => index + 1);
const every = (milliseconds: number) =>
  Array.from({ length: fortnight / milliseconds }, (_, index) => (index + 1) * milliseconds);

/** What happens to a stack's groups; times within the fortnight. */
type Happening =
  | { readonly at: number; readonly kind: "size"; readonly group: string; readonly size: number }
  | { readonly at: number; readonly kind: "replace"; readonly group: string }
  | { readonly at: number; readonly kind: "kill"; readonly group: string }
  | { readonly at: number; readonly kind: "freeze" }
  | { readonly at: number; readonly kind: "thaw" };

const groups = ["-web", "-annotator", "-utility"];
/** Evenly over the fortnight: drawn as usual, a third of everything would happen in its first minutes. */
const time = fc.noBias(fc.integer({ min: 1, max: fortnight / minute - 1 })).map((minutes) => minutes * minute);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    at: time,
    kind: fc.constant("size" as const),
    group: fc.constantFrom(...groups),
    size: fc.integer({ min: 1, max: 10 }),
  }),
  fc.record({ at: time, kind: fc.constant("replace" as const), group: fc.constantFrom(...groups) }),
  fc.record({ at: time, kind: fc.constant("kill" as const), group: fc.constantFrom(...groups) }),
  fc.record({ at: time, kind: fc.constant("freeze" as const) }),
  fc.record({ at: time, kind: fc.constant("thaw" as const) }),
);

/** From the third instance on a group has spot ones, where somebody looks often enough to see which is which. */
function resize(world: World, group: string, size: number, at: number, hasSpot = false): void {
  const name = `${stack}${group}`;
  const alive = world.alive(name);
  for (const { id } of alive.slice(size)) world.terminate(id, at);
  for (let n = alive.length; n < size; n++) world.launch(stack, name, { spot: hasSpot && n >= 2, at });
}

/** Does what happens, in order of time, up to `until`. */
function living(world: World, happenings: readonly Happening[], hasSpot = false) {
  const waiting = [...happenings].sort((a, b) => a.at - b.at);
  let isFrozen = false;
  const take = (each: Happening) => {
    if (each.kind === "freeze" || each.kind === "thaw") {
      isFrozen = each.kind === "freeze";
      for (const group of groups) resize(world, group, isFrozen ? 0 : 2, each.at, hasSpot);
    } else if (isFrozen) return;
    else if (each.kind === "size") resize(world, each.group, each.size, each.at, hasSpot);
    else {
      const name = `${stack}${each.group}`;
      const [first] = world.alive(name);
      if (first === undefined) return;
      if (each.kind === "kill") world.kill(first.id, each.at);
      else world.terminate(first.id, each.at);
      world.launch(stack, name, { at: each.at + 2 * minute });
    }
  };
  return (until: number) => {
    for (let next = waiting[0]; next !== undefined && next.at <= until; next = waiting[0]) {
      take(next);
      waiting.shift();
    }
  };
}

function opened(options: Parameters<typeof createWorld>[0] = {}): World {
  const world = createWorld(options);
  for (const group of groups) resize(world, group, 2, 0);
  return world;
}

test("scaling, freezes and replacements of a fortnight: within 3 % at every hour, however often anybody looks", async (t) => {
  const lives = fc.record({
    happenings: fc.array(happening, { minLength: 20, maxLength: 120 }),
    pendingSeconds: fc.integer({ min: 5, max: 45 }),
    shuttingDownSeconds: fc.integer({ min: 5, max: 60 }),
    drainSeconds: fc.constantFrom(0, 60, 300),
    // By the minute while somebody watches; by the day where only `course cost` is called now and then.
    period: fc.constantFrom(5 * minute, 30 * minute, 7 * hour, day),
  });
  await fc.assert(
    fc.asyncProperty(lives, async ({ happenings, period, ...options }) => {
      const world = opened(options);
      const facts = await watchWorld(world, every(period), living(world, happenings, period <= 30 * minute));
      // Somebody who asks has looked first: between two looks nothing is said.
      const asked = everyHour.filter((each) => (each * hour) % period === 0);
      const { hour: at, share } = worst(world, facts, [record(stack)], asked);
      t.true(share <= 0.03, `${(share * 100).toFixed(2)} % at hour ${at}`);
    }),
    { numRuns: 12, seed: 26 },
  );
});

test("under the scaling engine and the declared policies: within 3 % at every hour", async (t) => {
  const world = createWorld();
  const name = `${stack}-web`;
  const plan = scalingOf([
    group({ minSize: 2, maxSize: 10 }),
    simple("out", { scalingAdjustment: 1, cooldown: 300 }),
    alarm("out", { threshold: 1200 }),
    simple("in", { scalingAdjustment: -1, cooldown: 300 }),
    below("in", { threshold: 700, treatMissingData: "breaching" }),
  ]);
  const started = drive(plan, {
    bootSeconds: 45,
    goneSeconds: 90,
    answer(decision) {
      if (decision.kind === "launch")
        for (let n = 0; n < decision.count; n++) world.launch(stack, name, { at: decision.at });
      if (decision.kind === "terminate") {
        const [first] = world.alive(name);
        if (first !== undefined) world.terminate(first.id, decision.at);
      }
      return [];
    },
  });
  for (const _ of started.group().instances) world.launch(stack, name, { at: 0 });
  // Load by day, none by night, and a rush before the deadline.
  const load = (at: number) => {
    const [dayOf, hourOf] = [Math.floor(at / day), Math.floor((at % day) / hour)];
    const rush = dayOf === 13 && hourOf >= 18 ? 6 : 1;
    return hourOf >= 9 && hourOf < 23 ? rush * (600 + 400 * (dayOf % 5)) : 0;
  };
  const facts = await watchWorld(world, every(5 * minute), (at) => {
    for (let n = 5; n > 0; n--) started.minutes(1, [requests(load(at - n * minute))]);
  });
  t.true(started.of("launch").length > 20 && started.of("terminate").length > 20, "it scales");
  const { hour: at, share } = worst(world, facts, [record(stack)], everyHour);
  t.true(share <= 0.03, `${(share * 100).toFixed(2)} % at hour ${at}`);
});

test("the integral of the world agrees with itself, counted another way", (t) => {
  const world = opened();
  living(world, [{ at: 5 * hour, kind: "freeze" }])(6 * hour);
  const byMachine = integralBetween(world, 0, 6 * hour) - 6 * standingHour;
  t.true(Math.abs(byMachine - integral(world, eachHour, 6 * hour, step)) < 1e-6);
  t.true(byMachine > 6 * 5 * 0.025 * 0.95, "six instances for five hours");
});

test("what happens is in the cost within a minute, not a day later", async (t) => {
  const world = opened();
  const facts: Fact[] = [];
  const look = async (at: number) => {
    world.goTo(at);
    const [activities, instances] = [
      await world.account.activities("gas26", 0),
      await world.account.instances("gas26"),
    ];
    facts.push(...news(facts, { at, activities, instances }));
    return accruedOf({ stack, facts, history: [record(stack)] }, rates, at);
  };
  const before = await look(30 * minute);
  t.is(before.running, 6);
  for (let n = 0; n < 40; n++) world.launch(stack, `${stack}-web`, { at: 30 * minute + second });
  const after = await look(31 * minute);
  t.is(after.running, 46);
  t.true(after.hourly > before.hourly + 40 * 0.025);
  t.true(after.usd - before.usd > (40 * 0.025) / 60, "a minute of forty instances");
});

test("an instance that nobody saw alive is paid for, with a type that has no price named", async (t) => {
  const world = opened();
  const odd = world.launch(stack, `${stack}-web`, { type: "x99.huge", at: hour });
  world.terminate(world.launch(stack, `${stack}-annotator`, { at: hour }), 3 * hour);
  const facts = await watchWorld(world, [day], () => {});
  const { instanceHours, leftOut, running } = accruedOf({ stack, facts, history: [record(stack)] }, rates, day);
  t.is(running, 7);
  t.true(Math.abs(instanceHours - (6 * 24 + 23 + 2)) < 0.1, String(instanceHours));
  t.deepEqual(leftOut, [`${odd}: the price table has no x99.huge`]);
});
