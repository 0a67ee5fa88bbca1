// The doctor's questions to the real parts: emulator, identity provider, payment service; and the command as it is run.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeSubnetsCommand, EC2Client, ModifyEbsDefaultKmsKeyIdCommand } from "@aws-sdk/client-ec2";
import { CreateVaultCommand, GlacierClient } from "@aws-sdk/client-glacier";
import { CreateGrantCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import { startIdentity } from "../../local/identity/identity.ts";
import { freePort } from "../../local/net/free-port.ts";
import { startPayments } from "../../local/payments/payments.ts";
import { startChildren } from "../../local/process/children.ts";
import { ensurePython } from "../../local/process/python/environment.ts";
import type { Emulator } from "../../local/types.ts";
import { type AccountReader, openAccount } from "../../operate/doctor/account.ts";
import { checkIdentity } from "../../operate/doctor/checks/identity.ts";
import { checkPayments } from "../../operate/doctor/checks/payments.ts";
import type { Needs } from "../../operate/doctor/needs.ts";
import { runCommand } from "../support/command.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";

let emulator: Emulator;
let account: AccountReader;
const environment = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };
test.before(async () => {
  emulator = await testEmulator();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: emulator.endpoint });
  account = openAccount("us-east-1");
});
test.after.always(() => {
  account?.close();
  return emulator?.stop();
});

test("an account answers what the doctor asks", async (t) => {
  t.is((await account.caller()).accountId, emulator.accountId);
  t.is(await account.regionEnabled(), true);
  const elsewhere = openAccount("mars-north-1");
  t.is(await elsewhere.regionEnabled().catch(() => undefined), undefined);
  elsewhere.close();
  const letters = (...all: string[]) => all.map((letter) => `us-east-1${letter}`);
  const usual = { type: "availability-zone", state: "available", optedIn: true };
  t.deepEqual(
    await account.zones(),
    letters("a", "b", "c", "d", "e", "f").map((name) => ({ name, ...usual })),
  );
  t.deepEqual(await account.zonesOffering("t4g.small"), letters("a", "b", "c", "d", "f"));
  t.deepEqual(await account.zonesOffering("t99.huge"), []);
  const ec2 = new EC2Client(clientOptions(emulator));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [{ SubnetId = "", AvailabilityZone = "" } = {}] = Subnets;
  const found = await account.zonesOfSubnets([SubnetId, "subnet-0123456789abcdef0"]);
  t.deepEqual([...found], [[SubnetId, AvailabilityZone]], "one that nobody has is left out");
  t.is((await account.vcpusOf(["t4g.small"])).get("t4g.small"), 2);
  t.deepEqual(await account.vcpusInUse(), { onDemand: 0, spot: 0 });
  t.deepEqual([await account.balancersInUse(), await account.addressesInUse()], [0, 0]);
  t.is(await account.vpcsInUse(), 1, "the default one");
  t.is(await account.quota("vpc", "L-F678F1CE"), 5);

  t.deepEqual(await account.vaults(), []);
  const glacier = new GlacierClient(clientOptions(emulator));
  await glacier.send(new CreateVaultCommand({ accountId: "-", vaultName: "cold" }));
  t.deepEqual(await account.vaults(), ["cold"]);

  const route53 = new Route53Client(clientOptions(emulator));
  await route53.send(new CreateHostedZoneCommand({ Name: "example.org", CallerReference: "1" }));
  t.deepEqual(await account.hostedZones(), ["example.org"]);

  t.is(await account.mailIdentityVerified("gas@example.org"), undefined);
  const ses = new SESv2Client(clientOptions(emulator));
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: "gas@example.org" }));
  t.is(typeof (await account.mailIdentityVerified("gas@example.org")), "boolean");

  const cloudwatch = new CloudWatchClient(clientOptions(emulator));
  const alarm = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" } as const;
  const metric = { Namespace: "n", MetricName: "m", Period: 60, Statistic: "Sum" } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: "there", ...alarm, ...metric }));
  const setOff = { AlarmName: "there", StateValue: "ALARM", StateReason: "a test" } as const;
  await cloudwatch.send(new SetAlarmStateCommand(setOff));
  t.deepEqual([...(await account.alarmStates(["there", "not there"]))], [["there", "ALARM"]]);
  cloudwatch.destroy();

  t.is(await account.defaultDiskKey(), undefined);
  const kms = new KMSClient(clientOptions(emulator));
  const { KeyMetadata: { Arn: key = "" } = {} } = await kms.send(new CreateKeyCommand({}));
  await ec2.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: key }));
  t.is(await account.defaultDiskKey(), key);
  t.deepEqual(await account.grantsOf(key), []);
  const grantee = `arn:aws:iam::${emulator.accountId}:role/one`;
  await kms.send(new CreateGrantCommand({ KeyId: key, GranteePrincipal: grantee, Operations: ["Decrypt"] }));
  t.deepEqual(await account.grantsOf(key), [{ grantee, operations: ["Decrypt"] }]);
  for (const client of [ec2, kms]) client.destroy();

  t.is(await account.parameter("/gas/none"), undefined);
  const ssm = new SSMClient(clientOptions(emulator));
  await ssm.send(new PutParameterCommand({ Name: "/gas/one", Type: "SecureString", Value: "hush" }));
  t.deepEqual(await account.parameter("/gas/one"), { type: "SecureString", value: "" });
  t.deepEqual(await account.parameter("/gas/one", true), { type: "SecureString", value: "hush" });
  for (const client of [glacier, route53, ses, ssm]) client.destroy();
});

