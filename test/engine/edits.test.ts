// One stack through its life under the real engine: previewed, cut off in the middle, finished, left alone, edited twelve times,
// changed behind its back, protected, destroyed. Each test goes on from where the one before it has left the stack.
import { AutoScalingClient, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import test from "ava";
import type { Emulator } from "../../local/types.ts";
import { readPlan } from "../../plan/plan.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { emulated } from "./emulated.ts";
import { doings, noPulumi, programDirectory, pulumiForTests, type TestStack, testStack } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

let emulator: Emulator;
let stack: TestStack;
let before: Awaited<ReturnType<typeof emulated>>;
/** What the engine counts beside the plan: the stack, and the one child of the VPC. */
const engineOwn = 2;

test.before(async () => {
  if (pulumi === undefined) return;
  emulator = await testEmulator();
  stack = testStack(pulumi, emulator, { program: "program", stack: "test" });
  before = await emulated(emulator);
});
test.after.always(() => emulator?.stop());

const data = /:(Bucket|Table|Vault)$/;

engineTest("a preview counts everything that the plan declares, and makes nothing", async (t) => {
  const plan = await readPlan({ directory: programDirectory("program"), stack: "test", onOutput: () => {} });
  const { changes } = await (await stack.under({})).run("preview");
  t.deepEqual(changes, { create: plan.resources.length + engineOwn });
  t.deepEqual(await emulated(emulator), before);
});

engineTest("an up that is killed in the middle is finished by the next, with nothing made twice", async (t) => {
  const engine = await stack.under({});
  const kill = new AbortController();
  let made = 0;
  const killed = engine.run("up", {
    kill: kill.signal,
    onStep({ op }, done) {
      if (done && op === "create" && ++made === 40) kill.abort();
    },
  });
  await t.throwsAsync(killed, { message: /ended in the middle|failed/ });
  const { changes, steps } = await engine.run("up");
  const created = steps.filter(({ op }) => op === "create").length;
  t.true(created > 0 && (changes.same ?? 0) > 0, JSON.stringify(changes));
  const all = await emulated(emulator);
  t.is(all.vpcs?.length, (before.vpcs?.length ?? 0) + 1);
  t.is(all.endpoints?.length, 2);
  t.is(all.certificates?.length, 1);
});

engineTest("a second up changes nothing", async (t) => {
  const outcome = await (await stack.under({})).run("up");
  t.deepEqual(Object.keys(outcome.changes), ["same"]);
  t.deepEqual(doings(outcome), []);
});

interface Edit {
  readonly edit: string;
  readonly set: Readonly<Record<string, string>>;
  readonly does: readonly string[] | "everything with tags";
  /** What holds data and goes, because the edit says so. */
  readonly gives?: readonly string[];
}
/** What each edit does beside `same`; the ones after it keep it. */
const edits: readonly Edit[] = [
  { edit: "an alarm's threshold", set: { threshold: "40" }, does: ["update MetricAlarm lab-annotator-scale-out"] },
  {
    edit: "an instance type: a new template version, which the group takes",
    set: { instanceType: "t4g.medium" },
    does: ["update Group lab-annotator", "update LaunchTemplate lab-annotator"],
  },
  {
    edit: "a service's code: another bundle, and the one before stays for a roll back",
    set: { code: "second" },
    does: ["replace BucketObjectv2 lab-annotator", "update Group lab-annotator", "update LaunchTemplate lab-annotator"],
  },
  { edit: "a group's largest size", set: { max: "6" }, does: ["update Group lab-annotator"] },
  { edit: "a group's least size, once it has scaled", set: { webMin: "2" }, does: ["update Group lab-web"] },
  {
    edit: "instances without public addresses: their subnets come beside those that are there",
    set: { instances: "private" },
    does: [
      "update Group lab-annotator",
      "update Group lab-web",
      "update LaunchTemplate lab-annotator",
      "update LaunchTemplate lab-web",
      "update Vpc lab",
      "update Vpc lab",
      "update VpcEndpoint lab-dynamodb",
      "update VpcEndpoint lab-s3",
    ],
  },
  {
    edit: "the retention of free results, which web instances are told",
    set: { retention: "60" },
    does: ["update Group lab-web", "update LaunchTemplate lab-web"],
  },
  {
    edit: "the port of web instances: another target group stands beside the one that the listener still forwards to",
    set: { webPort: "8081" },
    does: [
      "replace TargetGroup lab-web",
      "update Group lab-web",
      "update LaunchTemplate lab-web",
      "update Listener lab-web-https",
      "update MetricAlarm lab-web-scale-in",
      "update MetricAlarm lab-web-scale-out",
      "update SecurityGroupEgressRule lab-balancer",
      "update SecurityGroupIngressRule lab-web",
    ],
  },
  {
    edit: "names without the stack: what holds data or has an address keeps its own",
    set: { "annofarm:names": "owner" },
    does: [
      "replace Group lab-annotator",
      "replace Group lab-web",
      "replace InstanceProfile lab-annotator",
      "replace InstanceProfile lab-web",
      "replace LaunchTemplate lab-annotator",
      "replace LaunchTemplate lab-web",
      "replace LifecycleHook lab-annotator-drain",
      "replace LifecycleHook lab-annotator-launch",
      "replace LifecycleHook lab-web-launch",
      "replace LogMetricFilter lab-annotator-refused-calls",
      "replace MetricAlarm lab-annotator-express-dead-letters",
      "replace MetricAlarm lab-annotator-refused-calls",
      "replace MetricAlarm lab-annotator-requests-dead-letters",
      "replace MetricAlarm lab-annotator-scale-in",
      "replace MetricAlarm lab-annotator-scale-out",
      "replace MetricAlarm lab-archive-dead-letters",
      "replace MetricAlarm lab-web-scale-in",
      "replace MetricAlarm lab-web-scale-out",
      "replace Policy lab-annotator-scale-in",
      "replace Policy lab-annotator-scale-out",
      "replace Policy lab-web-scale-in",
      "replace Policy lab-web-scale-out",
      "replace Role lab-annotator",
      "replace Role lab-web",
      "replace RolePolicy lab-annotator-host",
      "replace RolePolicy lab-annotator-service",
      "replace RolePolicy lab-web-host",
      "replace RolePolicy lab-web-service",
    ],
  },
  {
    edit: "a tag of everything: in place, whatever has tags",
    set: { tag: "genomics-2" },
    does: "everything with tags",
  },
  { edit: "a component's name, with an alias", set: { renamed: "true" }, does: [] },
  {
    edit: "a component removed, with its children",
    set: { removed: "true" },
    does: [
      "delete AlarmTopic lab-second",
      "delete Topic lab-second",
      "delete TopicPolicy lab-second",
      "delete TopicSubscription lab-second",
    ],
  },
  {
    edit: "another archive store: the vault comes, the bucket goes with its settings",
    set: { store: "vault" },
    does: [
      "create Topic lab-archive-store-notices",
      "create TopicPolicy lab-archive-store-notices",
      "create Vault lab-archive-store",
      "delete Bucket lab-archive-store",
      "delete BucketLifecycleConfiguration lab-archive-store",
      "delete BucketLogging lab-archive-store",
      "delete BucketPolicy lab-archive-store",
      "delete BucketPublicAccessBlock lab-archive-store",
      "delete BucketServerSideEncryptionConfiguration lab-archive-store",
      "delete BucketVersioning lab-archive-store",
      "delete SecureBucket lab-archive-store",
    ],
    gives: ["lab-archive-store"],
  },
  {
    edit: "a domain: a certificate that browsers trust instead of a self-signed one",
    set: { domain: "example.org" },
    does: [
      "create CertificateValidation lab-web",
      "create Record lab-web",
      "create Record lab-web-proof",
      "delete PrivateKey lab-web",
      "delete SelfSignedCert lab-web",
      "replace Certificate lab-web",
      "update BucketCorsConfiguration lab-web",
      "update Group lab-web",
      "update LaunchTemplate lab-web",
      "update Listener lab-web-https",
    ],
  },
];
const running: Record<string, string> = {};

async function everythingWithTags(config: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = programDirectory("program");
  const { resources } = await readPlan({ directory, stack: "test", config, onOutput: () => {} });
  const tagged = resources.filter(({ inputs }) => inputs.tags !== undefined);
  const told = tagged.map(({ type, name }) => `update ${type.split(":").at(-1)} ${name}`);
  // The engine counts the component and its whole.
  return [...told, "update Vpc lab"];
}

/** What an alarm does between two edits; the engine does not hear of it. */
async function scaleOut(AutoScalingGroupName: string, DesiredCapacity: number) {
  const scaling = new AutoScalingClient(clientOptions(emulator));
  await scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
  scaling.destroy();
}

for (const { edit, set, does, gives = [] } of edits) {
  engineTest(`edit: ${edit}`, async (t) => {
    Object.assign(running, set);
    if (set.webMin !== undefined) await scaleOut("lab-web--test", 3);
    const outcome = await (await stack.under(running)).run("up");
    const expected = does === "everything with tags" ? await everythingWithTags(running) : does;
    t.deepEqual(doings(outcome), [...expected].sort());
    const gone = outcome.steps.filter(({ type, op }) => data.test(type) && /replace|delete/.test(op));
    t.deepEqual(
      gone.map(({ urn }) => urn.split("::").at(-1)),
      [...gives],
    );
  });
}

async function subnets(): Promise<Map<string, string>> {
  const ec2 = new EC2Client(clientOptions(emulator));
  const Filters = [{ Name: "tag:SubnetType", Values: ["Public", "Private"] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  ec2.destroy();
  return new Map(
    Subnets.map(({ SubnetId = "", CidrBlock, AvailabilityZone }) => [SubnetId, `${AvailabilityZone} ${CidrBlock}`]),
  );
}

engineTest(
  "edit: zones by name, those that there are, then a third: no subnet moves, in the preview either",
  async (t) => {
    const standing = await subnets();
    t.is(standing.size, 4);
    const said = await (await stack.under(Object.assign(running, { zones: "us-east-1a us-east-1b" }))).run("up");
    t.deepEqual(doings(said), ["update Vpc lab", "update Vpc lab"]);
    t.deepEqual(await subnets(), standing);

    const engine = await stack.under(Object.assign(running, { zones: "us-east-1a us-east-1b us-east-1c" }));
    const preview = await engine.run("preview");
    t.deepEqual(
      preview.steps.filter(({ op }) => /replace|delete|create/.test(op)),
      [],
    );
    const outcome = await engine.run("up");
    t.deepEqual(doings(outcome), [
      "update Group lab-annotator",
      "update Group lab-web",
      "update LoadBalancer lab-web",
      "update Vpc lab",
      "update Vpc lab",
      "update VpcEndpoint lab-dynamodb",
      "update VpcEndpoint lab-s3",
    ]);
    const grown = await subnets();
    t.is(grown.size, 6);
    for (const [id, place] of standing) t.is(grown.get(id), place);
  },
);

engineTest(
  "a refresh finds a queue that was changed behind the engine's back, and the next up puts it right",
  async (t) => {
    const sqs = new SQSClient(clientOptions(emulator));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "lab-annotator-requests--test" }));
    // The emulator forgets a policy that is not set together with the rest.
    const { Attributes: { Policy = "" } = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy"] }),
    );
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "7", Policy } }));
    const outcome = await (await stack.under(running)).run("up", { refresh: true });
    t.deepEqual(doings(outcome), ["update Queue lab-annotator-requests"]);
    const declared = outcome.steps.find(({ op, type }) => op === "update" && type.endsWith(":Queue"));
    t.deepEqual(declared?.diffs, ["visibilityTimeoutSeconds"]);
    sqs.destroy();
  },
);

engineTest("in production a destroy is refused and leaves everything where it is", async (t) => {
  const engine = await stack.under({ ...running, production: "true" });
  const { steps, deployment } = await engine.run("up");
  t.deepEqual(
    steps.filter(({ op }) => /replace|delete|create/.test(op)),
    [],
  );
  const unprotected = deployment.resources?.filter(({ type, protect }) => data.test(type) && protect !== true);
  t.deepEqual(unprotected, []);
  const standing = await emulated(emulator);
  await t.throwsAsync(engine.run("destroy"), { message: /protect/ });
  const after = await emulated(emulator);
  t.deepEqual([after.buckets, after.tables], [standing.buckets, standing.tables]);
});

engineTest("a destroy leaves nothing", async (t) => {
  const engine = await stack.under(running);
  await engine.run("up");
  await engine.run("destroy");
  const { zones: _, ...left } = await emulated(emulator);
  const { zones: __, ...there } = before;
  t.deepEqual(left, there); // a zone that a program looks up is somebody else's
});
