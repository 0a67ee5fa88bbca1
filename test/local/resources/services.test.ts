import { X509Certificate } from "node:crypto";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import { subnetBlocks } from "../../../local/aws/ec2/subnet-blocks.ts";
import { createResources, handlerOf } from "../../../local/resources/driver.ts";
import { createFunctions } from "../../../local/resources/functions.ts";
import type { Emulator } from "../../../local/types.ts";
import { testEmulator } from "../../support/emulator.ts";
import { type Lives, livesIn } from "./life.ts";

let emulator: Emulator;
let lives: Lives;
test.before(async () => {
  emulator = await testEmulator();
  lives = livesIn(emulator);
});
test.after.always(() => emulator?.stop());

const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = document({ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" });
const allow = (action: string) => document({ Effect: "Allow", Action: action, Resource: "*" });

test("a role", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:iam/role:Role",
      inputs: { name: "worker", assumeRolePolicy: trust, tags: { Name: "worker" } },
      changed: { description: "Works" },
    },
    { whileThere: ({ outputs }) => t.is(outputs.arn, "arn:aws:iam::123456789012:role/worker") },
  );
});

test("policies of a role: inline, AWS's own, and one of ours", async (t) => {
  await lives.create("aws:iam/role:Role", { name: "ruled", assumeRolePolicy: trust });
  const iam = lives.context.client(IAMClient);
  await lives.live(
    t,
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      inputs: { name: "service", role: "ruled", policy: allow("sqs:ReceiveMessage") },
      changed: { policy: allow("sqs:SendMessage") },
    },
    {
      async whenChanged() {
        const found = await iam.send(new GetRolePolicyCommand({ RoleName: "ruled", PolicyName: "service" }));
        t.regex(decodeURIComponent(found.PolicyDocument ?? ""), /SendMessage/);
      },
    },
  );
  await lives.live(t, {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    inputs: { role: "ruled", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
    changed: {},
  });
  await lives.live(t, {
    type: "aws:iam/policy:Policy",
    inputs: { name: "own", policy: allow("s3:GetObject") },
    changed: { policy: allow("s3:PutObject") },
  });
});

test("an instance profile changes its role", async (t) => {
  for (const name of ["first", "second"]) await lives.create("aws:iam/role:Role", { name, assumeRolePolicy: trust });
  await lives.live(
    t,
    {
      type: "aws:iam/instanceProfile:InstanceProfile",
      inputs: { name: "profile", role: "first" },
      changed: { role: "second" },
    },
    { whenChanged: ({ outputs }) => t.is(outputs.role, "second") },
  );
});

test("a policy with two statements of one name is refused, as on AWS", async (t) => {
  await lives.create("aws:iam/role:Role", { name: "twice", assumeRolePolicy: trust });
  const same = { Sid: "Same", Effect: "Allow", Action: "sqs:*", Resource: "*" };
  const inputs = { name: "p", role: "twice", policy: document(same, same) };
  await t.throwsAsync(lives.create("aws:iam/rolePolicy:RolePolicy", inputs), { message: /must be unique/ });
});

test("a log group", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:cloudwatch/logGroup:LogGroup",
      inputs: { name: "farm", retentionInDays: 30 },
      changed: { retentionInDays: 7 },
    },
    {
      whileThere: ({ outputs }) => t.is(outputs.arn, "arn:aws:logs:us-east-1:123456789012:log-group:farm"),
      async whenChanged() {
        const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: "farm" });
        const { logGroups } = await lives.context.client(CloudWatchLogsClient).send(command);
        t.is(logGroups?.[0]?.retentionInDays, 7);
      },
    },
  );
});

