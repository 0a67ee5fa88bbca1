// The brake: what is due, once each, for everybody; and what its loop does to an account on a virtual clock.
import test from "ava";
import fc from "fast-check";
import type { Books } from "../../../course/books.ts";
import type { AccountObserver } from "../../../course/money/account.ts";
import { createBrake } from "../../../course/money/apply.ts";
import { type BrakeInput, type Budgets, brakeOf } from "../../../course/money/brake.ts";
import { openBrakeLog } from "../../../course/money/brake-log.ts";
import { type Desk, turn } from "../../../course/money/desk.ts";
import { createHolds } from "../../../course/money/holds.ts";
import { lookAround } from "../../../course/money/look.ts";
import type { Letter } from "../../../course/money/mail.ts";
import { tallyOf } from "../../../course/money/tally.ts";
import { openUsageFiles } from "../../../course/money/usage-files.ts";
import { watch } from "../../../course/money/watch.ts";
import type { Operations } from "../../../course/operations.ts";
import type { GroupControl } from "../../../course/stacks/sizes.ts";
import type { StackRecord } from "../../../course/types.ts";
import { booksOf, courseRates, declaration, record, temporaryDirectory } from "./fixture.ts";
import { createWorld, hour, minute, second, type World } from "./world.ts";

const budgets: Budgets = {
  student: 40,
  class: 2500,
  brake: [
    { at: 50, step: "warn" },
    { at: 80, step: "minimum" },
    { at: 95, step: "freeze" },
    { at: 120, step: "destroy" },
  ],
};
const names = Array.from({ length: 100 }, (_, index) => `gas26-s${String(index).padStart(6, "a")}`);
const asked = (more: Partial<BrakeInput>) =>
  brakeOf({
    records: [],
    spent: new Map(),
    budgets,
    taken: new Set(),
    groups: [],
    busy: new Set(),
    ...more,
  });
const keysOf = ({ warnings, actions }: ReturnType<typeof brakeOf>) =>
  [...warnings, ...actions.flatMap(({ settles }) => settles)].map(({ key }) => key);

test("the strongest step that is due is taken, and settles those below it", (t) => {
  const found = (usd: number) =>
    asked({ records: [record("gas26-s")], spent: new Map([["gas26-s", usd]]) }).actions.map(({ step, settles }) => [
      step,
      settles.map((each) => each.step),
    ]);
  t.deepEqual(found(19.99), []);
  t.deepEqual(found(20), [], "a warning only");
  t.deepEqual(found(32), [["minimum", ["minimum"]]]);
  t.deepEqual(found(38), [["freeze", ["minimum", "freeze"]]]);
  t.deepEqual(found(48), [["destroy", ["minimum", "freeze", "destroy"]]]);
});

test("a budget check looks at every account, not at the first 25", (t) => {
  const records = names.map((stack) => record(stack));
  const spent = new Map(names.map((stack) => [stack, 39]));
  const { actions, warnings } = asked({ records, spent, budgets: { ...budgets, class: 1e6 } });
  t.is(actions.length, 100);
  t.deepEqual(
    actions.map(({ stack }) => stack),
    names,
  );
  t.is(warnings.length, 100);
});

test("the class's budget brakes every stack, whoever spent it, and counts what no ledger knows", (t) => {
  const records = names.map((stack) => record(stack));
  const spent = new Map([...names.map((stack): [string, number] => [stack, 1]), ["gas26-unknown", 2300]]);
  const { actions, warnings } = asked({ records, spent });
  t.is(actions.length, 100);
  t.true(actions.every(({ step }) => step === "freeze"));
  t.deepEqual(
    warnings.map(({ scope, stack }) => [scope, stack]),
    [["class", undefined]],
  );
});

