// What a farm's group declares beside its size: warm pool, instance maintenance policy, types, forecast.
import test from "ava";
import { AnnotatorFarm, type AnnotatorFarmArgs, type ArgumentsError, minutes } from "../../components/index.ts";
import { declare } from "./declare.ts";
import { bootManifestOf, entry, ground } from "./farm.ts";

const farm = (args: Partial<AnnotatorFarmArgs> = {}) =>
  declare(() => {
    const { network, jobs } = ground();
    return new AnnotatorFarm("gas-annotator", { network, jobs, entry, ...args });
  });
const refused = async (args: Partial<AnnotatorFarmArgs>) => {
  try {
    await farm(args);
    return [];
  } catch (error) {
    return (error as ArgumentsError).mistakes.map(({ path, reason }) => `${path}: ${reason}`);
  }
};
const group = "aws:autoscaling/group:Group";
const template = "aws:ec2/launchTemplate:LaunchTemplate";

test.serial("a warm pool is the group's, and its instances' manifest knows of it", async (t) => {
  const warmPool = { state: "Stopped", min: 1, maxPrepared: 6, reuse: true } as const;
  const pooled = await farm({ warmPool });
  const { inputs } = pooled;
  t.deepEqual(inputs(group, "gas-annotator").warmPool, {
    poolState: "Stopped",
    minSize: 1,
    maxGroupPreparedCapacity: 6,
    instanceReusePolicy: { reuseOnScaleIn: true },
  });
  t.is(bootManifestOf(pooled, "gas-annotator").warmPool, true);

  const plain = await farm();
  t.is(plain.inputs(group, "gas-annotator").warmPool, undefined);
  t.is(bootManifestOf(plain, "gas-annotator").warmPool, undefined);
});

test.serial("instances that hibernate are launched so that they can, on a disk that was chosen for it", async (t) => {
  const { inputs } = await farm({ warmPool: { state: "Hibernated" }, diskGiB: 16 });
  t.deepEqual(inputs(template, "gas-annotator").hibernationOptions, { configured: true });
  t.is((await farm({ warmPool: {} })).inputs(template, "gas-annotator").hibernationOptions, undefined);
  t.regex(
    (await refused({ warmPool: { state: "Hibernated" } })).join(),
    /^diskGiB: is not given; a hibernated instance/,
  );
});

test.serial("what cannot be is told before the first resource", async (t) => {
  t.deepEqual(await refused({ spot: {}, warmPool: {} }), [
    "warmPool: cannot stand beside spot: AWS keeps no spot instances in a warm pool; leave one of both out",
  ]);
  t.deepEqual(await refused({ warmPool: { state: "Asleep" as "Stopped", min: -1 } }), [
    'warmPool.state: "Asleep" is unknown; give one of Stopped, Running, Hibernated',
    "warmPool.min: -1 is out of range; give a whole number of instances from 0 to 1000",
  ]);
  t.regex(
    (await refused({ warmPool: { min: 4, maxPrepared: 3 } })).join(),
    /^warmPool\.min: 4 .*warmPool\.maxPrepared/,
  );
  t.regex((await refused({ warmPool: { state: "Running", reuse: true } })).join(), /^warmPool\.reuse: is true/);
  t.deepEqual(await refused({ maintenance: { minHealthyPercent: 20, maxHealthyPercent: 150 } }), [
    "maintenance.maxHealthyPercent: 150 is more than 100 above minHealthyPercent, 20; give 120 at most",
  ]);
  t.deepEqual(await refused({ maintenance: { minHealthyPercent: 101, maxHealthyPercent: 99 } }), [
    "maintenance.minHealthyPercent: 101 is out of range; give a whole number of percent from 0 to 100",
    "maintenance.maxHealthyPercent: 99 is out of range; give a whole number of percent from 100 to 200",
  ]);
});

test.serial("an instance maintenance policy is the group's, and the refresh of an update keeps to it", async (t) => {
  const { inputs } = await farm({ maintenance: { minHealthyPercent: 90, maxHealthyPercent: 120 } });
  const shares = { minHealthyPercentage: 90, maxHealthyPercentage: 120 };
  t.deepEqual(inputs(group, "gas-annotator").instanceMaintenancePolicy, shares);
  t.like(inputs(group, "gas-annotator").instanceRefresh, { preferences: shares });

  const plain = (await farm()).inputs(group, "gas-annotator");
  t.is(plain.instanceMaintenancePolicy, undefined);
  t.like(plain.instanceRefresh, { preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 125 } });
});

