import test from "ava";
import { pictureOf } from "../../../plan/draw/derive/derive.ts";
import type { Picture } from "../../../plan/draw/picture.ts";
import type { Plan } from "../../../plan/types.ts";
import { bootManifestBegin, bootManifestEnd } from "../../../runtime/contract/boot-place.ts";
import { arnOf, component, declare, groupWithRole, planOf } from "./plans.ts";

const topic = "aws:sns/topic:Topic";
const queue = "aws:sqs/queue:Queue";
const table = "aws:dynamodb/table:Table";
const bucket = "aws:s3/bucket:Bucket";

/** Flows as one reads them: `jobs → worker`, `worker ↔ items: read, update`. */
function flowsOf({ nodes, flows }: Picture): string[] {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  return flows.map(({ from, to, both, label }) => {
    const ends = `${titles.get(from)} ${both ? "↔" : "→"} ${titles.get(to)}`;
    return label === "" ? ends : `${ends}: ${label}`;
  });
}

const overview = (plan: Plan) => pictureOf(plan, "overview");
const titled = (picture: Picture, title: string) => picture.nodes.find((node) => node.title === title);

const subscription = declare("aws:sns/topicSubscription:TopicSubscription", "s", {
  topic: arnOf(topic, "told"),
  protocol: "sqs",
  endpoint: arnOf(queue, "jobs"),
});

test("topic → queue → worker → table: by subscription and by the role's permissions", (t) => {
  const picture = overview(
    planOf(
      declare(topic, "told"),
      declare(queue, "jobs"),
      subscription,
      declare(table, "items"),
      ...groupWithRole("worker", [
        { Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: arnOf(queue, "jobs") },
        { Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource: [`${arnOf(table, "items")}/index/i`] },
      ]),
    ),
  );
  t.deepEqual(flowsOf(picture), ["told → jobs", "jobs → worker", "worker ↔ items: read, update"]);
  t.deepEqual(
    picture.nodes.map(({ title, subtitle }) => `${title}: ${subtitle}`),
    ["told: SNS topic", "jobs: SQS queue", "items: DynamoDB table", "worker: 1 – 3 instances"],
  );
});

test("a denial, a permission on everything and one on nothing of ours draw no flow", (t) => {
  const picture = overview(
    planOf(
      declare(queue, "jobs"),
      ...groupWithRole("worker", [
        { Effect: "Deny", Action: "sqs:*", Resource: arnOf(queue, "jobs") },
        { Action: "sqs:*", Resource: "*" },
        { Action: "sqs:SendMessage", Resource: arnOf(queue, "elsewhere") },
        { Action: "sqs:GetQueueAttributes", Resource: arnOf(queue, "jobs") },
      ]),
    ),
  );
  t.deepEqual(flowsOf(picture), []);
});

test("wildcards of actions and of ARNs count as what they match", (t) => {
  const picture = overview(
    planOf(
      declare(queue, "jobs-a"),
      declare(queue, "other"),
      ...groupWithRole("worker", [{ Action: "sqs:*", Resource: arnOf(queue, "jobs-*") }]),
    ),
  );
  t.deepEqual(flowsOf(picture), ["jobs-a → worker", "worker → jobs-a: send"]);
});

test("a statement's name of several words says what the flow is for", (t) => {
  const write = { Action: "s3:PutObject", Resource: `${arnOf(bucket, "files")}/*` };
  const named = (Sid: string) =>
    flowsOf(overview(planOf(declare(bucket, "files"), ...groupWithRole("worker", [{ Sid, ...write }]))));
  t.deepEqual(named("StoreReports"), ["worker → files: store reports"]);
  t.deepEqual(named("Files"), ["worker → files: write"]);
});

test("policies attached and written into a role count as well; malformed ones do not harm", (t) => {
  const statement = (Action: string, name: string) =>
    JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: arnOf(queue, name) } });
  const policy = "aws:iam/policy:Policy";
  const picture = overview(
    planOf(
      ...["a", "b", "c"].map((name) => declare(queue, name)),
      declare(policy, "p", { policy: statement("sqs:SendMessage", "a") }),
      declare(policy, "q", { policy: statement("sqs:SendMessage", "b") }),
      declare("aws:iam/role:Role", "r", {
        managedPolicyArns: [arnOf(policy, "q")],
        inlinePolicies: [{ policy: statement("sqs:SendMessage", "c") }, { policy: "{" }],
      }),
      declare("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "x", { role: "r", policyArn: arnOf(policy, "p") }),
      declare("aws:lambda/function:Function", "f", { role: arnOf("aws:iam/role:Role", "r") }),
    ),
  );
  t.deepEqual(flowsOf(picture).sort(), ["f → a: send", "f → b: send", "f → c: send"]);
  t.is(titled(picture, "f")?.kind, "function");
});