test("what was taken is not due again; a raise and a new creation begin anew", (t) => {
  const spent = new Map([["gas26-s", 39]]);
  const first = asked({ records: [record("gas26-s")], spent });
  const taken = new Set(keysOf(first));
  t.is(taken.size, 3);
  const again = (more: Partial<BrakeInput>) => asked({ records: [record("gas26-s")], spent, taken, ...more });
  t.deepEqual(again({}), { warnings: [], actions: [], waiting: [] });
  t.deepEqual(keysOf(again({ budgets: { ...budgets, student: 400 } })), [], "the raise leaves it within its budget");
  const [raised] = again({ budgets: { ...budgets, student: 41 } }).actions;
  t.is(raised?.step, "freeze");
  const [anew] = again({ records: [record("gas26-s", { createdAt: "2026-12-01T00:00:00.000Z" })] }).actions;
  t.is(anew?.step, "freeze");
});

test("a stack that is being made waits; what is gone or on its way out is left alone; busy ones too", (t) => {
  const spent = new Map([["gas26-s", 100]]);
  const creating = asked({ records: [record("gas26-s", { state: "creating" })], spent });
  t.deepEqual(creating.actions, []);
  t.is(creating.waiting.length, 3);
  for (const state of ["absent", "gone", "destroying"] as const) {
    const { actions, warnings, waiting } = asked({ records: [record("gas26-s", { state })], spent });
    t.deepEqual([actions, warnings, waiting], [[], [], []]);
  }
  t.deepEqual(asked({ records: [record("gas26-s")], spent, busy: new Set(["gas26-s"]) }).actions, []);
  const [failed] = asked({ records: [record("gas26-s", { state: "failed" })], spent }).actions;
  t.is(failed?.step, "destroy");
});

test("a frozen stack has nothing to freeze, and is frozen again when somebody lets it loose", (t) => {
  const records = [record("gas26-s", { state: "frozen" })];
  const spent = new Map([["gas26-s", 39]]);
  t.deepEqual(
    asked({ records, spent }).actions.map(({ step }) => step),
    ["none"],
  );
  const taken = new Set(keysOf(asked({ records, spent })));
  const held = {
    min: 0,
    max: 0,
    desired: 0,
    suspended: ["Launch", "AlarmNotification", "ScheduledActions"],
    shielded: [],
  };
  const group = { name: "gas26-s-web", owner: "gas26-s", ...held };
  t.deepEqual(asked({ records, spent, taken, groups: [group] }).actions, []);
  for (const loose of [{ max: 3 }, { desired: 1, max: 1 }, { suspended: ["Launch"] }, { shielded: ["i-1"] }]) {
    const { actions } = asked({ records, spent, taken, groups: [{ ...group, ...loose }] });
    t.deepEqual(
      actions.map(({ step, settles }) => [step, settles.length]),
      [["freeze", 0]],
      JSON.stringify(loose),
    );
  }
});

test("idempotent whatever was spent: after its steps are taken nothing is due, and no step is milder than one before", (t) => {
  const states = fc.constantFrom<StackRecord["state"]>("up", "frozen", "failed", "creating", "gone");
  const stacks = fc.array(fc.tuple(states, fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 30 });
  fc.assert(
    fc.property(stacks, (given) => {
      const records = given.map(([state], index) => record(names[index] as string, { state }));
      const spent = new Map(given.map(([, usd], index) => [names[index] as string, usd]));
      const input = { records, spent, budgets: { ...budgets, class: 1000 } };
      const taken = new Set(keysOf(asked(input)));
      const { actions, warnings } = asked({ ...input, taken });
      t.deepEqual([actions, warnings], [[], []]);
      t.is(taken.size, keysOf(asked(input)).length, "no key twice");
    }),
  );
});

