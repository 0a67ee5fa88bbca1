// The program itself under the configuration of each stack file.
import { fileURLToPath } from "node:url";
import { Config, runtime } from "@pulumi/pulumi";
import test from "ava";
import { ArgumentsError, courseScaling, readSettings } from "../../components/index.ts";
import { ProgramError } from "../../plan/program/process.ts";
import { runProgram } from "../../plan/program.ts";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";
import { readBootManifest } from "../../runtime/contract/boot.ts";
import { environmentSchemas } from "../../runtime/contract/environment.ts";

const account = { region: "us-east-1", accountId: "123456789012" };
const directory = fileURLToPath(new URL("../..", import.meta.url));

const run = (stack: string, config: Record<string, string> = {}) =>
  runProgram({
    directory,
    stack,
    config,
    resources: synthesizeResources(account),
    functions: synthesizeFunctions(account),
    onOutput: () => {},
  });

const types = (plan: { resources: readonly { type: string }[] }) => new Set(plan.resources.map(({ type }) => type));

for (const stack of ["local", "dev"]) {
  test(`stack ${stack} declares every service, with an environment it starts under`, async (t) => {
    const plan = await run(stack);
    const services = plan.resources
      .filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate")
      .flatMap(({ inputs }) => readBootManifest(Buffer.from(String(inputs.userData), "base64").toString()).services);
    t.deepEqual(services.map(({ name }) => name).sort(), Object.keys(environmentSchemas).sort());
    for (const { name, environment } of services) {
      const schema = environmentSchemas[name as keyof typeof environmentSchemas];
      t.is(schema.safeParse(environment).error, undefined, name);
      const unread = Object.keys(environment).filter((variable) => !(variable in schema.shape));
      t.deepEqual(unread, [], `${name} is told what it does not read`);
    }
    t.deepEqual(Object.keys(plan.outputs).sort(), [
      "archiveStore",
      "balancerArn",
      "balancerDnsName",
      "buckets",
      "dashboardUrl",
      "groups",
      "queues",
      "tables",
      "topics",
      "url",
    ]);
    const urns = plan.resources.map(({ urn }) => urn);
    t.is(new Set(urns).size, urns.length);
  });
}

test("everything of an owner bears the owner's name", async (t) => {
  const plan = await run("local", { owner: "team-7" });
  const foreign = plan.resources.filter(({ name }) => name !== "team-7" && !name.startsWith("team-7-"));
  t.deepEqual(
    foreign.map(({ urn }) => urn),
    [],
  );
});

test("a bill can be split: everything that takes tags names project and owner, instances and disks too", async (t) => {
  const plan = await run("local", { owner: "team-7" });
  const expected = { project: "annofarm", owner: "team-7" };
  const inputs = (type: string) => plan.resources.filter((resource) => resource.type === type);
  for (const type of ["aws:sqs/queue:Queue", "aws:dynamodb/table:Table", "awsx:ec2:Vpc", "aws:iam/role:Role"]) {
    t.true(inputs(type).length > 0);
    for (const resource of inputs(type)) t.like(resource.inputs.tags, expected, resource.urn);
  }
  for (const { inputs: group, name: Name } of inputs("aws:autoscaling/group:Group")) {
    const tags = group.tags as { key: string; value: string; propagateAtLaunch: boolean }[];
    t.like(Object.fromEntries(tags.map(({ key, value }) => [key, value])), { ...expected, Name });
    t.true(tags.every(({ propagateAtLaunch }) => propagateAtLaunch));
  }
  for (const { inputs: template, name: Name } of inputs("aws:ec2/launchTemplate:LaunchTemplate")) {
    const launched = template.tagSpecifications as { resourceType: string; tags: object }[];
    t.deepEqual(
      launched.map(({ resourceType }) => resourceType),
      ["instance", "volume"],
    );
    for (const { tags } of launched) t.like(tags, { ...expected, Name });
  }
});

test("mail from the stack's own zone is proven by DNS, from anywhere else by a link", async (t) => {
  const identities = async (config: Record<string, string>) => {
    const { resources } = await run("dev", { domain: "example.org", ...config });
    const dkim = resources.filter(({ name }) => name.includes("-dkim-")).length;
    const identity = resources.find(({ type }) => type === "aws:sesv2/emailIdentity:EmailIdentity");
    return [identity?.inputs.emailIdentity, dkim];
  };
  t.deepEqual(await identities({ mailFrom: "gas@gas.example.org" }), ["gas.example.org", 3]);
  t.deepEqual(await identities({ mailFrom: "me@elsewhere.net" }), ["me@elsewhere.net", 0]);
});

