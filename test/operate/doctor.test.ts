// The judgements on an account in memory, where anything can be wrong; the questions on the emulator, where they are answered.
import test from "ava";
import type { AccountReader, AccountZone } from "../../operate/doctor/account.ts";
import { identitiesOf } from "../../operate/doctor/checks/mail.ts";
import { judgeQuota } from "../../operate/doctor/checks/quotas.ts";
import { examine } from "../../operate/doctor/examine.ts";
import type { CheckResult } from "../../operate/doctor/finding.ts";
import { type Needs, needsOf } from "../../operate/doctor/needs.ts";
import { reportOf } from "../../operate/doctor/report.ts";
import { projectPlan } from "./plans.ts";

const refused = Object.assign(new Error("You are not authorized to perform this operation"), {
  name: "UnauthorizedOperation",
});

const zone = (name: string, change: Partial<AccountZone> = {}): AccountZone => ({
  ...{ name, type: "availability-zone", state: "available", optedIn: true },
  ...change,
});
const usualZones = ["a", "b", "c"].map((letter) => zone(`us-east-1${letter}`));

/** An account where everything is in order, but for what a test changes. */
function account(changes: Partial<AccountReader> = {}): AccountReader {
  return {
    caller: async () => ({ arn: "arn:aws:sts::123456789012:assumed-role/admin/ada", accountId: "123456789012" }),
    regionEnabled: async () => true,
    zones: async () => [...usualZones],
    zonesOffering: async () => usualZones.map(({ name }) => name),
    zonesOfSubnets: async (ids) => new Map(ids.map((id, at) => [id, `us-east-1${"ab"[at % 2]}`])),
    vcpusOf: async (types) => new Map(types.map((type) => [type, 2])),
    vcpusInUse: async () => ({ onDemand: 4, spot: 0 }),
    balancersInUse: async () => 3,
    vpcsInUse: async () => 1,
    addressesInUse: async () => 0,
    quota: async (_service, code) => ({ "L-F678F1CE": 5, "L-0263D0A3": 5 })[code] ?? 64,
    vaults: async () => ["old"],
    mail: async () => ({ sandbox: false, sending: true }),
    mailIdentityVerified: async (identity) => (identity === "example.org" ? true : undefined),
    hostedZones: async () => ["example.org"],
    alarmStates: async (names) => new Map(names.map((name) => [name, "OK"])),
    parameter: async (_name, decrypt) => ({ type: "SecureString", value: decrypt ? "sk_test_1" : "" }),
    key: async () => undefined,
    defaultDiskKey: async () => undefined,
    grantsOf: async () => [],
    hasRole: async () => true,
    close: () => {},
    ...changes,
  };
}

const resolve = async () => ["ns-1.awsdns-01.org"];

let plain: Needs;
let whole: Needs;
let told: Needs;
let named: Needs;
let existing: Needs;
test.before(async () => {
  const [first, second, third, fourth, fifth] = await Promise.all([
    projectPlan(),
    projectPlan({ domain: "example.org", store: "vault", instances: "private", spot: "true" }),
    projectPlan({ operatorEmail: "me@example.org" }),
    projectPlan({ zones: "us-east-1c, us-east-1a" }),
    projectPlan({
      vpcId: "vpc-0123456789abcdef0",
      instanceSubnets: "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
      publicSubnets: "subnet-0123456789abcdef2, subnet-0123456789abcdef3",
    }),
  ]);
  // What is asked of other services than AWS has tests of its own.
  const quiet = { identity: undefined, payments: undefined };
  plain = { ...needsOf(first, "us-east-1"), ...quiet };
  told = { ...needsOf(third, "us-east-1"), ...quiet };
  named = { ...needsOf(fourth, "us-east-1"), ...quiet };
  existing = { ...needsOf(fifth, "us-east-1"), ...quiet };
  whole = { ...needsOf(second, "us-east-1"), ...quiet };
});

async function found(needs: Needs, changes: Partial<AccountReader>, check: RegExp): Promise<CheckResult> {
  const findings = await examine(needs, account(changes), { resolve });
  const one = findings.find((finding) => check.test(finding.check));
  if (one === undefined) throw new Error(`no check is ${check}; there are ${findings.map((each) => each.check)}`);
  return one;
}