/** A course whose groups, ledger and mail are in memory, on the world's clock. */
async function staged(
  world: World,
  stacks: readonly string[],
  given: { budgets?: Budgets; directory?: string; shared?: readonly string[] } = {},
) {
  const directory = given.directory ?? (await temporaryDirectory());
  const { shared = [] } = given;
  const records = new Map([...stacks, ...shared].map((stack) => [stack, record(stack)]));
  const letters: Letter[] = [];
  const lines: string[] = [];
  const faults = { control: new Set<string>(), ledger: false, mail: false, destroy: new Set<string>() };
  for (const stack of stacks) {
    const name = `${stack}-web`;
    world.groups.set(name, { name, owner: stack, min: 2, max: 10, desired: 5, suspended: [], shielded: [] });
    for (let n = 0; n < 5; n++) world.launch(stack, name);
  }
  const change = (name: string, more: object) => {
    const before = world.groups.get(name);
    if (before === undefined) throw new Error(`there is no ${name}`);
    if (faults.control.has(before.owner)) throw new Error("Throttling: Rate exceeded");
    world.groups.set(name, { ...before, ...more });
  };
  const control: GroupControl = {
    async resize(name, sizes) {
      change(name, sizes);
      for (const { id } of world.alive(name).slice(sizes.desired)) world.terminate(id);
    },
    async suspend(name, processes) {
      change(name, { suspended: [...new Set([...(world.groups.get(name)?.suspended ?? []), ...processes])] });
    },
    async resume() {},
    async unshield(name) {
      change(name, { shielded: [] });
    },
  };
  const setState = (stack: string, state: StackRecord["state"], more: Partial<StackRecord> = {}) =>
    records.set(stack, { ...(records.get(stack) as StackRecord), state, since: world.now().toISOString(), ...more });
  const operations: Operations = {
    async held(stack, step, sizes) {
      if (faults.ledger) throw new Error("the course is in use by annofarm course up (process 7)");
      const { state, sizesBefore } = records.get(stack) as StackRecord;
      setState(stack, step === "freeze" ? "frozen" : state, { sizesBefore: { ...sizes, ...sizesBefore } });
    },
    async destroy(stack) {
      if (faults.destroy.has(stack)) throw new Error("DependencyViolation");
      setState(stack, "gone");
      world.groups.delete(`${stack}-web`);
    },
    async extend() {},
    async endShared() {},
  };
  const histories = () => new Map([...records].map(([stack, each]) => [stack, [each]]));
  const books: Books = await booksOf({ histories, operations, budgets: given.budgets ?? budgets, directory, shared });
  const files = await openUsageFiles(directory);
  const log = await openBrakeLog(directory);
  const tools = { now: world.now, tell: (line: string) => lines.push(line) };
  const holds = createHolds({ control, groups: async () => [...world.groups.values()], log, operations, ...tools });
  const mail = {
    async send(letter: Letter) {
      if (faults.mail) throw new Error("the mail server does not answer");
      letters.push(letter);
    },
  };
  const brake = createBrake({ course: "gas26", operations, holds, log, mail, ...tools });
  const account: AccountObserver = world.account;
  const desk: Desk = {
    books,
    declaration,
    account,
    files,
    look: (now) => lookAround("gas26", { account, files }, now.getTime()),
    tally: (now, all) =>
      tallyOf({ books, histories: all, seen: files.stacks(), facts: files.facts, rates: courseRates }, now.getTime()),
    async close() {},
  };
  const turnNow = () => turn(desk, brake, log, world.now());
  return { directory, records, letters, lines, faults, log, brake, turnNow };
}

/** Runs the watch on the world's clock until that time. */
async function watchUntil(world: World, until: number, turnNow: () => Promise<unknown>, period = 30 * second) {
  const stop = new AbortController();
  await watch({
    turn: async () => void (await turnNow()),
    period,
    now: world.now,
    async wait(milliseconds) {
      world.goTo(world.now().getTime() + milliseconds);
      if (world.now().getTime() >= until) stop.abort();
    },
    signal: stop.signal,
    tell() {},
  });
}

