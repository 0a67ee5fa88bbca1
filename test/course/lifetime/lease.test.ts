import test from "ava";
import fc from "fast-check";
import { outlivesAll } from "../../../course/lifetime/after-last.ts";
import { type ExpireTools, expire } from "../../../course/lifetime/expire.ts";
import { type Activity, expiryOf, extendedEnd, type Lifetime, leaseEnd } from "../../../course/lifetime/lease.ts";
import { reportOfExpiry } from "../../../course/lifetime/report.ts";
import type { StackRecord } from "../../../course/types.ts";
import { booksOf, iso, record, recordingOperations } from "../money/fixture.ts";
import { day, hour } from "../money/world.ts";

const lifetime: NonNullable<Lifetime> = { days: 14, extendBy: 7, activity: true };
const quiet = (): Activity => "none";
const steps = (records: readonly StackRecord[], now: number, activity: (stack: string) => Activity = quiet) =>
  expiryOf({ records, lifetime, activity }, now).map(({ stack, step, until }) => [stack, step, until]);

test("a lease ends so many days after the stack was first up, unless the ledger says otherwise", (t) => {
  t.is(leaseEnd(record("s"), lifetime), 14 * day);
  t.is(leaseEnd(record("s", { expiresAt: iso(20 * day) }), lifetime), 20 * day);
  t.is(leaseEnd(record("s"), undefined), undefined);
  t.is(leaseEnd(record("s", { state: "gone" }), lifetime), undefined);
  t.deepEqual(steps([record("s")], 14 * day - 1), []);
  t.deepEqual(steps([record("s")], 14 * day), [["s", "destroy", undefined]]);
});

test("an extension by hand goes from the end on, or from now on where that is past", (t) => {
  t.is(extendedEnd(record("s"), lifetime, 7 * day, 3 * day), 21 * day);
  t.is(extendedEnd(record("s"), lifetime, 7 * day, 30 * day), 37 * day);
});

test("a job keeps a stack for so many days from then on, and never shortens a lease", (t) => {
  t.deepEqual(
    steps([record("s")], 14 * day, () => 13 * day),
    [["s", "extend", 20 * day]],
  );
  t.deepEqual(
    steps([record("s")], 10 * day, () => 9 * day),
    [["s", "extend", 16 * day]],
  );
  t.deepEqual(
    steps([record("s")], 5 * day, () => 4 * day),
    [],
    "the lease is longer",
  );
  t.deepEqual(
    steps([record("s")], 30 * day, () => 14 * day),
    [["s", "destroy", undefined]],
    "used too long ago",
  );
  const without = expiryOf(
    { records: [record("s")], lifetime: { ...lifetime, activity: false }, activity: () => 13 * day },
    14 * day,
  );
  t.is(without[0]?.step, "destroy");
});

test("where activity cannot be read, nothing runs beyond its lease and nothing is lost", (t) => {
  t.deepEqual(
    steps([record("s")], 15 * day, () => "unknown"),
    [["s", "freeze", undefined]],
  );
  t.deepEqual(
    steps([record("s", { state: "frozen" })], 15 * day, () => "unknown"),
    [],
  );
  t.deepEqual(steps([record("s", { state: "frozen" })], 15 * day), [["s", "destroy", undefined]]);
});

test("frozen and failed stacks have leases, too; a destruction that hangs is taken up again", (t) => {
  for (const state of ["frozen", "failed", "creating", "up"] as const) {
    t.deepEqual(steps([record("s", { state })], 15 * day), [["s", "destroy", undefined]], state);
  }
  const since = iso(15 * day);
  t.deepEqual(steps([record("s", { state: "destroying", since })], 15 * day + hour / 2), []);
  t.deepEqual(steps([record("s", { state: "destroying", since })], 15 * day + hour), [["s", "destroy", undefined]]);
  const { createdAt: _, ...failed } = record("s", { state: "failed", since: iso(0) });
  t.deepEqual(steps([failed], 14 * day), [["s", "destroy", undefined]], "never up, and it costs");
});

test("after what is due was done, nothing is due", (t) => {
  const states = fc.constantFrom<StackRecord["state"]>("up", "frozen", "failed", "creating", "gone", "destroying");
  const one = fc.record({
    state: states,
    created: fc.integer({ min: 0, max: 40 }),
    used: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (given) => {
      const now = 40 * day;
      const records = given.map(({ state, created }, index) =>
        record(`s${index}`, { state, createdAt: iso(created * day), since: iso(created * day) }),
      );
      const activity = (stack: string): Activity => {
        const used = given[Number(stack.slice(1))]?.used;
        return used === undefined || used < 33 ? "none" : used * day;
      };
      const due = expiryOf({ records, lifetime, activity }, now);
      const after = records.map((each) => {
        const step = due.find(({ stack }) => stack === each.stack);
        if (step === undefined) return each;
        return step.step === "extend"
          ? { ...each, expiresAt: iso(step.until ?? 0) }
          : { ...each, state: "gone" as const };
      });
      t.deepEqual(expiryOf({ records: after, lifetime, activity }, now), []);
      for (const each of after)
        t.false((leaseEnd(each, lifetime) ?? Number.POSITIVE_INFINITY) <= now && each.state !== "destroying");
    }),
  );
});

