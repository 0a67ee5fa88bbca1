// What `npm pack` makes, used as somebody would who has installed it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { Plan } from "../../plan/types.ts";
import { type Installed, install, run } from "./installed.ts";

let installed: Installed;
test.before("pack and install", async () => {
  installed = await install();
});
test.after.always(() => installed?.remove());

const tsc = fileURLToPath(new URL("../../node_modules/typescript-native/bin/tsc", import.meta.url));

/** What is not built: launchers, what they read, and what npm always packs. */
const asTheyAre = [
  "LICENSE",
  "PulumiPlugin.yaml",
  "README.md",
  "bin/annofarm.js",
  "components/portable/plugin.js",
  "components/portable/schema.json",
  "package.json",
];

const exportsOf = () =>
  Object.keys(installed.manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => path.replace(".", "annofarm"));

test("the tarball holds what is run and read, and stays small", (t) => {
  const paths = [...installed.files.keys()];
  for (const needed of [
    ...asTheyAre,
    "dist/components/index.d.ts",
    "dist/components/portable/provider.js",
    "dist/runtime/web/main.js",
    "dist/runtime/web/static/icon.svg",
    "dist/runtime/annotator/reference/data/genes.tsv.gz",
    "dist/local/process/python/requirements.txt",
    "dist/local/console/ui/main.js",
    "dist/loadtest/web.js",
  ]) {
    t.true(installed.files.has(needed), needed);
  }
  // TypeScript would not run below node_modules; tests, stacks and examples are the repository's, but for the program of what a class
  // shares, which the command line runs.
  const foreign = paths.filter(
    (path) =>
      /(?<!\.d)\.tsx?$/.test(path) ||
      !(path.startsWith("dist/") || asTheyAre.includes(path)) ||
      /^dist\/(?!(bin|components|runtime|plan|scaling|local|operate|course|loadtest|examples\/course-shared)\/)/.test(
        path,
      ) ||
      /\.test\.|fixture/.test(path),
  );
  t.deepEqual(foreign, []);
  // 4 MB of it are the annotator's genes, transcripts and alleles.
  t.true(installed.packedBytes < 6_000_000, `${installed.packedBytes} bytes packed`);
});

for (const [kind, module, moduleResolution] of [
  ["NodeNext", "NodeNext", "NodeNext"],
  ["Bundler", "ESNext", "Bundler"],
] as const) {
  test(`a program type-checks under ${kind}, declarations of the package included`, async (t) => {
    const config = `tsconfig.${kind}.json`;
    const compilerOptions = {
      target: "ES2023",
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ["node"],
      // The package's own declarations are checked below; those of others are not ours.
      skipLibCheck: true,
    };
    await writeFile(join(installed.directory, config), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    const { code, stdout } = await run(installed.directory, [process.execPath, tsc, "-p", config]);
    t.is(code, 0, stdout);
  });
}

test("no declaration names a file that the package lacks", async (t) => {
  const missing: string[] = [];
  for (const path of [...installed.files.keys()].filter((each) => each.endsWith(".d.ts"))) {
    const text = await readFile(join(installed.directory, "node_modules/annofarm", path), "utf8");
    for (const [, specifier = ""] of text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
      const target = join(path, "..", specifier).replace(/\.js$/, ".d.ts");
      if (!installed.files.has(target)) missing.push(`${path} → ${specifier}`);
    }
  }
  t.deepEqual(missing, []);
});

test("every export can be imported, and nothing of the services or of the local run is loaded with it", async (t) => {
  const trace = join(installed.directory, "trace.txt");
  const load = exportsOf()
    .filter((specifier) => !["annofarm/plan", "annofarm/policy"].includes(specifier))
    .map((specifier) => `await import(${JSON.stringify(specifier)});`)
    .join(" ");
  const { code, stderr } = await run(
    installed.directory,
    [process.execPath, "--import", "./trace.js", "--input-type=module", "--eval", load],
    { TRACE: trace },
  );
  t.is(code, 0, stderr);
  const loaded = (await readFile(trace, "utf8")).split("\n");
  t.true(loaded.some((each) => each.includes("/annofarm/dist/components/web/web-farm.js")));
  t.true(loaded.some((each) => each.includes("/@pulumi/aws/")));
  const forbidden = loaded.filter((each) =>
    /\/node_modules\/(@aws-sdk|express|stripe|openid-client|oidc-provider|preact|pino|tsx|commander)\/|annofarm\/dist\/(local|plan|bin|scaling|runtime\/(?!contract\/))/.test(
      each,
    ),
  );
  t.deepEqual(forbidden, []);
});

test.serial("the command plans the program with the services built from the package", async (t) => {
  const annofarm = join(installed.directory, "node_modules/.bin/annofarm");
  const { code, stdout, stderr } = await run(installed.directory, [annofarm, "plan", "-s", "dev", "--json"]);
  t.is(code, 0, stderr);
  const plan = JSON.parse(stdout) as Plan;
  const bundles = plan.resources.filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2");
  t.deepEqual(bundles.map(({ name }) => name).sort(), ["lab-annotator", "lab-archive", "lab-shop", "lab-web"]);
  for (const { inputs } of bundles) {
    const { path } = inputs.source as { path: string };
    t.true(path.startsWith(join(installed.directory, ".annofarm/bundles")), path);
  }
  t.deepEqual(plan.outputs.group, "lab-annotator--dev");
});

test.serial("the plan can be read by a program of one's own, a test for example", async (t) => {
  const program =
    'import { readPlan } from "annofarm/plan";' +
    'const plan = await readPlan({ directory: process.cwd(), stack: "dev", onOutput: () => {} });' +
    'console.log(plan.resources.filter(({ type }) => type === "aws:autoscaling/group:Group").length);';
  const { code, stdout, stderr } = await run(installed.directory, [
    process.execPath,
    "--input-type=module",
    "--eval",
    program,
  ]);
  t.is(code, 0, stderr);
  t.is(stdout, "3\n");
});
