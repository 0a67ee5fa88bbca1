// The components for other languages: their schema is that of the code, and the plugin that the engine starts constructs them.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServiceError } from "@grpc/grpc-js";
import type { PackageSpec } from "@pulumi/pulumi/provider/experimental/schema.js";
import test from "ava";
import { readBootManifest } from "../../runtime/contract/boot.ts";
import { readEnvironment } from "../../runtime/contract/environment.ts";
import { type Monitor, startMonitor } from "../support/monitor.ts";
import { type Plugin, startPlugin } from "../support/plugin.ts";
import { portableSchema, schemaFile, schemaText } from "../support/portable-schema.ts";

let directory: string;
let monitor: Monitor;
let plugin: Plugin;
let schema: PackageSpec;

test.before("start the plugin", async () => {
  directory = await mkdtemp(join(tmpdir(), "annofarm-plugin-"));
  monitor = await startMonitor();
  plugin = await startPlugin(monitor.address, directory);
  schema = JSON.parse(await plugin.schema()) as PackageSpec;
});
test.after.always(async () => {
  await plugin?.stop();
  monitor?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

test("schema.json is what Pulumi's analyzer makes of the code; after a change: npm run schema", async (t) => {
  t.is(await readFile(schemaFile, "utf8"), schemaText(portableSchema()));
});

test("the plugin tells the components, required and optional as in the code", (t) => {
  t.deepEqual(
    Object.entries(schema.resources).map(([type, { requiredInputs }]) => [type, requiredInputs]),
    [
      ["annofarm:index:AnnotatorFarm", ["jobs", "network"]],
      ["annofarm:index:AppFarm", ["app", "network"]],
      ["annofarm:index:ArchivePipeline", ["jobs", "network"]],
      ["annofarm:index:JobStore", []],
      ["annofarm:index:Network", []],
      ["annofarm:index:NotifyPipeline", ["jobs", "mailFrom", "network", "publicUrl"]],
      ["annofarm:index:RestorePipeline", ["archive", "jobs", "network"]],
      ["annofarm:index:WebFarm", ["archive", "identity", "jobs", "network", "payments"]],
      ["annofarm:index:WorkerFarm", ["app", "network"]],
    ],
  );
  const inputs = schema.resources["annofarm:index:AnnotatorFarm"]?.inputProperties ?? {};
  t.like(inputs.engine, { type: "array", items: { type: "string" } });
  t.like(inputs.jobs, { $ref: "#/types/annofarm:index:JobStoreReference" });
  t.like(inputs.spot, { type: "boolean" });
});

test("every input and output has a type of its own and says what it is", (t) => {
  const described = Object.entries({ ...schema.resources, ...schema.types }).flatMap(([owner, each]) =>
    Object.entries({ ...("inputProperties" in each ? each.inputProperties : {}), ...each.properties }).map(
      ([name, property]) => ({ name: `${owner}.${name}`, ...property }),
    ),
  );
  t.true(described.length > 100);
  t.deepEqual(
    described.filter(({ description }) => !description).map(({ name }) => name),
    [],
  );
  t.false(JSON.stringify(schema).includes("pulumi.json#/Any"));
});

const counter = fileURLToPath(new URL("../../examples/web-farm-own-app/app/server.ts", import.meta.url));
const worker = fileURLToPath(new URL("../../examples/yaml/app", import.meta.url));

interface Constructed {
  readonly reference: Readonly<Record<string, unknown>>;
}

test("a program's worth of components is constructed over gRPC, each out of the others' references", async (t) => {
  const make = (type: string, name: string, inputs: Record<string, unknown>) =>
    plugin.construct(`annofarm:index:${type}`, name, inputs);
  const { reference: network } = (await make("Network", "lab", { webPort: 8000 })) as unknown as Constructed;
  const { reference: jobs } = (await make("JobStore", "lab", { production: true })) as unknown as Constructed;
  t.is(jobs.annotationsTable, "lab-annotations--test");
  const archived = {
    jobs,
    network,
    store: "vault",
    retentionSeconds: 60,
    sweepSeconds: 600,
    // Newer than the AWS provider's list of types.
    instanceType: "t9g.small",
    architecture: "arm64",
    logDays: 7,
  };
  const { reference: archive } = (await make("ArchivePipeline", "lab-archive", archived)) as unknown as Constructed;
  t.regex(String(archive.archiveArn), /:vaults\/lab-archive-store--test$/);
  await make("RestorePipeline", "lab-restore", { jobs, network, archive, store: "vault", tier: "Standard" });
  await make("AnnotatorFarm", "lab-annotator", {
    jobs,
    network,
    maxSize: 3,
    scaling: { by: "backlogPerInstance" },
    healthCheckGraceSeconds: 120,
    schedules: [{ name: "class-begins", recurrence: "50 17 * * MON-FRI", timeZone: "America/Chicago", min: 3 }],
    spot: true,
    spotInstanceTypes: ["t4g.medium"],
  });
  const web = await make("WebFarm", "lab-web", {
    jobs,
    network,
    archive,
    retentionSeconds: 60,
    identity: { issuer: "https://auth.globus.org", clientId: "lab" },
    payments: { publishableKey: "pk_test_lab", priceId: "price_lab" },
  });
  t.regex(String(web.url), /^https:\/\/lab-web-test-\d+\.us-east-1\.elb\.amazonaws\.com$/);
  await make("NotifyPipeline", "lab-notify", { jobs, network, mailFrom: "lab@example.org", publicUrl: web.url });

  const inputsOf = (type: string, name: string) =>
    monitor.registered.find((each) => each.type === type && each.name === name)?.inputs ?? {};
  const environmentOf = (template: string) => {
    const { userData } = inputsOf("aws:ec2/launchTemplate:LaunchTemplate", template);
    return readBootManifest(Buffer.from(String(userData), "base64").toString()).services[0]?.environment ?? {};
  };
  t.is(readEnvironment("restorer", environmentOf("lab-restore-host")).RETRIEVAL_TIER, "Standard");
  t.like(readEnvironment("archiver", environmentOf("lab-archive-host")), {
    FREE_RETENTION_SECONDS: 60,
    SWEEP_SECONDS: 600,
  });
  t.like(inputsOf("aws:ec2/launchTemplate:LaunchTemplate", "lab-archive-host"), { instanceType: "t9g.small" });
  t.is(readEnvironment("notifier", environmentOf("lab-notify-host")).PUBLIC_URL, String(web.url));
  t.is(readEnvironment("annotator", environmentOf("lab-annotator")).ANNOTATIONS_TABLE, "lab-annotations--test");
  t.like(readEnvironment("web", environmentOf("lab-web")), {
    PORT: 8000,
    SESSION_SECRET_PARAMETER: "/lab/test/session-secret",
  });
  t.like(inputsOf("aws:autoscaling/group:Group", "lab-annotator"), {
    minSize: 2,
    maxSize: 3,
    healthCheckGracePeriod: 120,
  });
  const { mixedInstancesPolicy } = inputsOf("aws:autoscaling/group:Group", "lab-annotator");
  t.regex(JSON.stringify(mixedInstancesPolicy), /"onDemandBaseCapacity":1.*t4g\.medium/);
  t.like(inputsOf("aws:autoscaling/schedule:Schedule", "lab-annotator-class-begins"), { minSize: 3 });
  t.like(inputsOf("aws:dynamodb/table:Table", "lab-users"), { deletionProtectionEnabled: true });
  t.deepEqual(monitor.errors, []);
});

test("own programs: a farm of one, and one on a queue of its own", async (t) => {
  const make = (type: string, name: string, inputs: Record<string, unknown>) =>
    plugin.construct(`annofarm:index:${type}`, name, inputs);
  const { reference: network } = (await make("Network", "own", {})) as unknown as Constructed;
  const table = "arn:aws:dynamodb:us-east-1:123456789012:table/visits";
  const permissions = [{ id: "Count", actions: ["dynamodb:UpdateItem"], resources: [table] }];
  const app = { name: "counter", code: counter, environment: { TABLE: "visits" }, permissions, stopWithinSeconds: 40 };
  const farm = await make("AppFarm", "visits", { network, app, maxSize: 4, scaling: { requestsPerTarget: 600 } });
  t.regex(String(farm.url), /^https:\/\/visits-/);
  const built = { folder: worker, code: "worker.mjs" };
  const topic = "arn:aws:sns:us-east-1:123456789012:ended";
  const reports = await make("WorkerFarm", "reports", {
    network,
    app: built,
    topics: { ended: topic },
    receiptsMax: 3,
    visibilitySeconds: 90,
  });

  const inputsOf = (type: string, name: string) =>
    monitor.registered.find((each) => each.type === type && each.name === name)?.inputs ?? {};
  const servicesOf = (name: string) => {
    const { userData } = inputsOf("aws:ec2/launchTemplate:LaunchTemplate", name);
    return readBootManifest(Buffer.from(String(userData), "base64").toString()).services;
  };
  t.like(servicesOf("visits")[0], { name: "counter", stopSeconds: 40, environment: { TABLE: "visits", PORT: "8080" } });
  t.like(servicesOf("reports")[0], { name: "app", entry: "worker.mjs", environment: { QUEUE_URL: reports.queueUrl } });
  const policyOf = (name: string) => JSON.stringify(inputsOf("aws:iam/rolePolicy:RolePolicy", name));
  t.regex(policyOf("visits-service"), /dynamodb:UpdateItem.*table\/visits/);
  t.regex(policyOf("reports-service"), /sqs:ReceiveMessage/);
  t.like(inputsOf("aws:sqs/queue:Queue", "reports-messages"), { visibilityTimeoutSeconds: 90 });
  t.like(inputsOf("aws:sns/topicSubscription:TopicSubscription", "reports-messages-from-ended"), { topic });
  t.deepEqual(monitor.errors, []);

  const refused = async (type: string, inputs: Record<string, unknown>, message: RegExp) => {
    const error = await t.throwsAsync<ServiceError>(make(type, "wrong", { network, ...inputs }));
    t.regex(String(error?.metadata.get("grpc-status-details-bin")), message);
  };
  await refused("AppFarm", { app: { ...app, code: "nowhere.ts" } }, /entry.*there is no .*nowhere\.ts/s);
  await refused(
    "AppFarm",
    { app: { ...app, permissions: [...permissions, ...permissions] } },
    /"Count" is there already/,
  );
  await refused(
    "AppFarm",
    { app: { ...app, environment: { PORT: "80" } } },
    /app\.environment\.PORT.*set by the group/s,
  );
  await refused("WorkerFarm", { app: built, concurrency: 65 }, /concurrency.*65 is out of range/s);
  await refused("WorkerFarm", { app: { ...built, environment: { QUEUE_URL: "x" } } }, /app\.environment\.QUEUE_URL/);
});

test("mistakes come back with the arguments that they are in", async (t) => {
  const error = await t.throwsAsync<ServiceError>(
    plugin.construct("annofarm:index:Network", "wrong", { zones: 9, cidrBlock: "10.0.0.0" }),
  );
  t.regex(error?.message ?? "", /Network wrong cannot be declared/);
  const details = String(error?.metadata.get("grpc-status-details-bin"));
  t.regex(details, /zones.*9 is out of range/s);
  t.regex(details, /cidrBlock.*"10\.0\.0\.0" does not fit/s);
  await t.throwsAsync(plugin.construct("annofarm:index:Network", "wrong", { instances: "secret" }));
  await t.throwsAsync(plugin.construct("annofarm:index:Network", "wrong", { flowLogs: "some" }));
  await t.throwsAsync(plugin.construct("annofarm:index:Nothing", "wrong", {}), {
    message: /annofarm:index:Nothing is unknown; there are annofarm:index:AnnotatorFarm/,
  });
});
