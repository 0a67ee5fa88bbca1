// What a group declares beside its size: read, refused where AWS refuses it, and never passed over in silence.
import test from "ava";
import { startState } from "../../scaling/engine/state.ts";
import { ScalingPlanError } from "../../scaling/read/findings.ts";
import { group, type Inputs, resource as other, policy, scalingOf } from "./declared.ts";

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
  t.is(
    planned({ instanceMaintenancePolicy: { minHealthyPercentage: -1, maxHealthyPercentage: -1 } })?.maintenance,
    undefined,
  );
  t.deepEqual(refused({ instanceMaintenancePolicy: { minHealthyPercentage: 90 } }), [
    "farm.instanceMaintenancePolicy.maxHealthyPercentage: it is left out; give both, or neither",
  ]);
  t.deepEqual(refused({ instanceMaintenancePolicy: { minHealthyPercentage: 50, maxHealthyPercentage: 200 } }), [
    "farm.instanceMaintenancePolicy.maxHealthyPercentage: 200 is more than 100 above minHealthyPercentage, 50; give 150",
  ]);
});

test("processes that a group is declared without are suspended from the start", (t) => {
  const plan = scalingOf([group({ suspendedProcesses: ["AlarmNotification", "Launch"] })]);
  t.deepEqual(startState(plan, { at: 0, seed: 1 }).groups.farm?.suspended, ["AlarmNotification", "Launch"]);
  t.deepEqual(plan.remarks, []);
  t.regex(
    refused({ suspendedProcesses: ["Lunch"] }).join(),
    /^farm\.suspendedProcesses\[0\]: "Lunch" is unknown; give some of/,
  );
});

test("what decides and is not modelled is told with its path", (t) => {
  const overrides = [
    { instanceType: "t4g.small", weightedCapacity: "2" },
    { instanceRequirements: { vcpuCount: { min: 2 }, memoryMib: { min: 4096 } }, weightedCapacity: "1" },
  ];
  const declared = group({
    maxInstanceLifetime: 86_400,
    desiredCapacityType: "vcpu",
    mixedInstancesPolicy: { launchTemplate: { overrides } },
  });
  const plan = scalingOf([declared, other("aws:appautoscaling/policy:Policy", "table-reads", {})]);
  t.deepEqual(plan.remarks, [
    "farm: not read: maxInstanceLifetime",
    "farm: not read: desiredCapacityType",
    "farm: not read: mixedInstancesPolicy.launchTemplate.overrides[].weightedCapacity",
    "table-reads: not read: aws:appautoscaling/policy:Policy scales beside the groups that are read here",
  ]);
});

const forecast = (configuration: Inputs, inputs: Inputs = {}) =>
  policy("forecast", {
    policyType: "PredictiveScaling",
    adjustmentType: undefined,
    predictiveScalingConfiguration: {
      metricSpecification: {
        targetValue: 40,
        predefinedMetricPairSpecification: { predefinedMetricType: "ASGCPUUtilization" },
      },
      ...configuration,
    },
    ...inputs,
  });

test("a policy that only forecasts changes nothing; one that scales by its forecast is told as not modelled", (t) => {
  const read = (...policies: ReturnType<typeof policy>[]) => scalingOf([group(), ...policies]);
  t.deepEqual(read(forecast({})).remarks, []);
  t.deepEqual(read(forecast({})).groups, read().groups);
  t.deepEqual(read(forecast({ mode: "ForecastAndScale" })).remarks, [
    "forecast: not modelled: predictiveScalingConfiguration.mode ForecastAndScale; the forecast's launches are missing from the curve",
  ]);
  const error = t.throws(() => read(forecast({ mode: "Guess", maxCapacityBuffer: 10, metricSpecification: {} })), {
    instanceOf: ScalingPlanError,
  });
  t.deepEqual(
    error.findings.map(({ path }) => path),
    ["mode", "maxCapacityBuffer", "metricSpecification.targetValue"].map(
      (property) => `forecast.predictiveScalingConfiguration.${property}`,
    ),
  );
  t.throws(() => scalingOf([forecast({})]), { message: /forecast\.autoscalingGroupName: there is no group "farm"/ });
});

const typed = (overrides: readonly Inputs[], more: Inputs = {}): Inputs => ({
  mixedInstancesPolicy: {
    launchTemplate: { launchTemplateSpecification: { launchTemplateId: "lt-1" }, overrides },
  },
  ...more,
});
const needs = { vcpuCount: { min: 2 }, memoryMib: { min: 4096, max: 8192 } };

test("sizes that count something else than instances are not modelled, and said to be", (t) => {
  t.is(planned(typed([{ instanceType: "t4g.small" }, { instanceType: "t4g.medium" }]))?.notModelled, undefined);
  t.is(planned(typed([{ instanceType: "t4g.small", weightedCapacity: "1" }]))?.notModelled, undefined);
  t.is(planned(typed([{ instanceRequirements: needs }]))?.notModelled, undefined);
  t.deepEqual(
    planned(
      typed([
        { instanceType: "t4g.small", weightedCapacity: "1" },
        { instanceType: "t4g.large", weightedCapacity: "4" },
      ]),
    )?.notModelled,
    ["farm.mixedInstancesPolicy.launchTemplate.overrides[1].weightedCapacity"],
  );
  t.deepEqual(planned(typed([{ instanceRequirements: needs }], { desiredCapacityType: "vcpu" }))?.notModelled, [
    "farm.desiredCapacityType",
  ]);
});

test("types that AWS refuses are told with their paths", (t) => {
  const path = "farm.mixedInstancesPolicy.launchTemplate.overrides";
  t.deepEqual(refused(typed([{ instanceType: "t4g.small", weightedCapacity: "1" }, { instanceType: "t4g.large" }])), [
    `${path}[1].weightedCapacity: it is left out, and other types have one; give each one, or none`,
  ]);
  t.deepEqual(refused(typed([{ instanceType: "t4g.small", weightedCapacity: "1000" }])), [
    `${path}[0].weightedCapacity: "1000" is not a whole number from 1 to 999`,
  ]);
  t.deepEqual(
    refused(typed([{ instanceRequirements: { vcpuCount: { min: 4, max: 2 } }, instanceType: "t4g.large" }])),
    [
      `${path}[0].instanceType: stands beside instanceRequirements, and AWS takes one of both; leave one out`,
      `${path}[0].instanceRequirements.vcpuCount.max: 2 is below min, 4; give as much at least`,
      `${path}[0].instanceRequirements.memoryMib: its least is left out; AWS wants one`,
    ],
  );
  t.deepEqual(refused(typed([{ instanceType: "t4g.small" }], { desiredCapacityType: "vcpu" })), [
    "farm.desiredCapacityType: vcpu is for groups with instanceRequirements; leave it out",
  ]);
});
