import test from "ava";
import { fold, histories, type LedgerEvent } from "../../../course/stacks/events.ts";
import { createSession } from "../../../course/stacks/session.ts";

/** A course that one may have at a time. */
function lockable() {
  let taken = false;
  const told: string[] = [];
  return {
    told,
    open: async (work: (course: string) => Promise<void>) => {
      if (taken) throw new Error("the course is in use");
      taken = true;
      told.push("taken");
      await work("course");
      taken = false;
      told.push("given back");
    },
  };
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("pieces of work at the same time share the course; it is given back after the last", async (t) => {
  const { open, told } = lockable();
  const session = createSession(open);
  const [first, second] = [gate(), gate()];
  const works = [first, second].map(({ opened }) => session.run(() => opened));
  second.open();
  await works[1];
  t.deepEqual(told, ["taken"]);
  first.open();
  await works[0];
  t.deepEqual(told, ["taken", "given back"]);
  t.is(await session.run(async (course) => course), "course");
  t.deepEqual(told, ["taken", "given back", "taken", "given back"]);
});

test("work that follows at once waits until the course is given back", async (t) => {
  const { open, told } = lockable();
  const session = createSession(open);
  const one = session.run(async () => told.push("work"));
  const two = one.then(() => session.run(async () => told.push("work")));
  const three = session.run(async () => told.push("work"));
  await Promise.all([one, two, three]);
  t.is(told.filter((each) => each === "work").length, 3);
  t.is(told.at(-1), "given back");
});

test("a course that somebody else has is an error of each piece of work, and may be had later", async (t) => {
  let inUse = true;
  const { open } = lockable();
  const session = createSession<string>((work) =>
    inUse ? Promise.reject(new Error("in use by course up")) : open(work),
  );
  await t.throwsAsync(
    session.run(async () => {}),
    { message: "in use by course up" },
  );
  inUse = false;
  t.is(await session.run(async (course) => course), "course");
});

test("work that fails is its caller's, and the course is given back", async (t) => {
  const { open, told } = lockable();
  const session = createSession(open);
  await t.throwsAsync(
    session.run(async () => {
      throw new Error("DependencyViolation");
    }),
    { message: "DependencyViolation" },
  );
  t.deepEqual(told, ["taken", "given back"]);
});

test("a history has an entry for each state, and ends as the ledger has it", (t) => {
  const at = (hour: number) => new Date(hour * 3_600_000).toISOString();
  const events: LedgerEvent[] = [
    { kind: "begun", at: at(1), stack: "s", operation: "up", pid: 1 },
    { kind: "done", at: at(2), stack: "s", operation: "up", seconds: 1 },
    { kind: "lease", at: at(3), stack: "s", expiresAt: at(99), why: "by hand" },
    { kind: "begun", at: at(4), stack: "s", operation: "down", pid: 1 },
    { kind: "done", at: at(5), stack: "s", operation: "down", seconds: 1 },
    { kind: "begun", at: at(8), stack: "s", operation: "up", pid: 1 },
  ];
  const found = histories(events).get("s") ?? [];
  t.deepEqual(
    found.map(({ state, since }) => [state, since]),
    [
      ["creating", at(1)],
      ["up", at(2)],
      ["destroying", at(4)],
      ["gone", at(5)],
      ["creating", at(8)],
    ],
  );
  t.is(found[1]?.expiresAt, at(99));
  t.deepEqual(found.at(-1), fold(events).get("s"));
});
