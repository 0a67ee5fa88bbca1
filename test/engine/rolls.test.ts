// A group that is rolled by command, under the real engine: an `up` only makes the version, and what a roll has changed is no drift.
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  type DesiredConfiguration,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import test from "ava";
import type { Emulator } from "../../local/types.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { doings, noPulumi, pulumiForTests, type TestStack, testStack } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

let emulator: Emulator;
let stack: TestStack;
let api: AutoScalingClient;
test.before(async () => {
  if (pulumi === undefined) return;
  emulator = await testEmulator();
  stack = testStack(pulumi, emulator, { program: "program", stack: "test" });
  api = new AutoScalingClient(clientOptions(emulator));
});
test.after.always(() => emulator?.stop());

const AutoScalingGroupName = "lab-annotator--test";

async function group() {
  const request = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] });
  const found = (await api.send(request)).AutoScalingGroups?.[0];
  const mixed = found?.MixedInstancesPolicy?.LaunchTemplate;
  const template = mixed?.LaunchTemplateSpecification ?? found?.LaunchTemplate;
  return {
    id: template?.LaunchTemplateId,
    version: template?.Version,
    types: mixed?.Overrides?.map(({ InstanceType }) => InstanceType),
  };
}

/** What Auto Scaling does when an instance refresh with a desired configuration has been successful. */
const rolled = (configuration: DesiredConfiguration) =>
  api.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...configuration }));

const byCommand = { byCommand: "true" };
const second = { ...byCommand, code: "second" };
const newVersion = ["replace BucketObjectv2 lab-annotator", "update LaunchTemplate lab-annotator"];

engineTest("an up makes a version, and leaves the group at the one that has proved itself", async (t) => {
  await (await stack.under(byCommand)).run("up");
  t.is((await group()).version, "1");
  t.deepEqual(doings(await (await stack.under(second)).run("up")), newVersion);
  t.is((await group()).version, "1");
});

engineTest("after the roll there is nothing to do, with and without a look at what stands", async (t) => {
  const { id: LaunchTemplateId } = await group();
  await rolled({ LaunchTemplate: { LaunchTemplateId, Version: "2" } });
  const engine = await stack.under(second);
  t.deepEqual(Object.keys((await engine.run("preview")).changes), ["same"]);
  const looked = await engine.run("preview", { refresh: true });
  t.deepEqual(doings(looked), []);
  await engine.run("refresh");
  t.deepEqual(doings(await engine.run("up")), []);
  t.is((await group()).version, "2");
});

engineTest("other edits of the group leave it at the version that it was rolled to", async (t) => {
  const outcome = await (await stack.under({ ...second, max: "6" })).run("up");
  t.deepEqual(doings(outcome), ["update Group lab-annotator"]);
  t.is((await group()).version, "2");
});

engineTest("spot capacity comes with a roll as well", async (t) => {
  const spot = { ...second, max: "6", spot: "true" };
  await (await stack.under(spot)).run("up");
  const { id: LaunchTemplateId, version: Version, types } = await group();
  t.deepEqual([Version, types], ["2", undefined]);
  const LaunchTemplateSpecification = { LaunchTemplateId, Version };
  const Overrides = [{ InstanceType: "t4g.small" }];
  await rolled({ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification, Overrides } } });
  t.deepEqual((await group()).types, ["t4g.small"]);
  const engine = await stack.under(spot);
  t.deepEqual(doings(await engine.run("up", { refresh: true })), []);
  t.deepEqual((await group()).types, ["t4g.small"]);
});

engineTest("back under pulumi up, it gets the newest version at once", async (t) => {
  const edited = { code: "first", spot: "true", max: "6" };
  const outcome = await (await stack.under({ ...edited, ...byCommand })).run("up");
  t.deepEqual(doings(outcome), newVersion);
  t.is((await group()).version, "2");
  const onUp = await (await stack.under(edited)).run("up");
  t.deepEqual(doings(onUp), ["update Group lab-annotator"]);
  t.is((await group()).version, "3");
});
