// The image that a stack pins: what an `up` finds when there is a newer one, and how the setting comes into the stack's file.
import { fileURLToPath } from "node:url";
import test from "ava";
import { parse } from "yaml";
import type { Emulator } from "../../local/types.ts";
import { instanceTypes, openClients, stackImages } from "../../operate/image/images.ts";
import { withSetting } from "../../operate/image/setting.ts";
import { runProgram } from "../../plan/program.ts";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";
import { testEmulator } from "../support/emulator.ts";
import { projectPlan } from "./plans.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));
const account = { region: "us-east-1", accountId: "123456789012" };

/** Launch templates of the project when the newest image is this one. */
async function templates(newest: string, config: Readonly<Record<string, string>>) {
  const functions = synthesizeFunctions(account);
  const { resources } = await runProgram({
    directory,
    stack: "dev",
    config,
    resources: synthesizeResources(account),
    functions: (token, args) =>
      token === "aws:ssm/getParameter:getParameter" && /ami-amazon-linux/.test(String(args.name))
        ? Promise.resolve({ ...args, value: newest })
        : functions(token, args),
    onOutput: () => {},
  });
  const found = resources.filter(({ type }) => type.endsWith(":LaunchTemplate"));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ inputs }) => inputs);
}

const [old, newer, pin] = ["ami-0000000000000aaaa", "ami-0000000000000bbbb", "ami-0123456789abcdef0"];

test("a pinned image stays when there is a newer one, and an unrelated edit makes no version; without a pin it would", async (t) => {
  const pinned = { imageArm64: pin };
  const before = await templates(old, pinned);
  t.true(before.length > 2 && before.every(({ imageId }) => imageId === pin));
  t.deepEqual(await templates(newer, { ...pinned, dashboard: "false", webMax: "7" }), before);
  const found = [await templates(old, {}), await templates(newer, {})];
  t.deepEqual(
    found.map(([first]) => first?.imageId),
    [old, newer],
  );
});

test("an image is pinned for its architecture alone; what is none is refused", async (t) => {
  const intel = await templates(newer, { imageArm64: pin, instanceType: "t3.small" });
  t.true(intel.every(({ imageId }) => imageId === newer));
  const both = await templates(newer, { imageArm64: old, imageX86: pin, instanceType: "t3.small" });
  t.true(both.every(({ imageId }) => imageId === pin));
  await t.throwsAsync(templates(newer, { imageX86: "al2023" }), {
    message: /annofarm:imageX86.*al2023.*the id of an image such as ami-/,
  });
});

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

test("the newest image of the stack's architecture is found, with its name, and beside it what is pinned", async (t) => {
  const types = instanceTypes(await projectPlan());
  t.deepEqual(types, ["t4g.small"]);
  const environment = { AWS_ENDPOINT_URL: emulator.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  Object.assign(process.env, environment);
  const clients = openClients(emulator.region);
  const look = (values: Readonly<Record<string, string>>) =>
    stackImages(clients, { types, namespace: "annofarm", values });
  const [free, ...others] = await look({});
  t.deepEqual(others, []);
  t.like(free, { architecture: "arm64", setting: "annofarm:imageArm64", pinned: undefined });
  t.regex(free?.newest.id ?? "", /^ami-/);
  const [pinned] = await look({ "annofarm:imageArm64": pin, "annofarm:imageX86": "ami-0000000000000cccc" });
  t.deepEqual(pinned?.pinned, { id: pin, name: undefined }, "which this region does not know");
  t.deepEqual(await stackImages(clients, { types: [], namespace: "annofarm", values: {} }), []);
  clients.close();
  for (const name of Object.keys(environment)) delete process.env[name];
});

const file = `# A stack.
config:
  # Where.
  aws:region: us-east-1   # of AWS
  annofarm:imageX86: ami-1 # kept

# At the end.
`;

test("a setting is written where the others are, and all else stays, comments too", (t) => {
  const added = withSetting(file, "annofarm:imageArm64", pin);
  t.is(added, file.replace("  aws:region", `  annofarm:imageArm64: ${pin}\n  aws:region`));
  t.is(withSetting(added, "annofarm:imageArm64", old), added.replace(pin, old));
  t.is(withSetting(file, "annofarm:imageX86", pin), file.replace("ami-1 #", `${pin} #`));
  t.deepEqual(parse(withSetting("", "annofarm:imageArm64", pin)), { config: { "annofarm:imageArm64": pin } });
  t.deepEqual(parse(withSetting("encryptionsalt: v1", "a:b", pin)), { encryptionsalt: "v1", config: { "a:b": pin } });
  t.throws(() => withSetting("config: [", "a:b", pin), { message: /not YAML/ });
  t.throws(() => withSetting("config: 3", "a:b", pin), { message: /no map/ });
});