test("a metric filter, and what of one is not played here", async (t) => {
  const type = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
  await lives.create("aws:cloudwatch/logGroup:LogGroup", { name: "filtered" });
  const inputs = {
    name: "refused",
    logGroupName: "filtered",
    pattern: '{ $.err.name = "DeniedError" }',
    metricTransformation: { namespace: "farm", name: "refused", value: "1", unit: "Count" },
  };
  await lives.live(
    t,
    { type, inputs, changed: { pattern: '{ $.level = "error" }' } },
    {
      whileThere: ({ outputs }) => t.deepEqual(outputs, inputs),
      whenChanged: ({ outputs }) => t.is(outputs.pattern, '{ $.level = "error" }'),
    },
  );
  const refused = (changed: object) => t.throwsAsync(lives.create(type, { ...inputs, ...changed }));
  t.regex((await refused({ pattern: "ERROR" }))?.message ?? "", /^the filter pattern ERROR is not played here; give/);
  const transformation = { ...inputs.metricTransformation, defaultValue: "0" };
  t.regex((await refused({ metricTransformation: transformation }))?.message ?? "", /defaultValue is not played here/);
  const counted = { ...inputs.metricTransformation, value: "$.count" };
  t.regex((await refused({ metricTransformation: counted }))?.message ?? "", /value \$\.count is not played here/);
});

const alarmNamed = async (name: string) => {
  const command = new DescribeAlarmsCommand({ AlarmNames: [name] });
  return (await lives.context.client(CloudWatchClient).send(command)).MetricAlarms?.[0];
};
const comparison = { comparisonOperator: "GreaterThanThreshold", threshold: 30, evaluationPeriods: 1 };

test("alarms on a metric and on a quotient of metrics", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: {
        ...comparison,
        name: "busy",
        alarmDescription: "Many jobs",
        namespace: "AWS/SQS",
        metricName: "NumberOfMessagesSent",
        dimensions: { QueueName: "jobs" },
        statistic: "Sum",
        period: 900,
        treatMissingData: "notBreaching",
        alarmActions: ["arn:aws:sns:us-east-1:123456789012:told"],
      },
      changed: { threshold: 40 },
    },
    {
      async whileThere() {
        const alarm = await alarmNamed("busy");
        t.deepEqual(alarm?.Dimensions, [{ Name: "QueueName", Value: "jobs" }]);
        t.deepEqual(alarm?.AlarmActions, ["arn:aws:sns:us-east-1:123456789012:told"]);
        t.is(alarm?.TreatMissingData, "notBreaching");
        t.is(alarm?.Period, 900);
      },
      whenChanged: async () => t.is((await alarmNamed("busy"))?.Threshold, 40),
    },
  );
  const metric = {
    namespace: "AWS/SQS",
    metricName: "Visible",
    period: 60,
    stat: "Sum",
    dimensions: { QueueName: "q" },
  };
  await lives.live(
    t,
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: {
        ...comparison,
        name: "quotient",
        metricQueries: [
          { id: "visible", metric, returnData: false },
          { id: "quotient", expression: "visible / 2", returnData: true },
        ],
      },
      changed: {},
    },
    {
      async whileThere() {
        const alarm = await alarmNamed("quotient");
        t.deepEqual(alarm?.Metrics?.[0]?.MetricStat?.Metric?.Dimensions, [{ Name: "QueueName", Value: "q" }]);
        t.is(alarm?.Metrics?.[1]?.Expression, "visible / 2");
      },
    },
  );
});

test("an alarm on a percentile", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: {
        ...comparison,
        name: "slow",
        namespace: "AWS/ApplicationELB",
        metricName: "TargetResponseTime",
        extendedStatistic: "p95",
        period: 60,
      },
      changed: { extendedStatistic: "p99" },
    },
    {
      whileThere: async ({ outputs }) => {
        t.is(outputs.extendedStatistic, "p95");
        t.is((await alarmNamed("slow"))?.ExtendedStatistic, "p95");
      },
      whenChanged: async () => t.is((await alarmNamed("slow"))?.ExtendedStatistic, "p99"),
    },
  );
});

test("an event rule with its target", async (t) => {
  const pattern = (source: string) => JSON.stringify({ source: [source] });
  await lives.live(t, {
    type: "aws:cloudwatch/eventRule:EventRule",
    inputs: { name: "failures", description: "Failures", eventPattern: pattern("aws.autoscaling") },
    changed: { eventPattern: pattern("aws.ec2"), state: "DISABLED" },
  });
  await lives.create("aws:cloudwatch/eventRule:EventRule", { name: "aimed", eventPattern: pattern("aws.ec2") });
  const [first, second] = await Promise.all(
    ["first", "second"].map((name) => lives.create("aws:sns/topic:Topic", { name })),
  );
  await lives.live(t, {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    inputs: { rule: "aimed", targetId: "one", arn: first?.outputs.arn },
    changed: { arn: second?.outputs.arn },
  });
});

