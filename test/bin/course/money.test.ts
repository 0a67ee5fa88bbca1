// The commands about money and lifetime as staff call them, against the emulator; file, ledger and engine are in memory.
import { AutoScalingClient, CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import test from "ava";
import { Command } from "commander";
import { courseCostCommand } from "../../../bin/commands/course/cost.ts";
import { courseExpireCommand } from "../../../bin/commands/course/expire.ts";
import { courseExtendCommand } from "../../../bin/commands/course/extend.ts";
import { courseWatchCommand } from "../../../bin/commands/course/watch.ts";
import type { Books } from "../../../course/books.ts";
import { openAccount } from "../../../course/money/account.ts";
import type { Operations } from "../../../course/operations.ts";
import type { StackRecord } from "../../../course/types.ts";
import type { Emulator } from "../../../local/types.ts";
import { booksOf, record, temporaryDirectory } from "../../course/money/fixture.ts";
import { day, hour } from "../../course/money/world.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";

const [first, second] = ["gas26-saaaaaa", "gas26-sbbbbbb"] as const;
const began = Date.now() - 6 * hour;
const iso = (time: number) => new Date(time).toISOString();
const records = new Map<string, StackRecord>(
  [first, second].map((stack) => [stack, record(stack, { since: iso(began), createdAt: iso(began) })]),
);
const destroyed: string[] = [];
const change = (stack: string, more: Partial<StackRecord>) =>
  records.set(stack, { ...(records.get(stack) as StackRecord), since: iso(Date.now()), ...more });
const operations: Operations = {
  async held(stack, step, sizes) {
    const { state, sizesBefore } = records.get(stack) as StackRecord;
    change(stack, { state: step === "freeze" ? "frozen" : state, sizesBefore: { ...sizes, ...sizesBefore } });
  },
  async destroy(stack) {
    destroyed.push(stack);
    change(stack, { state: "gone" });
  },
  async endShared() {},
  async extend(stack, expiresAt) {
    change(stack, { expiresAt });
  },
};

let emulator: Emulator;
let directory: string;
test.before(async () => {
  [emulator, directory] = await Promise.all([testEmulator(), temporaryDirectory()]);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: emulator.endpoint,
  });
  const [ec2, scaling] = [new EC2Client(clientOptions(emulator)), new AutoScalingClient(clientOptions(emulator))];
  const LaunchTemplateData = { ImageId: "ami-12c6146b", InstanceType: "t4g.small" } as const;
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "template", LaunchTemplateData }));
  for (const stack of [first, second]) {
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: `${stack}-web`,
        LaunchTemplate: { LaunchTemplateName: "template" },
        MinSize: 2,
        MaxSize: 10,
        DesiredCapacity: stack === first ? 3 : 2,
        AvailabilityZones: ["us-east-1a"],
        Tags: [{ Key: "owner", Value: stack, PropagateAtLaunch: true }],
      }),
    );
  }
  ec2.destroy();
  scaling.destroy();
});
test.after.always(() => emulator?.stop());

const lifetime = { days: 14, extendBy: 7, activity: false };

/** What a command writes, and whether it fails. */
async function run(
  args: readonly string[],
  budgets: Books["course"]["budgets"] = { student: 40, class: 100, brake: [] },
) {
  const open = () => booksOf({ histories: () => histories(), operations, directory, lifetime, budgets });
  const histories = () => new Map([...records].map(([stack, each]) => [stack, [each]]));
  const program = new Command("annofarm").exitOverride();
  const course = program.command("course");
  for (const command of [courseCostCommand, courseExtendCommand, courseExpireCommand, courseWatchCommand]) {
    course.addCommand(
      command(open)
        .exitOverride()
        .configureOutput({ writeErr: () => {} }),
    );
  }
  const { write } = process.stdout;
  const written: string[] = [];
  process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  try {
    await program.parseAsync(["node", "annofarm", "course", ...args]);
    return { text: written.join(""), code: process.exitCode ?? 0 };
  } finally {
    process.stdout.write = write;
    process.exitCode = 0;
  }
}

