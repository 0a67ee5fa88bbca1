import test from "ava";
import type { Group } from "../../../course/stacks/groups.ts";
import type { SizesBefore } from "../../../course/stacks/sizes.ts";
import { freezeGroups, type GroupControl, isLoose, shrinkGroups, thawGroups } from "../../../course/stacks/sizes.ts";

const stack = "gas26-s";
const group = (name: string, min: number, max: number, desired: number, more: Partial<Group> = {}): Group => ({
  name: `${stack}-${name}`,
  owner: stack,
  min,
  max,
  desired,
  suspended: [],
  shielded: [],
  ...more,
});

/** Auto Scaling in memory; `breakAt`: the call with this number fails. */
function control(groups: Group[], breakAt = Number.POSITIVE_INFINITY) {
  const calls: string[] = [];
  const call = (text: string) => {
    calls.push(text);
    if (calls.length === breakAt) throw new Error("Throttling: Rate exceeded");
  };
  const change = (name: string, how: (before: Group) => Partial<Group>) => {
    const index = groups.findIndex((each) => each.name === name);
    const before = groups[index] as Group;
    groups[index] = { ...before, ...how(before) };
  };
  const port: GroupControl = {
    async resize(name, sizes) {
      call(`resize ${name} ${sizes.min}/${sizes.max}/${sizes.desired}`);
      change(name, () => sizes);
    },
    async suspend(name, processes) {
      call(`suspend ${name}`);
      change(name, ({ suspended }) => ({ suspended: [...suspended, ...processes] }));
    },
    async resume(name, processes) {
      call(`resume ${name}`);
      change(name, ({ suspended }) => ({ suspended: suspended.filter((each) => !processes.includes(each)) }));
    },
    async unshield(name) {
      call(`unshield ${name}`);
      change(name, () => ({ shielded: [] }));
    },
  };
  return { port, calls, groups };
}

function memory() {
  let kept: SizesBefore = {};
  return {
    kept: () => kept,
    remember: async (sizes: SizesBefore) => {
      kept = sizes;
    },
  };
}
const sizes = ({ name, min, max, desired }: Group) => [name, min, max, desired];

test("a freeze leaves nothing running and nothing that could start, and remembers every size", async (t) => {
  const { port, calls, groups } = control([
    group("web", 2, 10, 5),
    group("annotator", 2, 10, 3, { shielded: ["i-1", "i-2", "i-3"] }),
  ]);
  const { kept, remember } = memory();
  await freezeGroups(groups, { control: port, before: {}, remember });
  t.deepEqual(groups.map(sizes), [
    ["gas26-s-web", 0, 0, 0],
    ["gas26-s-annotator", 0, 0, 0],
  ]);
  t.false(groups.some(isLoose));
  t.true(
    groups.every(({ suspended }) =>
      ["Launch", "AlarmNotification", "ScheduledActions"].every((each) => suspended.includes(each)),
    ),
  );
  t.deepEqual(kept(), {
    "gas26-s-web": { min: 2, max: 10, desired: 5 },
    "gas26-s-annotator": { min: 2, max: 10, desired: 3 },
  });
  t.true(
    calls.indexOf("suspend gas26-s-web") < calls.indexOf("resize gas26-s-web 0/0/0"),
    "nothing grows between two calls",
  );
  t.true(calls.includes("unshield gas26-s-annotator"), "protected workers would run on for ever");
});

test("a freeze that is cut off anywhere and repeated remembers the sizes from before, not zeros", async (t) => {
  for (let breakAt = 1; breakAt <= 5; breakAt++) {
    const world = control([group("web", 2, 10, 5), group("annotator", 1, 4, 2, { shielded: ["i-1"] })], breakAt);
    const { kept, remember } = memory();
    await t.throwsAsync(freezeGroups(world.groups, { control: world.port, before: {}, remember }), {
      message: /Throttling/,
    });
    await freezeGroups(world.groups, { control: world.port, before: kept(), remember });
    t.deepEqual(kept()["gas26-s-web"], { min: 2, max: 10, desired: 5 }, `cut off at call ${breakAt}`);
    t.false(world.groups.some(isLoose));
    await thawGroups(stack, world.groups, world.port, kept());
    t.deepEqual(world.groups.map(sizes), [
      ["gas26-s-web", 2, 10, 5],
      ["gas26-s-annotator", 1, 4, 2],
    ]);
    t.true(world.groups.every(({ suspended }) => suspended.length === 0));
  }
});

test("a freeze of what is frozen already asks for nothing", async (t) => {
  const { port, calls, groups } = control([group("web", 2, 10, 5)]);
  const { kept, remember } = memory();
  await freezeGroups(groups, { control: port, before: {}, remember });
  const count = calls.length;
  await freezeGroups(groups, { control: port, before: kept(), remember });
  t.is(calls.length, count);
  t.deepEqual(groups.map(sizes), [["gas26-s-web", 0, 0, 0]]);
});

test("a thaw never makes smaller what somebody has made larger, nor leaves anything below what it was", async (t) => {
  const { port, groups } = control([group("web", 4, 12, 6), group("annotator", 0, 0, 0)]);
  await thawGroups(stack, groups, port, {
    "gas26-s-web": { min: 2, max: 10, desired: 8 },
    "gas26-s-annotator": { min: 2, max: 10, desired: 3 },
    "gas26-s-removed": { min: 1, max: 1, desired: 1 },
  });
  t.deepEqual(groups.map(sizes), [
    ["gas26-s-web", 4, 12, 8],
    ["gas26-s-annotator", 2, 10, 3],
  ]);
});

test("a thaw names the groups whose sizes nobody remembers, and thaws the others", async (t) => {
  const { port, groups } = control([group("web", 0, 0, 0), group("annotator", 0, 0, 0)]);
  await t.throwsAsync(thawGroups(stack, groups, port, { "gas26-s-annotator": { min: 2, max: 4, desired: 2 } }), {
    message: /gas26-s-web: at 0 instances/,
  });
  t.deepEqual(groups.map(sizes)[1], ["gas26-s-annotator", 2, 4, 2]);
});

test("the minimum holds: nothing grows, failed instances are replaced, busy workers finish", async (t) => {
  const { port, calls, groups } = control([group("web", 2, 10, 9, { shielded: ["i-1"] })]);
  const { kept, remember } = memory();
  await shrinkGroups(groups, { control: port, before: {}, remember });
  t.deepEqual(groups.map(sizes), [["gas26-s-web", 2, 2, 2]]);
  t.false(groups[0]?.suspended.includes("Launch"), "replacements start");
  t.false(calls.some((call) => call.startsWith("unshield")));
  await freezeGroups(groups, { control: port, before: kept(), remember });
  await thawGroups(stack, groups, port, kept());
  t.deepEqual(groups.map(sizes), [["gas26-s-web", 2, 10, 9]], "a freeze after the minimum goes back to before both");
});