test("what a stack needs is read from its plan", (t) => {
  t.deepEqual(plain.groups.map(({ name, max, spot, instanceType }) => [name, max, spot, instanceType]).sort(), [
    ["gas-annotator--dev", 10, false, "t4g.small"],
    ["gas-utility--dev", 1, false, "t4g.small"],
    ["gas-web--dev", 10, false, "t4g.small"],
  ]);
  t.deepEqual([plain.balancers, plain.vpcs, plain.addresses, plain.vaults, plain.certificates], [1, 1, 0, [], []]);
  t.is(plain.publicUrl, undefined, "nobody knows the balancer's name yet");
  t.deepEqual(
    [whole.addresses, whole.certificates, whole.publicUrl],
    [1, ["gas.example.org"], "https://gas.example.org"],
  );
  t.is(whole.vaults.length, 1);
  t.is(whole.groups.find(({ name }) => name === "gas-annotator--dev")?.spot, true);
  t.deepEqual(
    plain.parameters.map(({ name }) => name),
    [
      "/gas/dev/oidc-client-secret",
      "/gas/dev/session-secret",
      "/gas/dev/stripe-secret-key",
      "/gas/dev/stripe-webhook-secret",
    ],
  );
});

test("an account in order has nothing to mend", async (t) => {
  const findings = await examine(whole, account(), { resolve });
  t.deepEqual(
    findings.filter(({ verdict }) => verdict !== "ok"),
    [],
  );
  t.true(findings.length >= 14, String(findings.length));
});

const troubles: readonly [
  what: string,
  needs: () => Needs,
  Partial<AccountReader>,
  check: RegExp,
  verdict: CheckResult["verdict"],
  fix: RegExp,
][] = [
  [
    "credentials that have run out",
    () => plain,
    { caller: () => Promise.reject(Object.assign(new Error("The token has expired"), { name: "ExpiredToken" })) },
    /credentials/,
    "wrong",
    /aws configure sso/,
  ],
  [
    "an alarm that is set off",
    () => told,
    {
      alarmStates: async (names) =>
        new Map(names.map((name) => [name, name === "gas-unhealthy-instances--dev" ? "ALARM" : "OK"])),
    },
    /alarm gas-unhealthy-instances--dev/,
    "wrong",
    /read its boot output/,
  ],
  [
    "an alarm that somebody has deleted",
    () => told,
    { alarmStates: async (names) => new Map(names.slice(1).map((name) => [name, "OK"])) },
    /alarms/,
    "note",
    /pulumi up/,
  ],
  ["alarms before the first deployment", () => told, { alarmStates: async () => new Map() }, /alarms/, "ok", /^$/],
  [
    "the root user",
    () => plain,
    { caller: async () => ({ arn: "arn:aws:iam::123456789012:root", accountId: "123456789012" }) },
    /credentials/,
    "note",
    /Identity Center/,
  ],
  [
    "a region that does not exist",
    () => plain,
    { regionEnabled: async () => undefined },
    /region/,
    "wrong",
    /aws:region/,
  ],
  ["a region not opted into", () => plain, { regionEnabled: async () => false }, /region/, "wrong", /enable-region/],
  [
    "a type that one zone offers",
    () => plain,
    { zonesOffering: async () => ["us-east-1a"] },
    /t4g/,
    "wrong",
    /set annofarm:instanceType/,
  ],
  [
    "a type that no zone offers",
    () => plain,
    { zonesOffering: async () => [] },
    /t4g/,
    "wrong",
    /annofarm:instanceType/,
  ],
  [
    "a zone of the stack that lacks the type, where others have it",
    () => plain,
    { zonesOffering: async () => ["us-east-1a", "us-east-1c"] },
    /t4g/,
    "wrong",
    /set annofarm:zones to zones that do, such as us-east-1a, us-east-1c/,
  ],
  [
    "a Local Zone that awsx would take, because it comes before",
    () => plain,
    { zones: async () => [zone("us-east-1-bos-1a", { type: "local-zone" }), ...usualZones] },
    /^zones$/,
    "wrong",
    /annofarm:zones to zones that do, such as us-east-1a, us-east-1b /,
  ],
  [
    "a Local Zone that the account has not opted into",
    () => plain,
    { zones: async () => [zone("us-east-1-bos-1a", { type: "local-zone", optedIn: false }), ...usualZones] },
    /^zones$/,
    "ok",
    /^$/,
  ],
  ["subnets that are there already", () => existing, {}, /^subnets$/, "ok", /^$/],
  [
    "subnets that are not there",
    () => existing,
    { zonesOfSubnets: async ([first = ""]) => new Map([[first, "us-east-1a"]]) },
    /^subnets$/,
    "wrong",
    /set annofarm:instanceSubnets and annofarm:publicSubnets/,
  ],
  [
    "a zone of such subnets that lacks the type",
    () => existing,
    { zonesOffering: async () => ["us-east-1a", "us-east-1c"] },
    /t4g/,
    "wrong",
    /name subnets in us-east-1a, us-east-1c in annofarm:instanceSubnets/,
  ],
  [
    "such subnets in a Local Zone",
    () => existing,
    {
      zones: async () => [...usualZones, zone("us-east-1-bos-1a", { type: "local-zone" })],
      zonesOfSubnets: async (ids) => new Map(ids.map((id) => [id, "us-east-1-bos-1a"])),
    },
    /^zones$/,
    "wrong",
    /name subnets in us-east-1a, us-east-1b, us-east-1c/,
  ],
  ["named zones", () => named, {}, /^zones$/, "ok", /^$/],
  [
    "a named zone that is impaired",
    () => named,
    { zones: async () => [...usualZones, zone("us-east-1e", { state: "impaired" })].slice(1) },
    /^zones$/,
    "wrong",
    /such as us-east-1c, us-east-1b /,
  ],
  [
    "too few vCPUs",
    () => plain,
    { quota: async () => 16 },
    /vCPUs on demand/,
    "wrong",
    /increase --region us-east-1 --service-code ec2 --quota-code L-1216C47A --desired-value 46/,
  ],
  ["no room for spot", () => whole, { quota: async () => 5 }, /vCPUs on spot/, "wrong", /L-34B43A08/],
  ["VPCs used up", () => plain, { vpcsInUse: async () => 5 }, /VPCs/, "wrong", /L-F678F1CE --desired-value 6/],
  ["addresses used up", () => whole, { addressesInUse: async () => 5 }, /Elastic IPs/, "wrong", /L-0263D0A3/],
  ["balancers used up", () => plain, { balancersInUse: async () => 64 }, /load balancers/, "wrong", /L-53DA6B97/],
  ["an account without vaults", () => whole, { vaults: async () => [] }, /vaults/, "note", /store to s3/],
  [
    "the sandbox",
    () => plain,
    { mail: async () => ({ sandbox: true, sending: true }) },
    /SES/,
    "note",
    /production-access/,
  ],
  [
    "paused mail",
    () => plain,
    { mail: async () => ({ sandbox: false, sending: false }) },
    /SES/,
    "wrong",
    /Reputation/,
  ],
  ["an unproven sender", () => plain, { mailIdentityVerified: async () => false }, /sender/, "note", /link/],
  [
    "a sender that nobody makes",
    () => ({ ...plain, mailIdentities: [] }),
    { mailIdentityVerified: async () => undefined },
    /sender/,
    "wrong",
    /createMailIdentity/,
  ],
  [
    "no hosted zone",
    () => whole,
    { hostedZones: async () => ["example.com"] },
    /domain/,
    "wrong",
    /create-hosted-zone --name example.org/,
  ],
  [
    "a missing secret",
    () => plain,
    { parameter: async () => undefined },
    /session-secret/,
    "wrong",
    /put-parameter.*openssl/,
  ],
  [
    "a secret in plain text",
    () => plain,
    { parameter: async () => ({ type: "String", value: "" }) },
    /session-secret/,
    "wrong",
    /--overwrite/,
  ],
  ["no permission to look", () => plain, { vpcsInUse: () => Promise.reject(refused) }, /VPCs/, "unknown", /allow/],
];
for (const [what, needs, changes, check, verdict, fix] of troubles) {
  test(`${what}: ${verdict}, with what mends it`, async (t) => {
    const finding = await found(needs(), changes, check);
    t.is(finding.verdict, verdict);
    t.regex(finding.fix ?? "", fix);
  });
}