test.serial("cost tells what was spent, in 80 columns and as JSON", async (t) => {
  const { text } = await run(["cost"]);
  t.log(text);
  const lines = text.trimEnd().split("\n");
  t.true(lines.every((line) => line.length <= 80));
  t.regex(text, new RegExp(`${first} +up +3 +\\$0\\.\\d\\d +\\d+ % `));
  t.regex(text, /class +2 stacks +5 /);
  t.regex(text, /budget of the class \$100\.00/);
  const tally = JSON.parse((await run(["cost", "--json"])).text);
  t.is(tally.running, 5);
  t.is(tally.stacks[0].running, 3);
  // Six hours of a balancer, its addresses and a dashboard, and instances of some seconds.
  t.true(tally.stacks[0].fixed > 6 * 0.0325 && tally.stacks[0].fixed < 6 * 0.04, String(tally.stacks[0].fixed));
  t.true(Date.parse(tally.at) - Date.parse(tally.lookedAt) < 60_000);
  const { text: some } = await run(["cost", "--only", second]);
  t.false(some.includes(first));
  await t.throwsAsync(run(["cost", "--only", "gas26-nobody"]), {
    message: /the course has no stack gas26-nobody/,
  });
});

test.serial("cost without an account counts by what was seen, and says so", async (t) => {
  const { AWS_ENDPOINT_URL } = process.env;
  const { write } = process.stderr;
  const told: string[] = [];
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  process.stderr.write = ((text: string) => told.push(text) > 0) as typeof write;
  try {
    const { text, code } = await run(["cost"]);
    t.is(code, 1);
    t.regex(text, /class +2 stacks +5 /);
    t.regex(told.join(""), /the account cannot be looked at: .*ECONNREFUSED/);
  } finally {
    process.stderr.write = write;
    Object.assign(process.env, { AWS_ENDPOINT_URL });
  }
});

test.serial("watch brakes at the budget: one turn, and nothing of the stack runs on", async (t) => {
  const { text } = await run(["watch", "--once"], { student: 0.2, brake: [{ at: 95, step: "freeze" }] });
  t.regex(text, new RegExp(`${first}: freeze done`));
  t.regex(text, new RegExp(`${second}: freeze done`));
  t.regex(text, /2 stacks, 5 instances; /);
  t.deepEqual(records.get(first)?.sizesBefore, { [`${first}-web`]: { min: 2, max: 10, desired: 3 } });
  const account = openAccount("us-east-1");
  t.deepEqual(
    (await account.groups("gas26")).map(({ min, max, desired }) => [min, max, desired]),
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
  t.is((await account.instances("gas26")).filter(({ runs }) => runs).length, 0);
  account.close();
  const again = await run(["watch", "--once"], { student: 0.2, brake: [{ at: 95, step: "freeze" }] });
  t.notRegex(again.text, /done/);
  t.regex(again.text, /2 stacks, 0 instances; /);
});

test.serial("extend wants to know which, and by how long", async (t) => {
  await t.throwsAsync(run(["extend"]), { message: /select the leases to extend: give --only/ });
  await t.throwsAsync(run(["extend", "--all", "--by", "soon"]), { message: /Give a length of time from 1h to 366d/ });
  const { text } = await run(["extend", "--only", first, "--by", "7d"]);
  t.is(
    text,
    `${first}: stands until ${iso(began + 21 * day)
      .slice(0, 16)
      .replace("T", " ")} UTC\n`,
  );
  t.is(records.get(first)?.expiresAt, iso(began + 21 * day));
});

test.serial("expire ends what is over and nothing else, and is content the second time", async (t) => {
  change(second, { expiresAt: iso(Date.now() - hour) });
  const { text, code } = await run(["expire"]);
  t.regex(text, new RegExp(`^${second}: destroyed, its lease ended `));
  t.is(code, 0);
  t.deepEqual(destroyed, [second]);
  t.is((await run(["expire"])).text, "no lease is over\n");
});

test.serial("expire names instances that outlive their stack, with exit code 1", async (t) => {
  const ec2 = new EC2Client(clientOptions(emulator));
  const { RunInstancesCommand } = await import("@aws-sdk/client-ec2");
  const Tags = [{ Key: "owner", Value: second }];
  const one = { ImageId: "ami-12c6146b", InstanceType: "t4g.small", MinCount: 1, MaxCount: 1 } as const;
  await ec2.send(new RunInstancesCommand({ ...one, TagSpecifications: [{ ResourceType: "instance", Tags }] }));
  const { text, code } = await run(["expire"]);
  t.is(code, 1);
  t.regex(text, new RegExp(`${second}: is gone, and 1 of its instances run and cost`));
  const { text: cost } = await run(["cost"]);
  t.regex(cost, new RegExp(`${second} +gone +1 `), "and it is paid for");
  ec2.destroy();
});