test("a domain, a vault, private instances, spot and backlog scaling together", async (t) => {
  const plan = await run("dev", {
    domain: "example.org",
    store: "vault",
    instances: "private",
    spot: "true",
    annotatorScaling: "backlogPerInstance",
    operatorEmail: "me@example.org",
    production: "true",
  });
  t.is(plan.outputs.url, "https://gas.example.org");
  const declared = types(plan);
  t.true(declared.has("aws:glacier/vault:Vault"));
  t.true(declared.has("aws:acm/certificateValidation:CertificateValidation"));
  t.false(declared.has("tls:index/privateKey:PrivateKey"));
  const alarmed = plan.resources.filter(
    ({ name, type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm" && name.endsWith("dead-letters"),
  );
  t.true(alarmed.length > 0 && alarmed.every(({ inputs }) => (inputs.alarmActions as string[]).length === 1));
  const refused = plan.resources.filter(({ name }) => name.endsWith("-refused-calls"));
  t.deepEqual(
    refused.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort(),
    ["annotator", "utility", "web"]
      .flatMap((group) => [`LogMetricFilter gas-${group}-refused-calls`, `MetricAlarm gas-${group}-refused-calls`])
      .sort(),
  );
});

test("calls that AWS refuses cost no alarm where nobody is told", async (t) => {
  const plan = await run("dev", {});
  t.deepEqual(
    plan.resources.filter(({ name }) => name.endsWith("-refused-calls")),
    [],
  );
});

test("wrong configuration is told all at once, by key", async (t) => {
  const error = await t.throwsAsync(
    run("dev", { owner: "7", store: "tape", retention: "soon", webMin: "12", identityIssuer: "", production: "yes" }),
    { instanceOf: ProgramError },
  );
  for (const line of [
    'annofarm:owner: "7" does not fit; give 2 to 20 lower-case letters',
    'annofarm:production: "yes" is unknown; give one of true, false',
    "annofarm:webMin: 12 is above annofarm:webMax, which is 10",
    'annofarm:store: "tape" is unknown; give one of vault, s3',
    'annofarm:retention: "soon" is not a duration',
    "annofarm:identityIssuer: is not set; give the OpenID Connect issuer",
  ]) {
    t.true(error?.message.includes(line), `${line}\n${error?.message}`);
  }
});

test("how much an instance should get is told by the configuration, to rules that ask for it", async (t) => {
  const scaling = (more: Record<string, string>) => {
    runtime.setAllConfig(
      Object.fromEntries(
        Object.entries({
          mailFrom: "me@example.org",
          identityIssuer: "https://auth.example.org",
          identityClientId: "c",
          stripePublishableKey: "pk_test_x",
          stripePriceId: "price_x",
          ...more,
        }).map(([key, value]) => [`annofarm:${key}`, value]),
      ),
    );
    const { webScaling, annotatorScaling } = readSettings(new Config("annofarm"));
    return { webScaling, annotatorScaling };
  };
  t.deepEqual(scaling({}), { webScaling: undefined, annotatorScaling: undefined });
  t.deepEqual(scaling({ webScaling: "course", annotatorScaling: "course" }), {
    webScaling: courseScaling(),
    annotatorScaling: courseScaling(),
  });
  t.deepEqual(scaling({ webRequestsPerTarget: "60" }).webScaling, { by: "load", requestsPerTarget: 60 });
  t.deepEqual(scaling({ webScaling: "requestsPerTarget", webRequestsPerTarget: "60" }).webScaling, {
    by: "requestsPerTarget",
    requestsPerTarget: 60,
  });
  const backlog = scaling({ annotatorJobTakes: "20 s", annotatorAcceptableWait: "1 minute" }).annotatorScaling;
  t.deepEqual(
    backlog?.by === "backlog" && [backlog.jobTakes?.toSeconds(), backlog.acceptableWait?.toSeconds()],
    [20, 60],
  );
  const error = t.throws(() => scaling({ webScaling: "course", webRequestsPerTarget: "60" }), {
    instanceOf: ArgumentsError,
  });
  t.deepEqual(error?.mistakes, [
    {
      path: "annofarm:webRequestsPerTarget",
      reason: "is not asked for by annofarm:webScaling: course; leave one of both out",
    },
  ]);
});

test("an empty configuration names what is missing", (t) => {
  runtime.setAllConfig({});
  const error = t.throws(() => readSettings(new Config("annofarm")), { instanceOf: ArgumentsError });
  t.deepEqual(
    error?.mistakes.map(({ path }) => path),
    [
      "annofarm:mailFrom",
      "annofarm:identityIssuer",
      "annofarm:identityClientId",
      "annofarm:stripePublishableKey",
      "annofarm:stripePriceId",
    ],
  );
});

/** What is refused of a configuration that is complete otherwise. */
function mistakesOf(more: Record<string, string>): (readonly [path: string, reason: string])[] {
  const complete = {
    mailFrom: "me@example.org",
    identityIssuer: "https://auth.example.org",
    identityClientId: "c",
    stripePublishableKey: "pk_test_x",
    stripePriceId: "price_x",
  };
  const own = Object.entries(complete).map(([key, value]) => [`annofarm:${key}`, value]);
  runtime.setAllConfig({ ...Object.fromEntries(own), ...more });
  const error = refusal(() => readSettings(new Config("annofarm")));
  return error?.mistakes.map(({ path, reason }) => [path, reason]) ?? [];
}

function refusal(attempt: () => unknown): ArgumentsError | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof ArgumentsError) return error;
    throw error;
  }
}

