/**
 * The policy pack in the process that Pulumi's engine would start, spoken to as the engine speaks: its Node host, the
 * analyzer's gRPC service, resources on the wire. What is missing here is the engine itself.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import test from "ava";
import { controls } from "../../../plan/policy/controls.ts";
import type { Plan } from "../../../plan/types.ts";
import { directory, planOf, World } from "./world.ts";

const require = createRequire(import.meta.url);
const analyzer = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");

const levels: Readonly<Record<number, string>> = { 0: "advisory", 1: "mandatory", 2: "disabled" };
/** How the engine writes a text that is not known before the deployment. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let host: ChildProcess;
let plan: Plan;
// biome-ignore lint/suspicious/noExplicitAny: generated code without usable types
let client: any;

test.before(async () => {
  const pack = join(directory, "plan/policy/pack");
  host = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."], {
    cwd: pack,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: host.stdout as NodeJS.ReadableStream });
  const [[port], planned] = await Promise.all([once(lines, "line"), planOf("local")]);
  client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  plan = planned;
});
test.after.always(() => {
  client?.close();
  host?.kill();
});

// biome-ignore lint/suspicious/noExplicitAny: as above
const ask = (method: string, request: unknown): Promise<any> =>
  new Promise((resolve, reject) => {
    client[method](request, (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer)));
  });

interface Wire {
  /** Properties of a resource not known yet, by its URN. */
  readonly unknown?: Readonly<Record<string, readonly string[]>>;
  /** Property → URNs it came from, by URN. */
  readonly origins?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Asks the pack about the plan's resources; diagnostics as `policy level message`. */
async function analyze({ resources }: Plan, { unknown = {}, origins = {} }: Wire = {}) {
  const request = new analyzer.AnalyzeStackRequest();
  for (const { urn, type, name, parent, custom, id, inputs, outputs } of resources) {
    const resource = new analyzer.AnalyzerResource();
    const properties: Record<string, unknown> = structuredClone({ ...outputs, ...inputs });
    // Bridged providers, such as that of AWS, have the id among their outputs.
    if (custom && id !== "") properties.id = id;
    for (const key of unknown[urn] ?? []) properties[key] = unknownText;
    resource.setType(type);
    resource.setUrn(urn);
    resource.setName(name);
    resource.setParent(parent ?? "");
    resource.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(properties))));
    resource.setOptions(new analyzer.AnalyzerResourceOptions());
    for (const [property, urns] of Object.entries(origins[urn] ?? {})) {
      const sources = new analyzer.AnalyzerPropertyDependencies();
      sources.setUrnsList(urns);
      resource.getPropertydependenciesMap().set(property, sources);
    }
    request.addResources(resource);
  }
  const answer = await ask("analyzeStack", request);
  return answer.getDiagnosticsList().map((found: Record<string, () => unknown>) => ({
    policy: found.getPolicyname?.(),
    level: levels[found.getEnforcementlevel?.() as number],
    message: String(found.getMessage?.()),
    urn: found.getUrn?.(),
  })) as { policy: string; level: string; message: string; urn: string }[];
}

test.serial("the pack: a policy for each control, with its level, severity and source", async (t) => {
  const info = await ask("getAnalyzerInfo", new Empty());
  t.is(info.getName(), "annofarm");
  const listed = info.getPoliciesList();
  t.deepEqual(
    listed.map((policy: Record<string, () => unknown>) => policy.getName?.()),
    controls.map(({ id }) => id.toLowerCase().replace(".", "-")),
  );
  for (const [index, policy] of listed.entries()) {
    const { id, severity, fix } = controls[index] as (typeof controls)[number];
    const expected = ["Critical", "High"].includes(severity) ? "mandatory" : "advisory";
    t.is(levels[policy.getEnforcementlevel()], expected, id);
    t.regex(policy.getUrl(), /^https:\/\/docs\.aws\.amazon\.com\/securityhub\/.*#[a-z0-9]+-\d+$/, id);
    t.is(policy.getRemediationSteps(), fix);
    t.is(policy.getFramework().getReference(), id);
    t.true(policy.getConfigschema().getProperties().toJavaScript().exceptions !== undefined);
  }
});

test.serial("the default program passes", async (t) => {
  t.deepEqual(await analyze(plan), []);
});

test.serial("a violation is told at its resource, with the fix, at the level of its severity", async (t) => {
  const world = new World(plan)
    .set("Listener", "gas-web-https", "sslPolicy", "ELBSecurityPolicy-2016-08")
    .set("DefaultSecurityGroup", undefined, "ingress", [{ protocol: "-1" }]);
  const found = await analyze(world.plan);
  t.deepEqual(
    found.map(({ policy, level, urn }) => [policy, level, urn]),
    [
      ["ec2-2", "mandatory", world.resource("DefaultSecurityGroup").urn],
      ["elb-17", "advisory", world.resource("Listener", "gas-web-https").urn],
    ],
  );
  t.regex(found[1]?.message ?? "", /sslPolicy: found "ELBSecurityPolicy-2016-08", wanted one of .*\. Fix: sslPolicy: /);
});

test.serial("in a first preview relations hold, and what needs an unknown text waits", async (t) => {
  const world = new World(plan);
  const bucket = world.resource("Bucket", "gas-inputs");
  const block = world.resource("BucketPublicAccessBlock", "gas-inputs");
  const policy = world.resource("BucketPolicy", "gas-inputs");
  const from = { bucket: [bucket.urn] };
  const settings = world.plan.resources.filter(
    ({ type, inputs }) => type.startsWith("aws:s3/bucket") && inputs.bucket === bucket.id && type !== bucket.type,
  );
  const found = await analyze(world.plan, {
    unknown: {
      [bucket.urn]: ["bucket", "arn", "id"],
      ...Object.fromEntries(settings.map(({ urn }) => [urn, ["bucket"]])),
      [policy.urn]: ["bucket", "policy"],
    },
    origins: Object.fromEntries(settings.map(({ urn }) => [urn, from])),
  });
  t.true(settings.includes(block));
  // The block, the lifecycle and the logging are found by where their bucket came from; the policy's text is not known.
  t.deepEqual(
    found.map(({ policy }) => policy),
    ["s3-5"],
  );
  for (const { message, level } of found) {
    t.is(level, "advisory");
    t.regex(message, /can't run policy 's3-\d' .* during preview/);
  }
});

test.serial("configuration: an exception can be refused, a level changed", async (t) => {
  const request = new analyzer.ConfigureAnalyzerRequest();
  const configure = (policy: string, level: number, properties: object) => {
    const config = new analyzer.PolicyConfig();
    config.setEnforcementlevel(level);
    config.setProperties(Struct.fromJavaScript(properties));
    request.getPolicyconfigMap().set(policy, config);
  };
  configure("elb-6", 1, { exceptions: false });
  configure("ec2-172", 2, { exceptions: false });
  await ask("configure", request);
  const found = await analyze(plan);
  t.deepEqual(
    found.map(({ policy, level }) => [policy, level]),
    [["elb-6", "mandatory"]],
  );
});