test("an event rule that would not act here is refused", async (t) => {
  const rule = (inputs: object) => lives.create("aws:cloudwatch/eventRule:EventRule", { name: "odd", ...inputs });
  await t.throwsAsync(rule({ scheduleExpression: "rate(1 hour)" }), { message: /rule odd has no event pattern/ });
  await t.throwsAsync(rule({ eventPattern: '{"source": [{"prefix": "aws"}]}' }), { message: /has an operator/ });
  const target = { rule: "aimed", targetId: "two", arn: "arn:aws:lambda:us-east-1:123456789012:function:f" };
  await t.throwsAsync(lives.create("aws:cloudwatch/eventTarget:EventTarget", target), { message: /is no SNS topic/ });
});

test("a dashboard", async (t) => {
  await lives.live(t, {
    type: "aws:cloudwatch/dashboard:Dashboard",
    inputs: { dashboardName: "farm", dashboardBody: '{"widgets":[]}' },
    changed: { dashboardBody: '{"widgets":[],"start":"-PT1H"}' },
  });
  const widgets = [{ type: "alarm", properties: { title: "none", alarms: [] } }];
  await t.throwsAsync(
    lives.create("aws:cloudwatch/dashboard:Dashboard", {
      dashboardName: "none",
      dashboardBody: JSON.stringify({ widgets }),
    }),
    { message: /dashboard body is invalid[\s\S]*\/widgets\/0\/properties\/alarms[\s\S]*fewer than 1 items/ },
  );
});

test("a parameter", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:ssm/parameter:Parameter",
      inputs: { name: "/farm/key", type: "SecureString", value: "one" },
      changed: { value: "two" },
    },
    {
      whileThere: ({ outputs }) => t.is(outputs.arn, "arn:aws:ssm:us-east-1:123456789012:parameter/farm/key"),
      async whenChanged() {
        const command = new GetParameterCommand({ Name: "/farm/key", WithDecryption: true });
        t.is((await lives.context.client(SSMClient).send(command)).Parameter?.Value, "two");
      },
    },
  );
});

test("an identity may send mail at once, and only while it is there", async (t) => {
  const mail = () =>
    lives.context.client(SESv2Client).send(
      new SendEmailCommand({
        FromEmailAddress: "gas@example.org",
        Destination: { ToAddresses: ["somebody@example.org"] },
        Content: { Simple: { Subject: { Data: "done" }, Body: { Text: { Data: "done" } } } },
      }),
    );
  await lives.live(
    t,
    { type: "aws:sesv2/emailIdentity:EmailIdentity", inputs: { emailIdentity: "gas@example.org" }, changed: {} },
    { whileThere: () => t.notThrowsAsync(mail()) },
  );
  await t.throwsAsync(mail(), { message: /not verified/ });
  const domain = await lives.create("aws:sesv2/emailIdentity:EmailIdentity", { emailIdentity: "example.com" });
  t.is((domain.outputs.dkimSigningAttributes as { tokens: string[] }).tokens.length, 3);
});

test("zones and records", async (t) => {
  const zone = await lives.create("aws:route53/zone:Zone", { name: "example.org" });
  await lives.live(
    t,
    {
      type: "aws:route53/record:Record",
      inputs: { zoneId: zone.id, name: "_a_b.example.org", type: "CNAME", ttl: 60, records: ["x.example.net"] },
      changed: { ttl: 120 },
    },
    { whileThere: ({ outputs }) => t.is(outputs.fqdn, "_a_b.example.org") },
  );
  await lives.live(t, {
    type: "aws:route53/record:Record",
    inputs: {
      zoneId: zone.id,
      name: "gas.example.org",
      type: "A",
      aliases: [{ name: "b.us-east-1.elb.amazonaws.com", zoneId: "Z35SXDOTRQ7X7K", evaluateTargetHealth: true }],
    },
    changed: {},
  });
});

