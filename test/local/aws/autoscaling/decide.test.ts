import test from "ava";
import { decide, graceMilliseconds, type LocalInstance } from "../../../../local/aws/autoscaling/decide.ts";
import type { GroupState } from "../../../../local/aws/autoscaling/emulated.ts";
import type { ScalingProcess } from "../../../../scaling/engine/health.ts";
import { group, here, member } from "./standing.ts";

const options = { speed: 1, leastGraceMilliseconds: 30_000 };
const kinds = (groups: GroupState[], instances: LocalInstance[], how = options) =>
  decide(groups, instances, how).map((step) =>
    "instanceId" in step
      ? `${step.kind} ${step.instanceId}`
      : step.kind === "launch"
        ? `launch ${step.instance.instanceId}`
        : step.kind,
  );

test("what matches is left alone", (t) => {
  t.deepEqual(kinds([group({ instances: [member("i-1")] })], [here("i-1")]), []);
});

test("missing instances are launched, superfluous ones terminated once", (t) => {
  const groups = [group({ instances: [member("i-1"), member("i-2")] })];
  t.deepEqual(kinds(groups, [here("i-1"), here("i-3"), here("i-4", { state: "Terminating" })]), [
    "launch i-2",
    "terminate i-3",
  ]);
});

test("instances of a group that was deleted are terminated, without a group to ask for hooks", (t) => {
  const steps = decide([], [here("i-1")], options);
  t.deepEqual(steps, [{ kind: "terminate", instanceId: "i-1", groupName: "web", group: undefined }]);
});

test("a machine that is gone is replaced at once, during its grace too", (t) => {
  const lost = here("i-1", { ageMilliseconds: 10, failure: { kind: "lost", reason: "power" } });
  t.deepEqual(kinds([group({ instances: [member("i-1")] })], [lost]), ["replace i-1"]);
});

test("of services Auto Scaling knows what the instance reports, at once, protected or not", (t) => {
  for (const kind of ["boot", "crash-loop"] as const) {
    const broken = here("i-1", { failure: { kind, reason: "ended 5 times" }, health: undefined });
    t.deepEqual(kinds([group({ instances: [member("i-1")] })], [broken]), []);
    t.deepEqual(kinds([group({ instances: [member("i-1", true, true)] })], [broken]), ["replace i-1"]);
  }
});

test("an instance whose launch was abandoned is replaced at once, by the hook's name", (t) => {
  const failure = { kind: "abandoned", hook: "boot", reason: "no bundle" } as const;
  const [step] = decide([group({ instances: [member("i-1")] })], [here("i-1", { failure, state: "Pending" })], options);
  t.like(step, { kind: "replace", cause: "an abandoned lifecycle hook boot" });
});

test("a target that does not become healthy has its time of grace", (t) => {
  const groups = [group({ instances: [member("i-1")] })];
  for (const trouble of [{ health: "unhealthy" }, { health: "initial" }] as const) {
    t.deepEqual(kinds(groups, [here("i-1", { ...trouble, ageMilliseconds: 299_999 })]), []);
    t.deepEqual(kinds(groups, [here("i-1", { ...trouble, ageMilliseconds: 300_000 })]), ["replace i-1"]);
  }
});

test("only a group that is checked by its balancer listens to it", (t) => {
  const groups = [group({ instances: [member("i-1")], checkedByBalancer: false })];
  t.deepEqual(kinds(groups, [here("i-1", { health: "unhealthy" })]), []);
});

test("a draining target is not taken for a sick one", (t) => {
  t.deepEqual(kinds([group({ instances: [member("i-1")] })], [here("i-1", { health: "draining" })]), []);
});

test("grace follows the clock's speed, but never below what a process needs to start", (t) => {
  t.is(graceMilliseconds({ graceSeconds: 300 }, 1, 30_000), 300_000);
  t.is(graceMilliseconds({ graceSeconds: 300 }, 5, 30_000), 60_000);
  t.is(graceMilliseconds({ graceSeconds: 300 }, 600, 30_000), 30_000);
});

test("members protected during a scale-in go as soon as one is not protected any more", (t) => {
  const local = [here("i-1"), here("i-2")];
  const instances = [member("i-1", true), member("i-2", true)];
  t.deepEqual(kinds([group({ desired: 1, instances })], local), []);
  t.deepEqual(kinds([group({ desired: 1, instances: [member("i-1", true), member("i-2")] })], local), ["adjust"]);
});

test("fewer members than desired are asked for again", (t) => {
  t.deepEqual(kinds([group({ desired: 2, instances: [member("i-1")] })], [here("i-1")]), ["adjust"]);
});

test("what is suspended is not done until it is resumed", (t) => {
  const suspended = (...processes: ScalingProcess[]) => new Set(processes);
  const missing = { instances: [member("i-1")], desired: 2 };
  t.deepEqual(kinds([group(missing)], []), ["launch i-1", "adjust"]);
  t.deepEqual(kinds([group({ ...missing, suspended: suspended("Launch") })], []), []);

  const leaving = { instances: [member("i-1"), member("i-2")], desired: 1 };
  const running = [here("i-1"), here("i-2"), here("i-3")];
  t.deepEqual(kinds([group(leaving)], running), ["adjust", "terminate i-3"]);
  t.deepEqual(kinds([group({ ...leaving, suspended: suspended("Terminate") })], running), []);

  const ill = { instances: [member("i-1"), member("i-2", false, true)] };
  const state = [here("i-1", { health: "unhealthy" }), here("i-2")];
  t.deepEqual(kinds([group(ill)], state), ["replace i-1", "replace i-2"]);
  t.deepEqual(kinds([group({ ...ill, suspended: suspended("HealthCheck") })], state), ["replace i-2"]);
  for (const process of ["ReplaceUnhealthy", "Terminate"] as const) {
    t.deepEqual(kinds([group({ ...ill, suspended: suspended(process) })], state), [], process);
  }
});