/** A class whose ledger is in memory. */
async function staged(
  records: readonly StackRecord[],
  more: Partial<ExpireTools> = {},
  { shared = [], refuse }: { readonly shared?: readonly string[]; readonly refuse?: string } = {},
) {
  const states = new Map(records.map((each) => [each.stack, each]));
  const { operations, asked } = recordingOperations();
  const books = await booksOf({
    histories: () => new Map([...states].map(([stack, each]) => [stack, [each]])),
    lifetime,
    shared,
    operations: {
      ...operations,
      async endShared() {
        await operations.endShared();
        if (refuse !== undefined) throw new Error(refuse);
        for (const name of shared) states.set(name, record(name, { state: "gone" }));
      },
      async destroy(stack, why) {
        await operations.destroy(stack, why);
        if (stack === "gas26-s3") throw new Error("DependencyViolation: a network interface is in use");
        states.set(stack, { ...(states.get(stack) as StackRecord), state: "gone" });
      },
    },
  });
  const tools: ExpireTools = {
    books,
    holds: {
      async hold(stack, step) {
        asked.push(`${step} ${stack}`);
      },
      async freezeToDestroy(stack) {
        asked.push(`freeze ${stack}`);
      },
      async note() {},
    },
    running: async () => new Map(),
    jobs: { lastSent: async () => new Map() },
    now: () => new Date(15 * day),
    tell() {},
    ...more,
  };
  return { tools, asked };
}
const many = Array.from({ length: 60 }, (_, index) => record(`gas26-s${index}`));

test("every lease is looked at, what runs ends before the rest, and one failure stops nobody", async (t) => {
  const { tools, asked } = await staged(many);
  const { steps: done } = await expire(tools);
  t.is(done.length, 60);
  t.deepEqual(
    done.filter(({ failure }) => failure !== undefined).map(({ stack }) => stack),
    ["gas26-s3"],
  );
  t.deepEqual(asked.slice(0, 2), ["freeze gas26-s0", "destroy gas26-s0"]);
  const again = await expire(tools);
  t.deepEqual(
    again.steps.map(({ stack }) => stack),
    ["gas26-s3"],
    "what failed is tried again, and nothing else",
  );
});

test("an instance that outlives its lease is named, with what removes it", async (t) => {
  const running = async () =>
    new Map([
      ["gas26-s1", 2],
      ["gas26-elsewhere", 1],
      ["gas26-s0", 0],
    ]);
  const { tools } = await staged(many.slice(0, 2), { running });
  const expired = await expire(tools);
  t.deepEqual(expired.outlived, [
    { stack: "gas26-s1", instances: 2 },
    { stack: "gas26-elsewhere", instances: 1 },
  ]);
  t.regex(reportOfExpiry(expired), /gas26-s1: is gone, and 2 of its instances run and cost; annofarm course down/);
});

test("an answer that does not come freezes, and is told", async (t) => {
  const jobs = {
    async lastSent(): Promise<never> {
      throw new Error("AccessDenied: cloudwatch:GetMetricData");
    },
  };
  const { tools, asked } = await staged(many.slice(0, 1), { jobs });
  const expired = await expire(tools);
  t.deepEqual(asked, ["freeze gas26-s0"]);
  t.is(expired.unread, "AccessDenied: cloudwatch:GetMetricData");
  t.regex(reportOfExpiry(expired), /whether stacks are used could not be read: AccessDenied/);
});

test("a stack in use is extended to the end that its last job gives it", async (t) => {
  const jobs = { lastSent: async () => new Map([["gas26-s0", 12 * day]]) };
  const { tools, asked } = await staged(many.slice(0, 1), { jobs });
  await expire(tools);
  t.deepEqual(asked, [`extend gas26-s0 ${iso(19 * day)}`]);
});

const shared = "gas26-shared";

test("what the class shared goes after the last stack, and not before; what failed is tried again", async (t) => {
  const records = [record("gas26-s1"), record("gas26-s2", { state: "gone" }), record(shared)];
  const { tools, asked } = await staged(records, {}, { shared: [shared] });
  const { shared: ended } = await expire(tools);
  t.deepEqual(ended, {});
  t.deepEqual(asked, ["freeze gas26-s1", "destroy gas26-s1", "end shared"]);
  t.is((await expire(tools)).shared, undefined, "once it is gone nothing is asked for");

  const stuck = await staged(
    [record("gas26-s3"), record("gas26-s2", { state: "gone" }), record(shared)],
    {},
    { shared: [shared] },
  );
  t.is((await expire(stuck.tools)).shared, undefined, "a stack that could not be destroyed needs it still");

  const failing = await staged(
    [record("gas26-s2", { state: "gone" }), record(shared)],
    {},
    { shared: [shared], refuse: "in use" },
  );
  for (const call of [1, 2]) t.deepEqual((await expire(failing.tools)).shared, { failure: "in use" }, `call ${call}`);
  t.regex(reportOfExpiry(await expire(failing.tools)), /what the class shared: destroy FAILED: in use/);
});

test("what is shared is left alone while nobody's stack has been there, or somebody is at it", (t) => {
  const histories = (...records: StackRecord[]) => new Map(records.map((each) => [each.stack, [each]]));
  const outlives = (...records: StackRecord[]) => outlivesAll(histories(...records), [shared], 2 * hour);
  t.false(outlives(record(shared)), "it stands before the first stack does");
  t.false(outlives(record(shared), record("gas26-s1", { state: "absent" })));
  t.true(outlives(record(shared), record("gas26-s1", { state: "gone" })));
  t.true(outlives(record(shared, { state: "failed" }), record("gas26-s1", { state: "gone" })));
  t.false(outlives(record(shared, { state: "gone" }), record("gas26-s1", { state: "gone" })));
  for (const state of ["creating", "destroying"] as const) {
    const at = (since: number) => record(shared, { state, since: iso(since) });
    t.false(outlives(at(1.5 * hour), record("gas26-s1", { state: "gone" })), `${state} just now`);
    t.true(outlives(at(0.5 * hour), record("gas26-s1", { state: "gone" })), `${state}, and cut off`);
  }
});
