// Freezing and back through Auto Scaling, on the emulator, and wherever it is cut off.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import test from "ava";
import { type Groups, groupsOfStack, openGroups } from "../../../course/stacks/groups.ts";
import { freeze, minimum, release } from "../../../course/stacks/hold.ts";
import { openLedger } from "../../../course/stacks/ledger.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";

let emulator: Emulator;
let scaling: AutoScalingClient;
let groups: Groups;
const sizes: Readonly<Record<string, readonly [number, number, number]>> = {
  "gas26-saaaaaa-web": [2, 10, 3],
  "gas26-saaaaaa-annotator": [1, 4, 1],
  "gas26-sbbbbbb-web": [2, 2, 2],
};
const stack = "gas26-saaaaaa";
const now = () => new Date("2026-09-01T08:00:00Z");

test.before(async () => {
  emulator = await testEmulator();
  scaling = new AutoScalingClient(clientOptions(emulator));
  groups = openGroups({
    region: emulator.region,
    environment: { AWS_ENDPOINT_URL: emulator.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  });
  await scaling.send(
    new CreateLaunchConfigurationCommand({
      ...{ LaunchConfigurationName: "any", ImageId: "ami-12c6146b", InstanceType: "t3.small" },
    }),
  );
  for (const [AutoScalingGroupName, [MinSize, MaxSize, DesiredCapacity]] of Object.entries(sizes)) {
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        ...{ AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity },
        ...{ LaunchConfigurationName: "any", AvailabilityZones: ["us-east-1a"] },
      }),
    );
  }
});
test.after.always(async () => {
  scaling?.destroy();
  groups?.close();
  await emulator?.stop();
});

async function standing() {
  const { AutoScalingGroups = [] } = await scaling.send(new DescribeAutoScalingGroupsCommand({}));
  return Object.fromEntries(
    AutoScalingGroups.map((group) => [
      group.AutoScalingGroupName,
      {
        size: [group.MinSize, group.MaxSize, group.DesiredCapacity],
        held: group.SuspendedProcesses?.some(({ ProcessName }) => ProcessName === "ScheduledActions") ?? false,
      },
    ]),
  );
}
const asBefore = Object.fromEntries(
  Object.entries(sizes).map(([name, size]) => [name, { size: [...size], held: false }]),
);

test.serial("frozen to nothing and back to what it was; another's stack is left alone", async (t) => {
  const ledger = openLedger(mkdtempSync(join(tmpdir(), "annofarm-hold-")), "freeze", now);
  const hold = async () => ({ ledger, groups, all: await groups.list(), now });
  const begun = { kind: "begun", at: now().toISOString(), stack, pid: 1 } as const;
  ledger.add({ ...begun, operation: "freeze" });
  await minimum(stack, await hold());
  t.deepEqual((await standing())["gas26-saaaaaa-web"], { size: [2, 2, 2], held: true });
  await freeze(stack, await hold());
  t.deepEqual(await standing(), {
    "gas26-saaaaaa-web": { size: [0, 0, 0], held: true },
    "gas26-saaaaaa-annotator": { size: [0, 0, 0], held: true },
    "gas26-sbbbbbb-web": { size: [2, 2, 2], held: false },
  });
  await release(stack, await hold());
  t.deepEqual(await standing(), asBefore);
  ledger.close();
});

test.serial("whichever call a freeze is cut off at, the way back is known", async (t) => {
  for (let calls = 0; calls < 4; calls++) {
    const folder = mkdtempSync(join(tmpdir(), "annofarm-hold-"));
    let left = calls;
    const cut =
      <Args extends unknown[]>(call: (...args: Args) => Promise<void>) =>
      (...args: Args) =>
        left-- > 0 ? call(...args) : Promise.reject(new Error("cut off"));
    const failing: Groups = { ...groups, resize: cut(groups.resize), suspend: cut(groups.suspend) };
    const first = openLedger(folder, "freeze", now);
    const all = await groups.list();
    await t.throwsAsync(freeze(stack, { ledger: first, groups: failing, all, now }), { message: "cut off" });
    first.close();
    // The next command reads what the one before has written, and freezes what is half frozen.
    const next = openLedger(folder, "freeze", now);
    await freeze(stack, { ledger: next, groups, all: await groups.list(), now });
    t.deepEqual((await standing())["gas26-saaaaaa-web"], { size: [0, 0, 0], held: true });
    await release(stack, { ledger: next, groups, all: await groups.list(), now });
    t.deepEqual(await standing(), asBefore, `cut off at call ${calls}`);
    next.close();
  }
});

test("without remembered sizes there is no way back, and that is said", async (t) => {
  const ledger = openLedger(mkdtempSync(join(tmpdir(), "annofarm-hold-")), "unfreeze", now);
  await t.throwsAsync(release(stack, { ledger, groups, all: [], now }), {
    message: /no sizes are remembered; annofarm course up --only gas26-saaaaaa --again/,
  });
});

test("a tag does not make a group another stack's", (t) => {
  const size = { min: 1, max: 1, desired: 1, suspended: [], shielded: [] };
  const all = [
    { name: "gas26-sbbbbbb-web", owner: stack, ...size },
    { name: "notebook", owner: stack, ...size },
    { name: "gas26-saaaaaa-web", owner: "gas26-sbbbbbb", ...size },
  ];
  t.deepEqual(
    groupsOfStack(stack, all).map(({ name }) => name),
    ["notebook", "gas26-saaaaaa-web"],
  );
});
