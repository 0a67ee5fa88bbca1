// What stands around an update: plugins that all stacks share, the account, the configuration and what counts as a change.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { awsAccount, localAccount } from "../../../course/stacks/account.ts";
import { linkPlugins, pluginsOf, providePlugins } from "../../../course/stacks/plugins.ts";
import { configOf, fingerprintOf, fingerprintUnder } from "../../../course/stacks/settings.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const scratch = () => mkdtempSync(join(tmpdir(), "annofarm-setup-"));

test("the plugins of a program are those of the packages that it names, at their versions", async (t) => {
  const found = await pluginsOf(join(root, "test", "course", "stacks", "program"));
  const version = (name: string) =>
    (
      JSON.parse(readFileSync(join(root, "node_modules", "@pulumi", name, "package.json"), "utf8")) as {
        version: string;
      }
    ).version;
  t.deepEqual(found.map(({ name }) => name).sort(), ["aws", "awsx", "tls"]);
  t.is(found.find(({ name }) => name === "aws")?.version, version("aws"));
});

test("what is missing is fetched once, by the command line that the user has", async (t) => {
  const home = scratch();
  const calls = join(home, "calls");
  const command = join(home, "pulumi");
  // Stands for a download.
  writeFileSync(
    command,
    `#!/bin/sh\necho "$PULUMI_HOME $*" >> '${calls}'\ntest "$4" != tls || { echo "no route to host" >&2; exit 1; }\n` +
      `mkdir -p "$PULUMI_HOME/plugins/resource-$4-v$5"\n`,
  );
  chmodSync(command, 0o755);
  const folder = join(home, "plugins");
  mkdirSync(join(folder, "resource-awsx-v3.0.0"), { recursive: true });
  const plugins = [
    { name: "aws", version: "7.0.0" },
    { name: "awsx", version: "3.0.0" },
  ];
  const told: string[] = [];
  await providePlugins(command, folder, plugins, (line) => told.push(line));
  await providePlugins(command, folder, plugins, (line) => told.push(line));
  t.is(readFileSync(calls, "utf8"), `${home} plugin install resource aws 7.0.0\n`);
  t.deepEqual(told, ["fetching Pulumi's plugin aws 7.0.0"]);
  await t.throwsAsync(
    providePlugins(command, folder, [{ name: "tls", version: "5.0.0" }], () => {}),
    { message: /plugin tls 5\.0\.0 cannot be fetched: no route to host; check the network/ },
  );
});

test("each home has the plugins and no copy of them", async (t) => {
  const folder = scratch();
  mkdirSync(join(folder, "resource-aws-v7.0.0"));
  const homes = ["one", "two"].map((name) => join(scratch(), name));
  for (const home of [...homes, ...homes]) await linkPlugins(home, folder);
  for (const home of homes) {
    t.deepEqual(readdirSync(join(home, "plugins")), ["resource-aws-v7.0.0"]);
    t.is(realpathSync(join(home, "plugins")), realpathSync(folder));
  }
  mkdirSync(join(folder, "own", "plugins"), { recursive: true });
  await t.throwsAsync(linkPlugins(join(folder, "own"), folder), { code: "EEXIST" });
});

test("on AWS a user's own settings of Pulumi are left out, and those of AWS are not", (t) => {
  process.env.PULUMI_BACKEND_URL = "file:///elsewhere";
  process.env.AWS_PROFILE = "staff";
  t.teardown(() => {
    delete process.env.PULUMI_BACKEND_URL;
    delete process.env.AWS_PROFILE;
  });
  const { inherited, plugins } = awsAccount({ PULUMI_HOME: "/home/me/pulumi" });
  t.like(inherited, { AWS_PROFILE: "staff", PULUMI_BACKEND_URL: undefined });
  t.is(plugins, "/home/me/pulumi/plugins");
});

test("an account of this machine that is not there is said with what to do", async (t) => {
  const file = join(scratch(), "emulate.json");
  await t.throwsAsync(localAccount(file), { message: /there is no .*emulate\.json; start annofarm emulate/ });
  const emulated = { region: "us-east-1", accountId: "123456789012", pid: 1, environment: {}, pulumiHome: "/p" };
  writeFileSync(file, JSON.stringify({ ...emulated, endpoint: "http://127.0.0.1:9" }));
  await t.throwsAsync(localAccount(file), {
    message: /http:\/\/127\.0\.0\.1:9, where nothing answers; start annofarm/,
  });
  writeFileSync(file, "{}");
  await t.throwsAsync(localAccount(file), { message: /emulate\.json: .*endpoint/s });
  writeFileSync(file, "{");
  await t.throwsAsync(localAccount(file), { message: /emulate\.json is not JSON; start annofarm/ });
});

function project(): string {
  const folder = scratch();
  writeFileSync(join(folder, "Pulumi.yaml"), "name: small\nruntime: nodejs\n");
  writeFileSync(join(folder, "index.ts"), "export {};\n");
  writeFileSync(
    join(folder, "Pulumi.dev.yaml"),
    "config:\n  small:owner: dev\n  small:size: 2\n  small:key:\n    secure: v1:abc\n",
  );
  return folder;
}

test("a stack has the template's values, the course's over them, the command's over both, and its own name", async (t) => {
  const program = project();
  const course = { course: "gas26", program, stack: "dev", region: "eu-central-1", parallel: 4 };
  const of = (config: Record<string, string>, given: Record<string, string>) =>
    configOf({ ...course, config }, "gas26-saaaaaa", given, true);
  const { values } = await of({ size: "3", colour: "red", key: "k" }, { colour: "blue" });
  t.deepEqual(values, {
    "annofarm:names": "owner",
    "small:owner": "gas26-saaaaaa",
    "small:size": "3",
    "small:colour": "blue",
    "small:key": "k",
    "aws:region": "eu-central-1",
  });
  const own = await of({ owner: "me", key: "k" }, {});
  t.is(own.values["small:owner"], "gas26-saaaaaa");
  await t.throwsAsync(of({}, {}), { message: /keeps small:key encrypted.*give the value with -c small:key=…/ });
  // Nothing runs when a stack goes.
  await t.notThrowsAsync(configOf({ ...course, config: {} }, "gas26-saaaaaa", {}, false));
});

test("a change is one of the program or its settings; not of the roster, a document, or the course file", async (t) => {
  const program = project();
  const [courseFile, roster] = [join(program, "course.yaml"), join(program, "people.txt")];
  const print = () => fingerprintOf(program, [courseFile, roster]);
  const before = await print();
  for (const beside of [courseFile, roster, join(program, "README.md"), join(program, "roster.csv")]) {
    writeFileSync(beside, "any");
  }
  mkdirSync(join(program, ".annofarm"));
  writeFileSync(join(program, ".annofarm", "state.json"), "{}");
  t.is(await print(), before);
  writeFileSync(join(program, "index.ts"), "export const url = 1;\n");
  const after = await print();
  t.not(after, before);
  t.true(existsSync(courseFile));
  const config = (size: string) => ({ project: "small", entry: "", encrypted: [], values: { "small:size": size } });
  t.is(fingerprintUnder(after, config("2")), fingerprintUnder(after, config("2")));
  t.not(fingerprintUnder(after, config("2")), fingerprintUnder(after, config("3")));
  t.not(fingerprintUnder(after, config("2")), fingerprintUnder(before, config("2")));
});
