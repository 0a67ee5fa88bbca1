// What a group declares beside its size: read, refused where AWS refuses it, and never passed over in silence.
import test from "ava";
import { ScalingPlanError } from "../../scaling/read/findings.ts";
import { group, type Inputs, scalingOf } from "./declared.ts";

const planned = (inputs: Inputs) => scalingOf([group(inputs)]).groups[0];
const refused = (inputs: Inputs) => {
  try {
    scalingOf([group(inputs)]);
    return [];
  } catch (error) {
    return (error as ScalingPlanError).findings.map(({ path, problem }) => `${path}: ${problem}`);
  }
};

test("a warm pool is read with AWS's defaults", (t) => {
  t.is(planned({})?.warmPool, undefined);
  t.deepEqual(planned({ warmPool: {} })?.warmPool, { state: "Stopped", min: 0, reuses: false });
  const warmPool = {
    poolState: "Hibernated",
    minSize: 2,
    maxGroupPreparedCapacity: 6,
    instanceReusePolicy: { reuseOnScaleIn: true },
  };
  t.deepEqual(planned({ warmPool })?.warmPool, { state: "Hibernated", min: 2, prepared: 6, reuses: true });
  t.deepEqual(scalingOf([group({ warmPool })]).remarks, []);
});

test("a warm pool that AWS refuses is told with its path", (t) => {
  const mixed = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: "lt-1" } } };
  t.deepEqual(refused({ warmPool: { minSize: 1 }, mixedInstancesPolicy: mixed }), [
    "farm.warmPool: a group with a mixed instances policy, which may launch spot capacity, cannot have a warm pool; leave one out",
  ]);
  t.deepEqual(refused({ warmPool: { poolState: "Asleep", minSize: 4, maxGroupPreparedCapacity: 3 } }), [
    "farm.warmPool.maxGroupPreparedCapacity: 3 is below minSize, 4; give as much at least",
    'farm.warmPool.poolState: "Asleep" is unknown; give one of Stopped, Running, Hibernated',
  ]);
});

test("an instance maintenance policy is read, and both of its shares are needed", (t) => {
  const policy = { minHealthyPercentage: 90, maxHealthyPercentage: 120 };
  t.deepEqual(planned({ instanceMaintenancePolicy: policy })?.maintenance, policy);
  t.is(planned({ instanceMaintenancePolicy: { minHealthyPercentage: -1, maxHealthyPercentage: -1 } })?.maintenance, undefined);
  t.deepEqual(refused({ instanceMaintenancePolicy: { minHealthyPercentage: 90 } }), [
    "farm.instanceMaintenancePolicy.maxHealthyPercentage: it is left out; give both, or neither",
  ]);
  t.deepEqual(refused({ instanceMaintenancePolicy: { minHealthyPercentage: 50, maxHealthyPercentage: 200 } }), [
    "farm.instanceMaintenancePolicy.maxHealthyPercentage: 200 is more than 100 above minHealthyPercentage, 50; give 150",
  ]);
});
