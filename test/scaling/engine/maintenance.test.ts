// Instance maintenance policies on the engine: an unhealthy instance stays until others have taken its place.
import test from "ava";
import { group, type Inputs, scalingOf } from "../declared.ts";
import { drive, minute, second } from "../drive.ts";

const farmOf = (policy: Inputs | undefined, size: number) => {
  const inputs = { minSize: size, healthCheckGracePeriod: 0, healthCheckType: "ELB" };
  const declared = policy === undefined ? inputs : { ...inputs, instanceMaintenancePolicy: policy };
  return drive(scalingOf([group(declared)]), { inService: size });
};
const sick = (farm: ReturnType<typeof farmOf>, at: number, ...ids: string[]) => {
  for (const instanceId of ids) farm.send({ kind: "health", at, instanceId, by: "ELB", healthy: false });
};
const order = (farm: ReturnType<typeof farmOf>) =>
  farm.decisions.flatMap((each) => (each.kind === "launch" || each.kind === "terminate" ? [each.kind] : []));

test("without a policy an unhealthy instance is terminated, and then another is launched", (t) => {
  const farm = farmOf(undefined, 2);
  sick(farm, second, "i-0");
  farm.minutes(2, []);
  t.deepEqual(order(farm), ["terminate", "launch"]);
});

test("with one its successor comes first, and it goes when that is in service", (t) => {
  const farm = farmOf({ minHealthyPercentage: 100, maxHealthyPercentage: 150 }, 2);
  sick(farm, second, "i-0");
  t.deepEqual(order(farm), ["launch"]);
  t.is(farm.group().instances.length, 3);
  farm.minutes(2, []);
  t.deepEqual(order(farm), ["launch", "terminate"]);
  t.is(farm.of("terminate")[0]?.at, minute + second, "when its successor runs");
  t.is(farm.of("terminate")[0]?.cause, "in response to an ELB system health check failure");
  t.is(farm.group().instances.length, 2);
});

test("no more than the greatest share are alive, and what is left is replaced in turn", (t) => {
  const farm = farmOf({ minHealthyPercentage: 100, maxHealthyPercentage: 125 }, 4);
  sick(farm, second, "i-0", "i-1", "i-2");
  const alive = () => farm.group().instances.filter(({ phase }) => !phase.startsWith("Terminating")).length;
  t.is(alive(), 5);
  for (let n = 0; n < 6; n++) {
    farm.minutes(1, []);
    t.true(alive() <= 5);
  }
  t.is(farm.of("terminate").length, 3);
  t.is(alive(), 4);
});

test("where enough others are healthy it goes at once", (t) => {
  const farm = farmOf({ minHealthyPercentage: 50, maxHealthyPercentage: 150 }, 4);
  sick(farm, second, "i-0");
  t.deepEqual(order(farm), ["terminate", "launch"]);
});

test("a machine that is gone is not waited for", (t) => {
  const farm = farmOf({ minHealthyPercentage: 100, maxHealthyPercentage: 200 }, 2);
  farm.send({ kind: "lost", at: second, instanceId: "i-0" });
  t.deepEqual(order(farm), ["terminate", "launch"]);
});