test("a zone that the world does not know, or knows elsewhere", async (t) => {
  for (const servers of [[], ["ns.elsewhere.example"]]) {
    const findings = await examine(whole, account(), { resolve: async () => servers });
    const domain = findings.find(({ check }) => check.startsWith("domain"));
    t.is(domain?.verdict, "wrong");
    t.regex(domain?.fix ?? "", /registrar/);
  }
});

test("one thing that cannot be read hides nothing else", async (t) => {
  const findings = await examine(plain, account({ vcpusOf: () => Promise.reject(refused) }), { resolve });
  t.is(findings.find(({ check }) => check === "instance types")?.verdict, "unknown");
  t.is(findings.find(({ check }) => check === "SES account")?.verdict, "ok");
});

test("the last free unit suffices, one less does not", (t) => {
  const quota = { check: "q", service: "s", code: "c", unit: "u" };
  const judge = (inUse: number) => judgeQuota(quota, { needed: 2, inUse, limit: 10, region: "r" }).verdict;
  t.deepEqual([judge(8), judge(9)], ["ok", "wrong"]);
});

test("an address is allowed by itself, its domain and those above", (t) => {
  t.deepEqual(identitiesOf("a@mail.example.org"), ["a@mail.example.org", "mail.example.org", "example.org"]);
});

test("the report fits 80 columns, but for commands to copy", async (t) => {
  const findings = await examine(plain, account({ quota: async () => 1, parameter: async () => undefined }), {
    resolve,
  });
  const lines = reportOf(findings).split("\n");
  for (const line of lines) t.true(line.length <= 80 || line.startsWith("   → aws "), line);
  t.regex(lines.at(-2) ?? "", /^\d+ to fix, \d+ not checked, \d+ to note, \d+ passed$/);
});