test("users → balancer → group; an internal balancer has no users", (t) => {
  const balancer = "aws:lb/loadBalancer:LoadBalancer";
  const target = "aws:lb/targetGroup:TargetGroup";
  const draw = (internal: boolean) =>
    flowsOf(
      overview(
        planOf(
          declare(balancer, "front", { internal }),
          declare(target, "tg", { protocol: "HTTP", port: 80 }),
          declare("aws:lb/listener:Listener", "l", {
            loadBalancerArn: arnOf(balancer, "front"),
            protocol: "HTTPS",
            defaultActions: [{ targetGroupArn: arnOf(target, "tg") }],
          }),
          ...groupWithRole("web", [], { targetGroupArns: [arnOf(target, "tg")] }),
        ),
      ),
    );
  t.deepEqual(draw(false), ["Users → front: HTTPS", "front → web: HTTP 80"]);
  t.deepEqual(draw(true), ["front → web: HTTP 80"]);
});

test("a bucket's and a vault's notifications, uploads from browsers, event sources, mail to operators", (t) => {
  const lambda = "aws:lambda/function:Function";
  const picture = overview(
    planOf(
      declare(bucket, "files"),
      declare(queue, "jobs"),
      declare(topic, "told"),
      declare(lambda, "f"),
      declare("aws:s3/bucketNotification:BucketNotification", "n", {
        bucket: "files",
        queues: [{ queueArn: arnOf(queue, "jobs"), events: ["s3:ObjectRestore:Completed"] }],
      }),
      declare("aws:glacier/vault:Vault", "cold", {
        notification: { snsTopic: arnOf(topic, "told"), events: ["ArchiveRetrievalCompleted"] },
      }),
      declare("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "c", {
        bucket: "files",
        corsRules: [{ allowedMethods: ["POST"] }],
      }),
      declare("aws:lambda/eventSourceMapping:EventSourceMapping", "m", {
        eventSourceArn: arnOf(queue, "jobs"),
        functionName: "f",
      }),
      declare("aws:sns/topicSubscription:TopicSubscription", "o", {
        topic: arnOf(topic, "told"),
        protocol: "email",
        endpoint: "ops@example.org",
      }),
    ),
  );
  t.deepEqual(flowsOf(picture), [
    "files → jobs: restore completed",
    "cold → told: retrieval completed",
    "Users → files: uploads",
    "jobs → f",
    "told → Operators: mail",
  ]);
  t.false(JSON.stringify(picture).includes("ops@example.org"), "an operator's address is nobody's business");
});

test("a dead-letter queue, its alarm and scaling alarms become badges", (t) => {
  const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
  const policy = "aws:autoscaling/policy:Policy";
  const plan = planOf(
    declare(queue, "jobs", { redrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(queue, "dead") }) }),
    declare(queue, "dead"),
    ...groupWithRole("worker", []),
    declare(policy, "out", { autoscalingGroupName: "worker", scalingAdjustment: 2 }),
    declare(policy, "in", { autoscalingGroupName: "worker", stepAdjustments: [{ scalingAdjustment: -1 }] }),
    declare(alarm, "busy", {
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "jobs" },
      alarmActions: [arnOf(policy, "out")],
      comparisonOperator: "GreaterThanThreshold",
      threshold: 5,
    }),
    declare(alarm, "lost", { metricName: "X", dimensions: { QueueName: "dead" }, alarmActions: [] }),
  );
  const badges = (title: string) => titled(overview(plan), title)?.badges.map(({ kind, text }) => `${kind} ${text}`);
  t.deepEqual(badges("jobs"), ["deadLetters dead letters", "alarm alarm"]);
  t.deepEqual(badges("worker"), ["grow +2 messages visible", "shrink −1"]);
  t.is(titled(overview(plan), "dead"), undefined);
  t.truthy(titled(pictureOf(plan, "full"), "dead"));
});

