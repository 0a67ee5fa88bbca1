// What a farm's group declares beside its size: warm pool, instance maintenance policy.
import test from "ava";
import { AnnotatorFarm, type AnnotatorFarmArgs, type ArgumentsError } from "../../components/index.ts";
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