test("a certificate for a domain names the records that prove it", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:acm/certificate:Certificate",
      inputs: { domainName: "gas.example.org", validationMethod: "DNS", tags: { Name: "a" } },
      changed: { tags: { Name: "b" } },
    },
    {
      async whileThere({ id, outputs }) {
        const [option] = outputs.domainValidationOptions as Record<string, string>[];
        t.is(option?.resourceRecordType, "CNAME");
        t.regex(option?.resourceRecordName ?? "", /gas\.example\.org/);
        const validation = await lives.create("aws:acm/certificateValidation:CertificateValidation", {
          certificateArn: id,
        });
        t.is(validation.outputs.certificateArn, id);
      },
    },
  );
});

for (const algorithm of ["ECDSA", "RSA"] as const) {
  test(`a self-signed certificate with a key of ${algorithm}, as a balancer takes it`, async (t) => {
    const key = await lives.create("tls:index/privateKey:PrivateKey", { algorithm });
    const selfSigned = await lives.create("tls:index/selfSignedCert:SelfSignedCert", {
      privateKeyPem: key.outputs.privateKeyPem,
      subject: { commonName: "gas, web", organization: "self-signed" },
      dnsNames: ["web-1.us-east-1.elb.amazonaws.com"],
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 8760,
    });
    const certificate = new X509Certificate(String(selfSigned.outputs.certPem));
    t.true(certificate.verify(certificate.publicKey));
    t.is(certificate.checkHost("web-1.us-east-1.elb.amazonaws.com"), "web-1.us-east-1.elb.amazonaws.com");
    t.regex(certificate.subject, /CN=gas, web|CN=gas\\, web|CN="gas, web"/);
    t.is(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom), 8760 * 3_600_000);
    const imported = await lives.create("aws:acm/certificate:Certificate", {
      privateKey: key.outputs.privateKeyPem,
      certificateBody: selfSigned.outputs.certPem,
    });
    t.regex(imported.id, /^arn:aws:acm:us-east-1:123456789012:certificate\//);
  });
}

test("a certificate for a use that nobody knows is refused", async (t) => {
  const key = await lives.create("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA" });
  const inputs = { privateKeyPem: key.outputs.privateKeyPem, allowedUses: ["timestamping"], validityPeriodHours: 1 };
  await t.throwsAsync(lives.create("tls:index/selfSignedCert:SelfSignedCert", inputs), { message: /"timestamping"/ });
});

test("functions", async (t) => {
  const call = createFunctions(lives.context);
  t.is((await call("aws:index/getRegion:getRegion", {})).region, "us-east-1");
  t.is((await call("aws:index/getCallerIdentity:getCallerIdentity", {})).accountId, "123456789012");
  const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
  t.regex(String((await call("aws:ssm/getParameter:getParameter", { name: image })).value), /^ami-/);
  await t.throwsAsync(call("aws:ssm/getParameter:getParameter", { name: "/none" }), { message: /no parameter \/none/ });
  const zone = await call("aws:route53/getZone:getZone", { name: "made.example" });
  t.is((await call("aws:route53/getZone:getZone", { name: "made.example" })).zoneId, zone.zoneId);
  await t.throwsAsync(call("aws:ec2/getAmi:getAmi", {}), { message: /aws:ec2\/getAmi:getAmi/ });
});

test("a type that nobody brings to life is named", async (t) => {
  await t.throwsAsync(handlerOf("aws:rds/instance:Instance"), {
    message: /nothing here brings aws:rds\/instance:Instance/,
  });
  await t.throwsAsync(handlerOf("aws:sqs/other:Other"), { message: /aws:sqs\/other:Other.*aws:sqs\/queue:Queue/ });
});

test("what is there already is read, and named when it is not", async (t) => {
  const { create, close } = createResources({ emulator, projectDirectory: "." });
  t.teardown(close);
  const request = { urn: "urn:x", type: "aws:sns/topic:Topic", name: "x", parent: undefined, custom: true, inputs: {} };
  const topic = await lives.create("aws:sns/topic:Topic", { name: "there" });
  t.is((await create({ ...request, existing: topic.id })).id, topic.id);
  await t.throwsAsync(Promise.resolve(create({ ...request, existing: `${topic.id}-not` })), {
    message: /there is no .*there-not/,
  });
});