test("from the crossing of a threshold to nothing that runs it takes less than two minutes", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const stacks = names.slice(0, 3);
  // Five instances, balancer and dashboard: about 17 cents an hour. Frozen after some six hours.
  const course = await staged(world, stacks, { budgets: { student: 1, brake: [{ at: 95, step: "freeze" }] } });
  await watchUntil(world, 6 * hour, course.turnNow);
  const perHour = 5 * (0.02 + 0.005 + (8 * 0.08) / 730) + 0.0225 + 0.01 + 3 / 730;
  const crossing = (0.95 / perHour) * hour;
  for (const stack of stacks) {
    const ends = world.machines
      .filter(({ owner }) => owner === stack)
      .map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY);
    t.true(Math.max(...ends) - crossing < 2 * minute, `${(Math.max(...ends) - crossing) / second} s`);
    t.true(Math.min(...ends) >= crossing - minute, "not before it is due");
    t.is(course.records.get(stack)?.state, "frozen");
    t.deepEqual(course.records.get(stack)?.sizesBefore, { [`${stack}-web`]: { min: 2, max: 10, desired: 5 } });
  }
  t.is(course.letters.length, 1, "one mail for all that one turn has brought");
  t.true(stacks.every((stack) => course.letters[0]?.text.includes(stack)));
});

test("what the class shares is spent of the class's budget, and no step is taken for it", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const [[stack = ""], shared] = [names, "gas26-shared"];
  const brake = [{ at: 100, step: "freeze" } as const];
  const course = await staged(world, [stack], { budgets: { class: 1, brake }, shared: [shared] });
  const alone = await staged(world, [], { budgets: { student: 0.1, brake }, shared: [shared] });
  // 17 cents an hour for the stack, three for the balancer that it shares.
  world.goTo(5.5 * hour);
  const { tally } = await course.turnNow();
  const [own, common] = tally.stacks;
  t.true((own?.usd ?? 1) < 1 && tally.usd > 1, `${own?.usd} and ${common?.usd}`);
  t.true(Math.abs((common?.usd ?? 0) - 5.5 * 0.0325) < 1e-9, "a balancer and its addresses, and no dashboard");
  t.is(course.records.get(stack)?.state, "frozen");
  t.is(course.records.get(shared)?.state, "up");
  t.false((await readLines(course.directory)).some((line) => line.stack === shared));

  const { tally: without } = await alone.turnNow();
  t.true(without.usd > 0.1, "more than a student's budget");
  t.deepEqual([alone.letters, alone.lines], [[], []]);
});

test("each step is taken, logged and mailed once, through a restart", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const [stack = ""] = names;
  const brake = budgets.brake.map((rule) => (rule.step === "destroy" ? { ...rule, at: 100 } : rule));
  const first = await staged(world, [stack], { budgets: { student: 1, brake } });
  await watchUntil(world, 4 * hour, first.turnNow, minute);
  const again = await openBrakeLog(first.directory);
  t.deepEqual(again.taken(), first.log.taken());
  t.deepEqual(again.unmailed(), []);
  // What stands costs on: 3.7 cents an hour bring the frozen stack to the last step.
  await watchUntil(world, 9 * hour, first.turnNow, minute);
  await first.brake.idle();
  t.is(first.records.get(stack)?.state, "gone");
  const steps = (await readLines(first.directory)).filter(({ kind }) => kind === "step");
  t.deepEqual(
    steps.map(({ step, outcome }) => `${step} ${outcome}`),
    ["warn done", "minimum done", "freeze done", "destroy done"],
  );
  t.is(first.letters.length, 4);
  t.deepEqual(first.records.get(stack)?.sizesBefore, { [`${stack}-web`]: { min: 2, max: 10, desired: 5 } });
  t.regex(first.letters[3]?.subject ?? "", /1 × destroy/);
});

async function readLines(directory: string): Promise<Record<string, string>[]> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(`${directory}/brake.jsonl`, "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
}

test("one stack's failure stops nobody else's, is mailed once, and is tried again until it is done", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const course = await staged(world, names, { budgets: { student: 0.1, brake: [{ at: 95, step: "freeze" }] } });
  const stubborn = names[24] as string;
  course.faults.control.add(stubborn);
  await watchUntil(world, 40 * minute, course.turnNow, minute);
  const states = names.map((stack) => course.records.get(stack)?.state);
  t.is(states.filter((state) => state === "frozen").length, 99);
  t.is(course.records.get(stubborn)?.state, "up");
  t.is(course.letters.length, 1);
  t.regex(course.letters[0]?.text.split("\n")[0] ?? "", new RegExp(`^${stubborn}: FAILED to freeze: Throttling`));
  course.faults.control.delete(stubborn);
  await watchUntil(world, 42 * minute, course.turnNow, minute);
  t.is(course.records.get(stubborn)?.state, "frozen");
  t.is(course.letters.length, 2);
});