test("settings that nothing reads are refused with the nearest that there is", (t) => {
  t.deepEqual(mistakesOf({ "annofarm:webMax": "3", "aws:region": "us-east-1", "pulumi:tags": "{}" }), []);
  const meant = (key: string) =>
    mistakesOf({ [key]: "3" }).map(([path, reason]) => [path, /is (\S+) meant/.exec(reason)?.[1]]);
  t.deepEqual(meant("annofarm:webmax"), [["annofarm:webmax", "annofarm:webMax"]]);
  t.deepEqual(meant("annofarm:retrievalTeir"), [["annofarm:retrievalTeir", "annofarm:retrievalTier"]]);
  t.deepEqual(meant("aws:regoin"), [["aws:regoin", "aws:region"]]);
  t.deepEqual(meant("anofarm:webMax"), [["anofarm:webMax", "annofarm:webMax"]]);
});

for (const [key, value, reason] of [
  ["webSchedule", "0 25 * * * = 3", /hour "25" does not fit; give 0 to 23/],
  ["webSchedule", "0 8 * * FRI-MON = 3", /"FRI-MON" ends before it begins/],
  ["webSchedule", "0 8 * * * = 3; 0 9 * * * = 20", /schedule 2: 20 is above annofarm:webMax, which is 10/],
  ["timeZone", "America/Chicgo", /is America\/Chicago meant/],
  ["instanceType", "t9z.small", /none of the [\d,]+ types/],
  ["instanceType", "t4g.smal", /is t4g.small meant/],
  ["instanceType", "mac2.metal", /runs macOS/],
  ["webMax", "99999999999999", /a whole number of instances from 1 to 1000/],
  ["webWarmPool", "Hibernated", /"Hibernated" is unknown; give one of Stopped, Running/],
  ["annotatorWarmPoolMin", "1", /is of a warm pool; give annofarm:annotatorWarmPool too/],
  ["webMaintenance", "125", /"125" does not give the least and the greatest share/],
  [
    "webMaintenance",
    "100 to 90",
    /maxHealthyPercent: 90 is out of range; give a whole number of percent from 100 to 200/,
  ],
  ["annotatorMaintenance", "0 to 125", /maxHealthyPercent: 125 is more than 100 above minHealthyPercent, 0; give 100/],
  ["archiveNotice", "20 minutes", /results are archived after 30 minutes.*from 1 second to 15 minutes/],
  ["webMax", "1001", /1001 is out of range; give a whole number of instances from 1 to 1000/],
] as const) {
  test(`refused before the first resource: ${key} ${value}`, (t) => {
    const found = mistakesOf({ [`annofarm:${key}`]: value });
    t.deepEqual(
      found.map(([path]) => path),
      [`annofarm:${key}`],
    );
    t.regex(found[0]?.[1] ?? "", reason);
  });
}

test("a type that is newer than the provider's list is taken when its architecture is said", (t) => {
  t.deepEqual(mistakesOf({ "annofarm:instanceType": "t9g.small", "annofarm:architecture": "arm64" }), []);
  const [[path, reason] = ["", ""]] = mistakesOf({
    "annofarm:instanceType": "t4g.small",
    "annofarm:architecture": "x86_64",
  });
  t.is(path, "annofarm:architecture");
  t.regex(reason, /contradicts instanceType, which is t4g.small, arm64/);
});
