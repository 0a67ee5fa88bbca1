// Which stacks a command is about, and how it speaks of them.
import test from "ava";
import { barOf, causeLine, createProgress, resultLines } from "../../../course/stacks/progress.ts";
import { selectStacks, withLeavers } from "../../../course/stacks/select.ts";
import { statusOf, statusText } from "../../../course/stacks/status.ts";
import { durationText, timeLeft } from "../../../course/stacks/time-left.ts";

const stacks = [
  { name: "gas26-tcccccc", section: "lab-2", members: ["sbbbbbb", "sdddddd"] },
  { name: "gas26-saaaaaa", section: "lab-1", members: ["saaaaaa"] },
  { name: "gas26-seeeeee", members: ["seeeeee"] },
];
const names = (selection: Parameters<typeof selectStacks>[1]) =>
  selectStacks(stacks, selection).map(({ name }) => name);

test("stacks are chosen by name, pseudonym, member and section", (t) => {
  t.deepEqual(names({}), ["gas26-saaaaaa", "gas26-seeeeee", "gas26-tcccccc"]);
  t.deepEqual(names({ only: ["gas26-saaaaaa", "seeeeee"] }), ["gas26-saaaaaa", "gas26-seeeeee"]);
  t.deepEqual(names({ only: ["sdddddd"] }), ["gas26-tcccccc"]);
  t.deepEqual(names({ sections: ["lab-1"] }), ["gas26-saaaaaa"]);
  t.deepEqual(names({ sections: ["lab-1"], only: ["sdddddd"] }), []);
  t.throws(() => names({ only: ["saaaaab"] }), { message: /no stack saaaaab; is saaaaaa meant\?/ });
  t.throws(() => names({ sections: ["lab-3"] }), { message: /no section lab-3; is lab-/ });
});

test("whoever has left still has a stack to take down", (t) => {
  const all = withLeavers(stacks, ["gas26-saaaaaa", "gas26-szzzzzz"]);
  t.deepEqual(all.at(-1), { name: "gas26-szzzzzz", members: [] });
  t.is(all.length, 4);
});

test("the time that is left follows from what has been done", (t) => {
  t.is(timeLeft({ took: [], running: [1], waiting: 3 }), undefined);
  t.is(timeLeft({ took: [], running: [10], waiting: 3, before: 30 }), 110);
  t.is(timeLeft({ took: [20, 40], running: [10, 50], waiting: 4 }), 70);
  t.is(timeLeft({ took: [20], running: [], waiting: 0 }), 0);
  t.deepEqual([5, 89, 600, 7_500].map(durationText), ["5 s", "89 s", "10 min", "2 h 05 min"]);
});

const failure = {
  ...({ stack: "gas26-saaaaaa", operation: "up", outcome: "failed", seconds: 3 } as const),
  why: "pulumi up of stack gas26-saaaaaa failed: urn:pulumi:gas26-saaaaaa::small::aws:dynamodb/table:Table::items: Table already exists\nmore",
};

test("a failure is told with its cause and the command that tries again", (t) => {
  t.is(causeLine(failure.why), "items: Table already exists");
  t.deepEqual(resultLines(failure, "annofarm course up --only gas26-saaaaaa"), [
    "gas26-saaaaaa  failed: items: Table already exists",
    "    retry with: annofarm course up --only gas26-saaaaaa",
  ]);
});

test("in a file progress is a line for each change, on a terminal a picture of its width", (t) => {
  const run = (live: boolean) => {
    let text = "";
    let seconds = 0;
    const progress = createProgress({
      ...{ operation: "up", total: 3, live, width: 60 },
      write: (more) => {
        text += more;
      },
      now: () => new Date(seconds * 1000),
      retry: (stack) => `annofarm course up --only ${stack}`,
    });
    progress.begun("gas26-saaaaaa");
    seconds = 20;
    progress.resources("gas26-saaaaaa", 7);
    progress.ended({ stack: "gas26-saaaaaa", operation: "up", outcome: "done", seconds: 20, changes: { create: 7 } });
    progress.ended({ ...failure, stack: "gas26-sbbbbbb" });
    progress.close();
    return text;
  };
  t.is(
    run(false),
    [
      "  gas26-saaaaaa  coming up",
      "  gas26-saaaaaa  up (7 resources, 20 s)  [1 of 3, 40 s left]",
      "  gas26-sbbbbbb  failed: items: Table already exists  [2 of 3, 1 failed, 20 s left]",
      "    retry with: annofarm course up --only gas26-sbbbbbb",
      "",
    ].join("\n"),
  );
  const live = run(true);
  t.regex(live, /█{6}░{14} {2}1 of 3, 40 s left/);
  // What was drawn is erased before it is drawn anew, and in the end.
  t.true(live.endsWith("\u001b[1A\u001b[0J"));
  t.is(barOf(0.5, 4), "██░░");
});

test("a status tells what was cut off and by whom", (t) => {
  const entries = new Map([
    [
      "gas26-saaaaaa",
      {
        stack: "gas26-saaaaaa",
        state: "creating",
        since: "2026-09-01T08:00:00.000Z",
        underWay: { operation: "up", since: "2026-09-01T08:00:00.000Z", pid: 77 },
      },
    ],
  ] as const);
  const now = new Date("2026-09-01T08:10:00Z");
  const text = statusText(
    statusOf(stacks.slice(1), entries, () => false),
    now,
  );
  t.regex(text, /gas26-saaaaaa {2}creating .*for 10 min .*up was cut off; annofarm course up continues it/);
  t.regex(text, /gas26-seeeeee {2}absent\n/);
  t.regex(text, /2 stacks: 1 creating, 1 absent/);
  t.regex(
    statusText(
      statusOf(stacks.slice(1), entries, (pid) => pid === 77),
      now,
    ),
    /up is under way/,
  );
});
