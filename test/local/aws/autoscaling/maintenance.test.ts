// A group's instance maintenance policy on this machine: who goes when, and that a successor comes first where it may.
import { AutoScalingClient, SetInstanceHealthCommand } from "@aws-sdk/client-auto-scaling";
import test from "ava";
import type { GroupAction, LocalInstance } from "../../../../local/aws/autoscaling/decide.ts";
import type { GroupState } from "../../../../local/aws/autoscaling/emulated.ts";
import { withinMaintenance } from "../../../../local/aws/autoscaling/maintenance.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { runFarm } from "../../../support/running-farm.ts";
import { until } from "../../../support/until.ts";
import { group, here, member } from "./standing.ts";

const standing = (...ids: string[]) => group({ instances: ids.map((id) => member(id)) });

/** What is done of the replacements and the ends that are due. */
function done(
  state: GroupState,
  instances: readonly LocalInstance[],
  due: { readonly replace?: readonly string[]; readonly end?: readonly string[] },
  [min, max]: readonly [number, number],
): string[] {
  const { replace = [], end = [] } = due;
  const steps: GroupAction[] = [
    ...replace.map((instanceId) => ({ kind: "replace" as const, instanceId, group: state, cause: "a test" })),
    ...end.map((instanceId) => ({ kind: "terminate" as const, instanceId, groupName: "web", group: state })),
  ];
  const taken = withinMaintenance([state], steps, {
    here: instances,
    policyOf: () => ({ minHealthyPercentage: min, maxHealthyPercentage: max }),
    outgoing: new Set(end),
    balanced: () => true,
  });
  return taken.map((step) => {
    if (step.kind === "replace") return `${step.stays ? "replace, stays" : "replace"} ${step.instanceId}`;
    return step.kind === "terminate" ? `end ${step.instanceId}` : step.kind;
  });
}

test("a successor comes first, as many as the greatest share allows", (t) => {
  const ill = [here("a", { health: "unhealthy" }), here("b", { health: "unhealthy" }), here("c"), here("d")];
  const state = standing("a", "b", "c", "d");
  t.deepEqual(done(state, ill, { replace: ["a", "b"] }, [100, 150]), ["replace, stays a", "replace, stays b"]);
  t.deepEqual(done(state, ill, { replace: ["a", "b"] }, [100, 125]), ["replace, stays a"]);
});

test("what was replaced ends when enough others are healthy", (t) => {
  const state = standing("c", "d");
  const coming = [here("a", { health: "unhealthy" }), here("c"), here("d", { state: "Pending", health: undefined })];
  t.deepEqual(done(state, coming, { end: ["a"] }, [100, 150]), []);
  t.deepEqual(done(state, coming, { end: ["a"] }, [50, 150]), ["end a"], "one healthy of two is enough");
  t.deepEqual(done(state, [coming[0] as LocalInstance, here("c"), here("d")], { end: ["a"] }, [100, 150]), ["end a"]);
});

test("where no more may be launched, one goes at a time", (t) => {
  const ill = ["a", "b", "c"].map((id) => here(id, { health: "unhealthy" }));
  t.deepEqual(done(standing("a", "b", "c"), ill, { replace: ["a", "b", "c"] }, [50, 100]), ["replace a"]);
  const arriving = [...ill.slice(1), here("d", { state: "Pending", health: undefined })];
  t.deepEqual(done(standing("b", "c", "d"), arriving, { replace: ["b", "c"] }, [50, 100]), []);
});

test("a machine that is gone waits for nothing", (t) => {
  const lost = here("a", { failure: { kind: "lost" }, health: "unhealthy" } as Partial<LocalInstance>);
  t.deepEqual(done(standing("a", "b"), [lost, here("b")], { replace: ["a"] }, [100, 100]), ["replace a"]);
  t.deepEqual(done(standing("b"), [lost, here("b")], { end: ["a"] }, [100, 150]), ["end a"]);
});

test("on a running farm an unhealthy instance serves until its successor does", async (t) => {
  const emulator = await testEmulator();
  t.teardown(() => emulator.stop());
  const maintenanceOf = () => ({ minHealthyPercentage: 100, maxHealthyPercentage: 200 });
  const farm = await runFarm(emulator, { name: "farm", size: 1, maintenanceOf });
  t.teardown(() => farm.stop());
  const [first = ""] = await farm.untilHealthy(1);
  const client = new AutoScalingClient(clientOptions(emulator));
  await client.send(
    new SetInstanceHealthCommand({ InstanceId: first, HealthStatus: "Unhealthy", ShouldRespectGracePeriod: false }),
  );
  client.destroy();
  const [second] = await until("another serves alone", async () => {
    const ids = await farm.untilHealthy(1);
    return !ids.includes(first) && ids;
  });
  t.not(second, first);
  const order = farm.events.flatMap(({ kind, instanceId }) =>
    (kind === "in-service" && instanceId === second) || (kind === "terminating" && instanceId === first) ? [kind] : [],
  );
  t.deepEqual(order, ["in-service", "terminating"]);
});