test("subnets share a VPC's range", (t) => {
  const blocks = subnetBlocks("10.0.0.0/16", 3, [{ type: "Public" }, { type: "Private", cidrMask: 24 }]);
  t.deepEqual(
    blocks.map(({ type, zone, cidr }) => `${type} ${zone} ${cidr}`),
    [
      "Public 0 10.0.0.0/19",
      "Private 0 10.0.32.0/24",
      "Public 1 10.0.64.0/19",
      "Private 1 10.0.96.0/24",
      "Public 2 10.0.128.0/19",
      "Private 2 10.0.160.0/24",
    ],
  );
  t.throws(() => subnetBlocks("10.0.0.0/27", 3, [{ type: "Public" }]), { message: /no room/ });
  // The next begins where the one before it ends, at a multiple of its own size.
  const close = subnetBlocks("10.0.0.0/16", 2, [
    { type: "Public", cidrMask: 24 },
    { type: "Private", cidrMask: 24 },
    { type: "Isolated", cidrMask: 20 },
  ]);
  t.deepEqual(
    close.slice(3).map(({ cidr }) => cidr),
    ["10.0.128.0/24", "10.0.129.0/24", "10.0.144.0/20"],
  );
  const given = [{ type: "Public", cidrBlocks: ["10.0.4.0/24", "10.0.8.0/24"] }];
  t.deepEqual(
    subnetBlocks("10.0.0.0/16", 2, given).map(({ cidr }) => cidr),
    ["10.0.4.0/24", "10.0.8.0/24"],
  );
  t.throws(() => subnetBlocks("10.0.0.0/16", 3, given), {
    message: /must match the number of availability zones \(3\)/,
  });
  t.throws(() => subnetBlocks("10.0.0.0/16", 2, [...given, { type: "Private" }]), {
    message: /subnetSpecs\[1\] has none/,
  });
});

test("what a program names and does not make is not here, and it is told so", async (t) => {
  const resources = createResources({ emulator, projectDirectory: import.meta.dirname });
  t.teardown(() => resources.close());
  const request = {
    urn: "urn:pulumi:dev::lab::aws:lb/targetGroup:TargetGroup::web",
    type: "aws:lb/targetGroup:TargetGroup",
    name: "web",
    parent: undefined,
    custom: true,
    inputs: { name: "web", vpcId: "vpc-0a1b2c3d4e5f60718", protocol: "HTTP", port: 80, targetType: "instance" },
  };
  await t.throwsAsync(async () => resources.create(request), {
    message: /vpc-0a1b2c3d4e5f60718.*Here is only what the program itself makes/,
  });
});

test("a budget that mails", async (t) => {
  const notification = (threshold: number) => ({
    comparisonOperator: "GREATER_THAN",
    notificationType: "ACTUAL",
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: ["staff@example.org"],
  });
  const limitOf = async () => {
    const { BudgetsClient, DescribeBudgetCommand } = await import("@aws-sdk/client-budgets");
    const wanted = { AccountId: emulator.accountId, BudgetName: "gas26-budget" };
    const { Budget } = await lives.context.client(BudgetsClient).send(new DescribeBudgetCommand(wanted));
    return [Budget?.BudgetLimit?.Amount, Budget?.CostFilters];
  };
  const filters = { TagKeyValue: ["user:owner$gas26-saaaaaa"] };
  await lives.live(
    t,
    {
      type: "aws:budgets/budget:Budget",
      inputs: {
        name: "gas26-budget",
        budgetType: "COST",
        limitAmount: "40",
        limitUnit: "USD",
        timeUnit: "ANNUALLY",
        costFilters: [{ name: "TagKeyValue", values: filters.TagKeyValue }],
        notifications: [notification(80), notification(100)],
      },
      changed: { limitAmount: "60" },
    },
    {
      whileThere: async () => t.deepEqual(await limitOf(), ["40", filters]),
      whenChanged: async () => t.deepEqual(await limitOf(), ["60", filters]),
    },
  );
});