test("each service on a shared host acts by itself, where its code is declared", (t) => {
  const service = (name: string) => ({
    name,
    bundle: { bucket: "code", key: `${name}.tgz`, sha256: "0".repeat(64) },
    entry: "main.mjs",
    environment: {},
    port: 8080,
    healthPath: "/",
    roleArn: arnOf("aws:iam/role:Role", name),
    stopSeconds: 1,
  });
  const manifest = { version: 1, region: "r", logGroup: "l", services: [service("one"), service("two")] };
  const userData = Buffer.from(`${bootManifestBegin}\n${JSON.stringify(manifest)}\n${bootManifestEnd}\n`);
  const home = component("Pipeline", "pipe");
  const statement = { Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: arnOf(queue, "jobs") };
  const picture = overview(
    planOf(
      home,
      declare(bucket, "code"),
      declare("aws:s3/bucketObjectv2:BucketObjectv2", "o", { bucket: "code", key: "one.tgz" }, { parent: home.urn }),
      declare(queue, "jobs"),
      declare("aws:iam/role:Role", "one", { inlinePolicies: [{ policy: JSON.stringify({ Statement: statement }) }] }),
      declare("aws:iam/role:Role", "two"),
      declare("aws:ec2/launchTemplate:LaunchTemplate", "lt", { userData: userData.toString("base64") }),
      declare("aws:autoscaling/group:Group", "host", { minSize: 1, maxSize: 1, launchTemplate: { id: "lt" } }),
    ),
  );
  t.deepEqual(flowsOf(picture), ["jobs → one"]);
  t.is(titled(picture, "one")?.group, home.urn);
  t.is(titled(picture, "one")?.subtitle, "service on host");
  t.deepEqual(
    titled(picture, "host")?.badges.map(({ text }) => text),
    ["one", "two"],
  );
});

test("a table of many users is named in each of them; the overview leaves detours out", (t) => {
  const use = (name: string, ...more: { Action: string; Resource: string }[]) =>
    groupWithRole(name, [{ Action: "dynamodb:GetItem", Resource: arnOf(table, "items") }, ...more]);
  const plan = planOf(
    declare(table, "items"),
    declare(topic, "told"),
    declare(queue, "jobs"),
    subscription,
    ...use("a", { Action: "sns:Publish", Resource: arnOf(topic, "told") }),
    ...use("b", { Action: "sqs:SendMessage", Resource: arnOf(queue, "jobs") }),
    ...use("c"),
  );
  t.deepEqual(flowsOf(overview(plan)), ["told → jobs", "a → told"]);
  t.deepEqual(titled(overview(plan), "c")?.uses, [{ node: `${table}::items`, title: "items", label: "read" }]);
  const full = flowsOf(pictureOf(plan, "full"));
  t.true(full.includes("b → jobs: send"));
  t.true(full.includes("items → c: read"));
});

test("names lose what all begin with; a component's children lose its name", (t) => {
  const farm = component("Farm", "gas-web");
  const picture = overview(
    planOf(farm, declare(queue, "gas-web-requests", {}, { parent: farm.urn }), declare(topic, "gas-news")),
  );
  t.deepEqual(
    picture.nodes.map(({ title }) => title),
    ["requests", "news"],
  );
  t.deepEqual(
    picture.groups.map(({ title }) => title),
    ["Farm"],
  );
});

test("an unknown type gets a box, what supports another is folded into it", (t) => {
  const farm = component("Farm", "web");
  const picture = overview(
    planOf(
      farm,
      declare("gcp:storage/bucket:Bucket", "web-photos", {}, { parent: farm.urn }),
      declare("aws:iam/role:Role", "web-role", {}, { parent: farm.urn }),
    ),
  );
  t.deepEqual(
    picture.nodes.map(({ title, kind, subtitle, hint }) => [title, kind, subtitle, ...hint]),
    [["photos", "other", "storage Bucket", "storage Bucket web-photos", "with iam Role"]],
  );
});

test("mail leaves by SES even where its identity is somebody else's", (t) => {
  const picture = overview(
    planOf(...groupWithRole("worker", [{ Action: "ses:SendEmail", Resource: arnOf("ses", "identity/*") }])),
  );
  t.deepEqual(flowsOf(picture), ["worker → mail: send", "mail → Users: mail"]);
});