test("a command that has the course for hours keeps the brake from nothing, and the ledger hears of it later", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const [stack = ""] = names;
  const course = await staged(world, [stack], { budgets: { student: 1, brake: [{ at: 95, step: "freeze" }] } });
  course.faults.ledger = true;
  course.faults.mail = true;
  await watchUntil(world, 7 * hour, course.turnNow, minute);
  t.is(world.alive(`${stack}-web`).length, 0);
  t.is(course.records.get(stack)?.state, "up");
  t.deepEqual(course.letters, []);
  t.true(course.lines.some((line) => line.includes("the ledger does not know yet")));
  course.faults.ledger = false;
  course.faults.mail = false;
  await watchUntil(world, 7 * hour + minute, course.turnNow, minute);
  t.is(course.records.get(stack)?.state, "frozen");
  t.deepEqual(course.records.get(stack)?.sizesBefore, { [`${stack}-web`]: { min: 2, max: 10, desired: 5 } });
  t.is(course.letters.length, 1);
});

test("an account that cannot be read does not stop the brake: what ran counts as running", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const [stack = ""] = names;
  const course = await staged(world, [stack], { budgets: { student: 1, brake: [{ at: 95, step: "freeze" }] } });
  await watchUntil(world, hour, course.turnNow, minute);
  world.fail("RequestLimitExceeded");
  const { blind } = await course.turnNow();
  t.is(blind, "RequestLimitExceeded");
  await watchUntil(world, 8 * hour, course.turnNow, minute);
  t.is(world.alive(`${stack}-web`).length, 0);
});

test("a destruction that fails leaves the stack frozen, is told, and is tried again after a rest", async (t) => {
  const world = createWorld({ drainSeconds: 0 });
  const [stack = ""] = names;
  const course = await staged(world, [stack], { budgets: { student: 1, brake: [{ at: 100, step: "destroy" }] } });
  course.faults.destroy.add(stack);
  await watchUntil(world, 7 * hour, course.turnNow, minute);
  await course.brake.idle();
  t.is(world.alive(`${stack}-web`).length, 0, "it was frozen before");
  t.is(course.letters.length, 1);
  t.regex(course.letters[0]?.text ?? "", /FAILED to destroy: DependencyViolation/);
  const failures = (await readLines(course.directory)).filter(({ outcome }) => outcome === "failed");
  t.true(failures.length >= 2 && failures.length <= 12, `${failures.length} tries`);
  course.faults.destroy.delete(stack);
  await watchUntil(world, 8 * hour, course.turnNow, minute);
  await course.brake.idle();
  t.is(course.records.get(stack)?.state, "gone");
});

test("a watch outlives a turn that fails, and refuses a period that is too long", async (t) => {
  const world = createWorld();
  const told: string[] = [];
  const stop = new AbortController();
  let turns = 0;
  const options = {
    async turn() {
      turns += 1;
      if (turns === 1) throw new Error("ENOSPC: no space left on device");
    },
    now: world.now,
    async wait(milliseconds: number) {
      world.goTo(world.now().getTime() + milliseconds);
      if (turns === 3) stop.abort();
    },
    signal: stop.signal,
    tell: (line: string) => told.push(line),
  };
  await watch({ ...options, period: 30 * second });
  t.is(turns, 3);
  t.deepEqual(told, ["this turn failed, the next one follows: ENOSPC: no space left on device"]);
  t.is(world.now().getTime(), 90 * second);
  await t.throwsAsync(watch({ ...options, period: 61 * second }), { message: /61 s is not between 1 and 60 s/ });
});