test.serial("types with weights are the group's overrides, its own among them", async (t) => {
  const large = { type: "t4g.xlarge", weight: 4 };
  const instanceTypes = [{ type: "t4g.small", weight: 1 }, large];
  const { inputs } = await farm({ instanceType: "t4g.small", spot: { instanceTypes } });
  t.like(inputs(group, "gas-annotator").mixedInstancesPolicy, {
    launchTemplate: {
      overrides: [
        { instanceType: "t4g.small", weightedCapacity: "1" },
        { instanceType: "t4g.xlarge", weightedCapacity: "4" },
      ],
    },
  });
  t.deepEqual(await refused({ instanceType: "t4g.small", spot: { instanceTypes: ["t4g.medium", large] } }), [
    "spot.instanceTypes[0]: t4g.medium has no weight and others have; give each one, or none",
    "spot.instanceTypes: t4g.small, the group's own type, is not among those with weights; list it with one",
  ]);
  t.deepEqual(
    await refused({ instanceType: "t4g.small", spot: { instanceTypes: [{ type: "t4g.small", weight: 0 }] } }),
    ["spot.instanceTypes[0].weight: 0 is out of range; give a whole number of units from 1 to 999"],
  );
});

test.serial("types may be chosen by what they have", async (t) => {
  const requirements = { vcpus: { min: 2, max: 4 }, memoryGiB: { min: 3.5 }, burstable: true };
  const { inputs } = await farm({ spot: { requirements } });
  t.like(inputs(group, "gas-annotator").mixedInstancesPolicy, {
    launchTemplate: {
      overrides: [
        {
          instanceRequirements: {
            vcpuCount: { min: 2, max: 4 },
            memoryMib: { min: 3584 },
            burstablePerformance: "included",
          },
        },
      ],
    },
  });
  t.deepEqual(
    await refused({
      spot: { instanceTypes: ["t4g.medium"], requirements: { vcpus: { min: 4, max: 2 }, memoryGiB: { min: 0 } } },
    }),
    [
      "spot.requirements.vcpus.min: 4 is above spot.requirements.vcpus.max, which is 2; lower the one or raise the other",
      "spot.requirements.memoryGiB.min: 0 is out of range; give a number of GiB from 0.5 to 65536",
      "spot.requirements: cannot stand beside spot.instanceTypes: AWS takes names or requirements; leave one of both out",
    ],
  );
});

test.serial("a forecast is a policy of the group's, which only forecasts unless it is told to scale", async (t) => {
  const policy = "aws:autoscaling/policy:Policy";
  const metricSpecification = {
    targetValue: 60,
    predefinedMetricPairSpecification: { predefinedMetricType: "ASGCPUUtilization" },
  };
  const quiet = await farm({ predictive: { cpuPercent: 60 } });
  t.deepEqual(quiet.inputs(policy, "gas-annotator-forecast").predictiveScalingConfiguration, {
    mode: "ForecastOnly",
    metricSpecification,
  });
  const acting = await farm({
    predictive: { cpuPercent: 60, mode: "ForecastAndScale", launchAhead: minutes(10), beyondMaxPercent: 0 },
  });
  t.deepEqual(acting.inputs(policy, "gas-annotator-forecast").predictiveScalingConfiguration, {
    mode: "ForecastAndScale",
    metricSpecification,
    schedulingBufferTime: "600",
    maxCapacityBreachBehavior: "IncreaseMaxCapacity",
    maxCapacityBuffer: "0",
  });
  t.deepEqual(
    await refused({ predictive: { cpuPercent: 0, mode: "Scale" as "ForecastOnly", launchAhead: minutes(61) } }),
    [
      "predictive.cpuPercent: 0 is out of range; give a number of percent from 1 to 100",
      'predictive.mode: "Scale" is unknown; give one of ForecastOnly, ForecastAndScale',
      "predictive.launchAhead: 61 minutes is out of range; give a duration from 0 seconds to 1 hour",
    ],
  );
});