test("an identity provider is asked for its discovery document", async (t) => {
  const identity = await startIdentity({
    port: await freePort(),
    directory: await mkdtemp(join(tmpdir(), "annofarm-doctor-")),
    redirectUris: ["http://localhost:1/authcallback"],
    postLogoutRedirectUris: ["http://localhost:1/"],
    log: { info() {}, error() {} },
  });
  t.teardown(() => identity.stop());
  const look = async (issuer: string, clientId = "gas") =>
    checkIdentity({ identity: { issuer, clientId }, publicUrl: "https://gas.example.org" } as Needs);
  const [good, client] = await look(identity.issuer);
  t.is(good?.verdict, "ok", good?.found);
  t.regex(client?.fix ?? "", /https:\/\/gas\.example\.org\/authcallback/);
  t.is((await look(`${identity.issuer}/nowhere`))[0]?.verdict, "wrong");
  t.is((await look(`${identity.issuer}/`))[0]?.verdict, "wrong", "the issuer's name is compared to the letter");
  t.is((await look(`http://127.0.0.1:${await freePort()}`))[0]?.verdict, "unknown");
  t.is((await look(identity.issuer, "00000000-0000-0000-0000-000000000000"))[1]?.verdict, "wrong");
});

test("Stripe is asked for the price, by a key that is shown nowhere", async (t) => {
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../.annofarm", import.meta.url)) });
  const directory = await mkdtemp(join(tmpdir(), "annofarm-doctor-"));
  const children = startChildren();
  t.teardown(() => children.stopAll());
  const stripe = await startPayments({
    localstripe: python.bin("localstripe"),
    children,
    webhookUrl: "http://127.0.0.1:1/stripe/webhook",
    logFile: join(directory, "log"),
    stateFile: join(directory, "state.pickle"),
  });
  const look = async (secret: string, changes: Partial<NonNullable<Needs["payments"]>> = {}) => {
    const payments = {
      publishableKey: "pk_test_1",
      priceId: stripe.priceId,
      apiUrl: stripe.apiUrl,
      secretKey: "/gas/stripe-secret-key",
      ...changes,
    };
    const parameter = async () => ({ type: "SecureString", value: secret });
    const [finding] = await checkPayments({ payments } as Needs, { parameter } as unknown as AccountReader);
    t.false(JSON.stringify(finding).includes(secret));
    return finding?.verdict;
  };
  t.is(await look(stripe.secretKey), "ok");
  t.is(await look(stripe.secretKey, { priceId: "nobodys-plan" }), "wrong");
  t.is(await look("sk_live_1"), "wrong", "keys of two modes");
  t.is(await look(stripe.secretKey, { priceId: "price_replace_me" }), "wrong");
  t.is(await look(stripe.secretKey, { apiUrl: `http://127.0.0.1:${await freePort()}` }), "unknown");
});

test("the command tells what to mend, and exits with 1 for it", async (t) => {
  // Nobody else's servers are asked: the issuer is a port where nothing listens.
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const command = runCommand(["doctor", "--json", "-c", `identityIssuer=${nowhere}`], {
    ...environment,
    AWS_ENDPOINT_URL: emulator.endpoint,
  });
  t.deepEqual(await command.ended, { code: 1, signal: null }, command.stderr);
  const { findings } = JSON.parse(command.stdout) as { findings: { check: string; verdict: string; fix?: string }[] };
  const secret = findings.find(({ check }) => check === "secret /gas/dev/session-secret");
  t.is(secret?.verdict, "wrong");
  t.regex(secret?.fix ?? "", /^aws ssm put-parameter --region us-east-1/);
  t.is(findings.find(({ check }) => check === "credentials")?.verdict, "ok");
});
