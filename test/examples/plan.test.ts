// Each example under the configuration of each of its stack files, without AWS: what its README promises is declared.
import test from "ava";
import { readPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import { readBootManifest } from "../../runtime/contract/boot.ts";
import { environmentSchemas } from "../../runtime/contract/environment.ts";
import { examples } from "../support/examples.ts";

const plans = new Map<string, Promise<Plan>>();

function planOf(name: string, stack = "dev"): Promise<Plan> {
  const key = `${name} ${stack}`;
  const { directory } = examples.find((example) => example.name === name) ?? { directory: name };
  const plan = plans.get(key) ?? readPlan({ directory, stack, onOutput: () => {} });
  plans.set(key, plan);
  return plan;
}

function inputsOf(plan: Plan, type: string, name?: string): Record<string, unknown> {
  const found = plan.resources.filter((each) => each.type === type && (name === undefined || each.name === name));
  const [one, another] = found;
  if (one === undefined || another !== undefined)
    throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
  return one.inputs;
}

const servicesOf = (plan: Plan) =>
  plan.resources
    .filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate")
    .flatMap(({ inputs }) => readBootManifest(Buffer.from(String(inputs.userData), "base64").toString()).services);

const statementsOf = (plan: Plan, name: string) =>
  (JSON.parse(String(inputsOf(plan, "aws:iam/rolePolicy:RolePolicy", name).policy)) as { Statement: { Sid: string }[] })
    .Statement;

const typesOf = (plan: Plan) => new Set(plan.resources.map(({ type }) => type));

for (const { name, stacks } of examples) {
  for (const stack of stacks) {
    test(`${name}, stack ${stack}: our services get an environment they start under`, async (t) => {
      const services = servicesOf(await planOf(name, stack));
      t.is(services.length > 0, name !== "course-shared", "only what a class shares runs nothing");
      for (const { name: service, environment } of services) {
        const schema = Object.hasOwn(environmentSchemas, service)
          ? environmentSchemas[service as keyof typeof environmentSchemas]
          : undefined;
        t.is(schema?.safeParse(environment).error, undefined, service);
      }
    });
  }
}

test("web-farm-own-app: a balanced farm of the app alone, with the app's own permissions", async (t) => {
  const plan = await planOf("web-farm-own-app");
  const [counter] = servicesOf(plan);
  t.like(counter, { name: "counter", port: 8080, healthPath: "/healthz", stopSeconds: 30 });
  const table = plan.resources.find(({ type }) => type === "aws:dynamodb/table:Table");
  t.deepEqual(counter?.environment, { TABLE: table?.outputs.name, AWS_REGION: "us-east-1", PORT: "8080" });
  t.deepEqual(statementsOf(plan, "visits-service"), [
    { Sid: "Count", Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: [table?.outputs.arn] },
  ]);
  t.like(inputsOf(plan, "aws:autoscaling/group:Group"), { minSize: 2, maxSize: 6, healthCheckType: "ELB" });
  const watched = inputsOf(plan, "aws:cloudwatch/metricAlarm:MetricAlarm", "visits-scale-out").metricQueries;
  t.true((watched as { expression?: string }[]).some(({ expression }) => expression === "requests / 600"));
  // Nothing of the annotation service comes along.
  for (const type of [
    "aws:sqs/queue:Queue",
    "aws:sns/topic:Topic",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
  ]) {
    t.false(typesOf(plan).has(type), type);
  }
});

test("annotator-external-command: the command, its bounds, and three jobs for each instance", async (t) => {
  const plan = await planOf("annotator-external-command");
  const [annotator] = servicesOf(plan);
  t.deepEqual(JSON.parse(String(annotator?.environment.ENGINE)), [
    "/opt/vep/vep",
    "--offline",
    "--vcf",
    "--input_file={input}",
    "--output_file={output}",
  ]);
  t.like(annotator?.environment, { ENGINE_MEMORY_MIB_MAX: "6144", JOB_SECONDS_MAX: "14400", CONCURRENCY: "1" });
  t.like(inputsOf(plan, "aws:autoscaling/policy:Policy").targetTrackingConfiguration, { targetValue: 3 });
  const { mixedInstancesPolicy } = inputsOf(plan, "aws:autoscaling/group:Group");
  t.deepEqual((mixedInstancesPolicy as { launchTemplate: { overrides: object[] } }).launchTemplate.overrides, [
    { instanceType: "m7g.large" },
    { instanceType: "m7gd.large" },
    { instanceType: "m6g.large" },
  ]);
});

test("archive-stores: one argument decides names, permissions and notices", async (t) => {
  const plan = await planOf("archive-stores");
  const archives = plan.outputs.archives as { store: string; name: string }[];
  t.deepEqual(
    archives.map(({ store, name }) => [store, name]),
    [
      ["s3", "cold-s3-archive-store--dev--123456789012-us-east-1"],
      ["vault", "cold-vault-archive-store--dev"],
    ],
  );
  const allowed = (store: string) =>
    statementsOf(plan, `cold-${store}-restorer-service`).find(({ Sid }) => Sid === "RestoreArchives");
  t.like(allowed("s3"), { Action: ["s3:RestoreObject", "s3:GetObject", "s3:DeleteObject"] });
  t.like(allowed("vault"), {
    Action: ["glacier:InitiateJob", "glacier:DescribeJob", "glacier:GetJobOutput", "glacier:DeleteArchive"],
  });
  t.like(inputsOf(plan, "aws:s3/bucketNotification:BucketNotification"), { bucket: archives[0]?.name });
  t.like(inputsOf(plan, "aws:glacier/vault:Vault").notification, { events: ["ArchiveRetrievalCompleted"] });
  for (const { environment } of servicesOf(plan).filter(({ name }) => name === "archiver")) {
    t.is(environment.FREE_RETENTION_SECONDS, "1800");
  }
});

test("existing-network: security groups, a target group and a rule, and nothing that was there already", async (t) => {
  const plan = await planOf("existing-network");
  const types = typesOf(plan);
  for (const type of [
    "awsx:ec2:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/listener:Listener",
  ]) {
    t.false(types.has(type), type);
  }
  t.like(inputsOf(plan, "aws:lb/listenerRule:ListenerRule"), {
    listenerArn:
      "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2",
    priority: 200,
    conditions: [{ hostHeader: { values: ["hello.example.org"] } }],
  });
  t.like(inputsOf(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), {
    referencedSecurityGroupId: "sg-0a1b2c3d4e5f60718",
    fromPort: 8080,
    toPort: 8080,
  });
  t.deepEqual(inputsOf(plan, "aws:autoscaling/group:Group").vpcZoneIdentifiers, [
    "subnet-0a1b2c3d4e5f60718",
    "subnet-08716f5e4d3c2b1a0",
  ]);
  const target = plan.resources.find(({ type }) => type === "aws:lb/targetGroup:TargetGroup");
  t.is(target?.inputs.vpcId, "vpc-0a1b2c3d4e5f60718");
  // Others' requests at the shared balancer are not this farm's load.
  const { metricQueries } = inputsOf(plan, "aws:cloudwatch/metricAlarm:MetricAlarm", "shared-scale-out");
  const [requests] = metricQueries as { metric: { dimensions: object } }[];
  t.deepEqual(requests?.metric.dimensions, {
    LoadBalancer: "app/shared/50dc6c495c0c9188",
    TargetGroup: target?.outputs.arnSuffix,
  });
  t.is(plan.outputs.url, "https://hello.example.org");
});

test("course-shared: a boundary, a network, balancers with a wildcard certificate, and a record for each stack", async (t) => {
  const plan = await planOf("course-shared");
  const types = typesOf(plan);
  for (const type of ["aws:iam/role:Role", "aws:dynamodb/table:Table", "aws:sqs/queue:Queue", "aws:sns/topic:Topic"]) {
    t.false(types.has(type), `${type} is never shared`);
  }
  t.is(inputsOf(plan, "aws:acm/certificate:Certificate").domainName, "*.example.org");
  t.like(inputsOf(plan, "aws:route53/record:Record", "gas26-shared-gas26-sghjkmn"), {
    name: "gas26-sghjkmn.example.org",
    type: "A",
  });
  t.deepEqual(Object.keys(plan.outputs).sort(), [
    "balancerSecurityGroup",
    "instanceSubnets",
    "listenerArns",
    "permissionsBoundary",
    "publicSubnets",
    "vpcId",
  ]);
});
