// Scheduled actions by call: kept by the emulator, run by the scaling loop, refused where AWS refuses them.
import {
  AutoScalingClient,
  BatchDeleteScheduledActionCommand,
  BatchPutScheduledUpdateGroupActionCommand,
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
  PutScheduledUpdateGroupActionCommand,
} from "@aws-sdk/client-auto-scaling";
import test from "ava";
import { group, schedule } from "../../../scaling/declared.ts";
import { type GatewayWorld, gatewayWorld, refusalOf } from "../../gateway/world.ts";
import { scalerOf } from "./scaler-world.ts";

const AutoScalingGroupName = "farm";
let world: GatewayWorld;
let client: AutoScalingClient;
test.before(async () => {
  world = await gatewayWorld();
  client = new AutoScalingClient(world.through(world.gateway.administrator));
});
test.after.always(() => world?.stop());

const put = (ScheduledActionName: string, more: object) =>
  client.send(new PutScheduledUpdateGroupActionCommand({ AutoScalingGroupName, ScheduledActionName, ...more }));
const kept = async () =>
  ((await client.send(new DescribeScheduledActionsCommand({ AutoScalingGroupName }))).ScheduledUpdateGroupActions ?? [])
    .map(({ ScheduledActionName }) => ScheduledActionName)
    .sort();

test.serial("what is put runs when it is due, what is deleted does not, declared actions included", async (t) => {
  const loop = await scalerOf([group(), schedule("declared", { recurrence: "50 * * * *", minSize: 9 })]);
  world.gateway.attach({ schedules: loop.scaler.schedules });
  await put("class", { Recurrence: "5 * * * *", MinSize: 4 });
  await put("once", { StartTime: new Date(world.clock.now() + 20 * 60_000), DesiredCapacity: 6 });
  await loop.minutes(30);
  t.deepEqual(loop.done, ["farm between 4 and 10", "farm to 4", "farm to 6"]);
  await put("declared", { Recurrence: "40 * * * *", DesiredCapacity: 5 });
  await client.send(new DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName: "class" }));
  await loop.minutes(40);
  t.deepEqual(loop.done.slice(3), ["farm to 5"], "in the place of the declared one of its name");
  t.deepEqual(await kept(), ["declared", "once"]);
  t.deepEqual(loop.errors, []);
});

test.serial("several at once; and another declaration counts where it says something new", async (t) => {
  const declared = (recurrence: string) => [group(), schedule("declared", { recurrence, desiredCapacity: 8 })];
  const loop = await scalerOf(declared("50 * * * *"));
  world.gateway.attach({ schedules: loop.scaler.schedules });
  await client.send(
    new BatchPutScheduledUpdateGroupActionCommand({
      AutoScalingGroupName,
      ScheduledUpdateGroupActions: [
        { ScheduledActionName: "declared", Recurrence: "55 * * * *", DesiredCapacity: 2 },
        { ScheduledActionName: "own", Recurrence: "10 * * * *", DesiredCapacity: 3 },
        { ScheduledActionName: "gone", Recurrence: "15 * * * *", DesiredCapacity: 4 },
      ],
    }),
  );
  await client.send(new BatchDeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionNames: ["gone"] }));
  await loop.replan(declared("50 * * * *"));
  await loop.minutes(59);
  t.deepEqual(loop.done, ["farm to 3", "farm to 2"]);
  await loop.replan(declared("52 * * * *"));
  await loop.minutes(60);
  t.deepEqual(loop.done.slice(2), ["farm to 3", "farm to 8"]);
});

test.serial("what AWS refuses is refused, and the emulator does not hear of it", async (t) => {
  world.gateway.attach({ schedules: (await scalerOf([group()])).scaler.schedules });
  const before = await kept();
  for (const [given, message] of [
    [{ MinSize: 1 }, /recurrence: neither it nor startTime is given/],
    [{ Recurrence: "5 * * * *" }, /neither it nor minSize nor maxSize is given/],
    [{ Recurrence: "99 * * * *", MinSize: 1 }, /recurrence: .*99/],
    [{ Recurrence: "5 * * * *", TimeZone: "Mars/Olympus", MinSize: 1 }, /timeZone: .*Mars/],
    [{ Recurrence: "5 * * * *", MaxSize: 4, DesiredCapacity: 6 }, /wrong\.desired: 6 is above its own max, which is 4/],
    [{ Recurrence: "5 * * * *", MinSize: 2, DesiredCapacity: 1 }, /wrong\.desired: 1 is below its own min, which is 2/],
    [{ StartTime: new Date(0), MinSize: 1 }, /its start time has passed/],
  ] as const) {
    const refusal = await refusalOf(put("wrong", given));
    t.is(refusal.name, "ValidationError");
    t.regex(refusal.message, message);
  }
  const elsewhere = { AutoScalingGroupName: "other", ScheduledActionName: "x", Recurrence: "5 * * * *", MinSize: 1 };
  const refusal = await refusalOf(client.send(new PutScheduledUpdateGroupActionCommand(elsewhere)));
  t.is(refusal.name, "NotImplemented");
  t.regex(refusal.message, /declares no Auto Scaling group other/);
  t.deepEqual(await kept(), before);
});