test("a default key of disks has to let Auto Scaling in: the fix is the grant", async (t) => {
  const arn = "arn:aws:kms:us-east-1:123456789012:key/5678abcd-12ab-34cd-56ef-1234567890ab";
  const role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
  t.is((await found(plain, {}, /^key of disks/)).verdict, "ok");
  const policy = JSON.stringify({
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    },
  });
  const chosen = { defaultDiskKey: async () => arn, key: async () => ({ usable: true, policy }) };
  const refused = await found(plain, chosen, /^key of disks/);
  t.is(refused.verdict, "wrong");
  t.regex(refused.found, /Client\.InternalError/);
  t.regex(refused.fix ?? "", /annofarm:kmsKeyArn/);
  const command =
    /^aws kms create-grant --region us-east-1 --key-id (\S+) --grantee-principal (\S+) --operations ((?:\w+ )+) /;
  const [, key, grantee = "", operations = ""] = command.exec(refused.fix ?? "") ?? [];
  t.deepEqual([key, grantee], [arn, role]);
  const grant = { grantee, operations: operations.trim().split(" ") };
  t.is((await found(plain, { ...chosen, grantsOf: async () => [grant] }, /^key of disks/)).verdict, "ok");
  const toOther = { ...grant, grantee: role.replace("autoscaling", "spot") };
  t.is((await found(plain, { ...chosen, grantsOf: async () => [toOther] }, /^key of disks/)).verdict, "wrong");
  const reading = { ...grant, operations: ["Decrypt"] };
  t.regex(
    (await found(plain, { ...chosen, grantsOf: async () => [reading] }, /^key of disks/)).found,
    /\(CreateGrant, /,
  );

  const asAwsShows = JSON.stringify({
    Statement: [
      {
        ...{ Effect: "Allow", Principal: { AWS: [role] }, Resource: "*" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      },
      {
        ...{ Effect: "Allow", Principal: { AWS: [role] }, Resource: "*", Action: ["kms:CreateGrant"] },
        Condition: { Bool: { "kms:GrantIsForAWSResource": true } },
      },
    ],
  });
  const byPolicy = { ...chosen, key: async () => ({ usable: true, policy: asAwsShows }) };
  t.is((await found(plain, byPolicy, /^key of disks/)).verdict, "ok");
  const disabled = { ...chosen, key: async () => ({ usable: false, policy }) };
  t.regex((await found(plain, disabled, /^key of disks/)).found, /disabled or gone/);
  t.is((await found(plain, { ...chosen, hasRole: async () => false }, /^role of Auto/)).verdict, "wrong");
});

test("a customer's key is judged by its own policy, and what is missing is a statement to add", async (t) => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const planned = await projectPlan({ kmsKeyArn, operatorEmail: "operator@example.org" });
  const needs = { ...needsOf(planned, "us-east-1"), identity: undefined, payments: undefined };
  const root = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::123456789012:root" },
    Action: "kms:*",
    Resource: "*",
  };
  const policy = (...more: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: [root, ...more] });
  const users = [
    ...["sns.amazonaws.com", "s3.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"],
    "logs.us-east-1.amazonaws.com",
  ];
  t.deepEqual(
    needs.keys.map(({ arn, users }) => [arn, users.map(({ principal }) => principal)]),
    [[kmsKeyArn, users]],
  );

  t.like(await found(needs, {}, /^key /), { verdict: "wrong", found: "does not exist" });
  const bare = { key: async () => ({ usable: true, policy: policy() }) };
  for (const principal of users) {
    const { verdict, fix = "" } = await found(needs, bare, new RegExp(`^key .*, ${principal}$`));
    t.is(verdict, "wrong", principal);
    const statement = JSON.parse(fix.slice(fix.indexOf("{"))) as object;
    const mended = { key: async () => ({ usable: true, policy: policy(statement) }) };
    t.is((await found(needs, mended, new RegExp(`, ${principal}$`))).verdict, "ok", principal);
  }
  const toOwnLogs = {
    Effect: "Allow",
    Principal: { Service: "logs.us-east-1.amazonaws.com" },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:gas-*" },
    },
  };
  const narrow = { key: async () => ({ usable: true, policy: policy(toOwnLogs) }) };
  t.is((await found(needs, narrow, /logs\.us-east-1/)).verdict, "ok", "as AWS's documentation narrows it");
  const closed = { key: async () => ({ usable: true, policy: '{"Statement":[]}' }) };
  t.regex(
    (await examine(needs, account(closed), { resolve })).find(({ found }) => /leaves nothing/.test(found))?.fix ?? "",
    /:root/,
  );
  t.is((await found(needs, { ...bare, hasRole: async () => false }, /^role of Auto/)).verdict, "wrong");
});
