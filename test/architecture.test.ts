// The import table of docs/architecture.md, held by a test. Changing it is a decision record, not an exception.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import ts from "typescript";
import { rowsUnder } from "./support/text/tables.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Rule {
  /** Folders of ours that may be imported, besides the folder itself. */
  readonly ours: readonly string[];
  /** Packages that may not be imported (prefix match), because somebody else is their only user. */
  readonly notPackages?: readonly string[];
  /** When given, the only packages that may be imported. */
  readonly onlyPackages?: readonly string[];
}

const sdk = "@aws-sdk/";
const pulumi = "@pulumi/";
const telemetry = "@opentelemetry/";
const service: Rule = {
  ours: ["runtime/jobs", "runtime/vcf", "runtime/results", "runtime/aws", "runtime/telemetry", "runtime/contract"],
  notPackages: [sdk, pulumi, telemetry],
};

// The longest matching prefix decides.
const table: Record<string, Rule> = {
  "runtime/contract": { ours: [], notPackages: [sdk, pulumi, telemetry, "express"] },
  "runtime/jobs": { ours: ["runtime/contract"], notPackages: [sdk, pulumi, telemetry, "express"] },
  // Decision 78: what a VCF file must be, for those who annotate it, take it and read it, and for browsers.
  "runtime/vcf": { ours: ["runtime/contract"], notPackages: [sdk, pulumi, telemetry, "express", "node:"] },
  // Decision 71: what is made of a result, and how it is read, for the services that write and read it.
  "runtime/results": {
    ours: ["runtime/jobs", "runtime/vcf", "runtime/contract"],
    notPackages: [sdk, pulumi, telemetry, "express"],
  },
  "runtime/aws": { ours: ["runtime/jobs", "runtime/contract"], notPackages: [pulumi, telemetry, "express"] },
  // Decision 66: OpenTelemetry's only user.
  "runtime/telemetry": { ours: ["runtime/jobs", "runtime/contract"], notPackages: [sdk, pulumi, "express"] },
  "runtime/web": service,
  "runtime/annotator": service,
  "runtime/archiver": service,
  "runtime/restorer": service,
  "runtime/notifier": service,
  components: { ours: ["runtime/contract"], notPackages: [sdk, "express", "stripe"] },
  "index.ts": { ours: ["components"], onlyPackages: [pulumi] },
  // Programs as their users write them: they know the package, not its files. An app of theirs imports what it likes.
  examples: { ours: [], onlyPackages: [pulumi, "annofarm"] },
  "examples/web-farm-own-app/app": { ours: [], onlyPackages: ["@aws-sdk/"] },
  plan: { ours: ["runtime/contract"], notPackages: [sdk, "express", "@pulumi/aws"] },
  // Decisions 35, 49: one reading of schedules and of statistics, and one way to tell what of a declaration was not read.
  scaling: {
    ours: [
      "plan/types.ts",
      "plan/unread.ts",
      "runtime/contract/cron.ts",
      "runtime/contract/names.ts",
      "runtime/contract/scheduled-size.ts",
      "runtime/contract/statistic.ts",
    ],
    notPackages: [sdk, pulumi, "express"],
  },
  local: { ours: ["plan", "scaling", "runtime/contract"], notPackages: [pulumi, "express"] },
  operate: { ours: ["plan", "runtime/contract"], notPackages: [pulumi, "express"] },
  // Decision 23: the one place of local that speaks to Pulumi's engine, as provider and as caller.
  "local/engine": {
    ours: ["local", "plan", "runtime/contract"],
    notPackages: [sdk, "@pulumi/aws", "@pulumi/awsx", "@pulumi/tls", "express"],
  },
  // Decision 38: what it needs run on this machine it gets by the command line.
  course: { ours: ["plan", "scaling", "operate", "runtime/contract"], notPackages: ["@pulumi/aws", "express"] },
  loadtest: { ours: [], onlyPackages: ["k6"] },
  // What starts k6, records and reports runs in Node; it sees a service as anybody does, through HTTP and AWS's APIs.
  "loadtest/measure": { ours: ["scaling", "plan", "runtime/contract"], notPackages: [pulumi, "express", "k6"] },
  // Decision 32: `annofarm annotate` is the service's own annotator.
  bin: {
    ours: [
      "plan",
      "local",
      "scaling",
      "operate",
      "course",
      "loadtest",
      "runtime/annotator",
      "runtime/vcf",
      "runtime/contract",
    ],
    notPackages: [sdk, pulumi, "express"],
  },
  test: { ours: [""] },
  bench: { ours: [""] },
};

const isIn = (file: string, place: string) => place === "" || file === place || file.startsWith(`${place}/`);

function ruleOf(file: string): [string, Rule] {
  const place = Object.keys(table)
    .filter((candidate) => isIn(file, candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (place === undefined) throw new Error(`${file} is in no folder of the table`);
  return [place, table[place] as Rule];
}

const sources = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && ts.sys.fileExists(join(root, file)));

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  // Not calls of `require`: in an ES module that is somebody's own function, such as `config.require("key")`.
  return ts.preProcessFile(text, true, false).importedFiles.map((found) => found.fileName);
}

/** What is wrong with one import, or undefined. */
function objection(file: string, specifier: string): string | undefined {
  const [place, rule] = ruleOf(file);
  if (specifier.startsWith(".")) {
    const target = relative(root, resolve(root, dirname(file), specifier));
    if (isIn(target, place) || rule.ours.some((allowed) => isIn(target, allowed))) return undefined;
    return `${file} imports ${target}: ${place} may import ${rule.ours.join(", ") || "nothing of ours"}`;
  }
  if (specifier.startsWith("node:") && !rule.notPackages?.includes("node:")) return undefined;
  if (rule.notPackages?.some((banned) => specifier.startsWith(banned))) {
    return `${file} imports ${specifier}, which ${place} may not`;
  }
  if (rule.onlyPackages && !rule.onlyPackages.some((allowed) => specifier.startsWith(allowed))) {
    return `${file} imports ${specifier}: ${place} may import only ${rule.onlyPackages.join(", ")}`;
  }
  return undefined;
}

test("every import is one the table allows", (t) => {
  const objections = sources.flatMap((file) =>
    importsOf(file).flatMap((specifier) => objection(file, specifier) ?? []),
  );
  t.deepEqual(objections, []);
});

test("nothing imports tests or benchmarks", (t) => {
  const wrong = sources
    .filter((file) => !isIn(file, "test") && !isIn(file, "bench"))
    .flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => relative(root, resolve(root, dirname(file), specifier)))
        .filter((target) => isIn(target, "test") || isIn(target, "bench"))
        .map((target) => `${file} imports ${target}`),
    );
  t.deepEqual(wrong, []);
});

/** Every cycle of imports, as `a → b → a`. Those of types count: two files that need each other are read as one. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

function ownImports(file: string): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

test("no import cycles", (t) => {
  t.deepEqual(cyclesOf(new Map(sources.map((file) => [file, ownImports(file)]))), []);
  const looped = { a: ["b"], b: ["c"], c: ["b"] };
  t.deepEqual(cyclesOf(new Map(Object.entries(looped))), ["b → c → b"]);
});

test("the table is not empty talk: it refuses what it should", (t) => {
  t.regex(objection("runtime/web/main.ts", "@aws-sdk/client-s3") ?? "", /may not/);
  t.regex(objection("runtime/archiver/archiver.ts", "../restorer/restorer.ts") ?? "", /runtime\/archiver may import/);
  t.regex(objection("local/gateway/gateway.ts", "../../runtime/aws/queue.ts") ?? "", /local may import/);
  t.regex(objection("index.ts", "./runtime/contract/job.ts") ?? "", /index\.ts may import components/);
  t.regex(
    objection("examples/archive-stores/index.ts", "../../components/index.ts") ?? "",
    /examples may import nothing/,
  );
  t.regex(objection("bin/commands/cost.ts", "@aws-sdk/client-pricing") ?? "", /may not/);
  t.regex(objection("bin/commands/cost.ts", "../../runtime/web/main.ts") ?? "", /bin may import/);
  t.regex(objection("course/stacks/engine.ts", "../../local/engine/engine.ts") ?? "", /course may import/);
  t.regex(objection("loadtest/web.ts", "node-fetch") ?? "", /loadtest may import only k6/);
  t.regex(objection("loadtest/measure/run.ts", "../../local/run.ts") ?? "", /loadtest\/measure may import/);
  t.is(objection("runtime/aws/clients.ts", "@aws-sdk/client-s3"), undefined);
});

/** Words of the document for places; all other words are of packages. */
const places: Readonly<Record<string, readonly string[]>> = {
  contract: ["runtime/contract"],
  jobs: ["runtime/jobs"],
  aws: ["runtime/aws"],
  telemetry: ["runtime/telemetry"],
  "a service": ["runtime/web", "runtime/annotator", "runtime/archiver", "runtime/restorer", "runtime/notifier"],
  "loadtest scenarios": ["loadtest"],
  "plan's types": ["plan/types.ts"],
  "plan's unread properties": ["plan/unread.ts"],
  "the contract's schedules": ["runtime/contract/cron.ts", "runtime/contract/scheduled-size.ts"],
  "the contract's names": ["runtime/contract/names.ts"],
  "the contract's statistics": ["runtime/contract/statistic.ts"],
  anything: [""],
  ...Object.fromEntries(Object.keys(table).map((place) => [place, [place]])),
};

/** What the document says, as lines `place ← what it may import`. */
function tableInWords(text: string): string[] {
  return rowsUnder(text, "Who may import whom").flatMap(([from = "", allowed = ""]) => {
    const words = allowed.split(", ");
    const ours = words.flatMap((word) => places[word] ?? []).sort();
    const sdkToo = words.includes("the AWS SDK") || words.includes("anything") ? " + AWS SDK" : "";
    return from.split(", ").flatMap((name) => (places[name] ?? [name]).map((place) => `${place} ← ${ours}${sdkToo}`));
  });
}

const banned = (rule: Rule, name: string) =>
  rule.notPackages?.includes(name) || rule.onlyPackages?.includes(name) === false;

test("docs/architecture.md has the same table", (t) => {
  const held = Object.entries(table)
    .filter(([place]) => place !== "examples/web-farm-own-app/app") // the row of examples tells it
    .map(([place, rule]) => `${place} ← ${[...rule.ours].sort()}${banned(rule, sdk) ? "" : " + AWS SDK"}`);
  const document = readFileSync(join(root, "docs/architecture.md"), "utf8");
  t.deepEqual(tableInWords(document).sort(), held.sort());
  const wrong = document.replace("| index.ts | components |", "| index.ts | components, plan |");
  t.notDeepEqual(tableInWords(wrong).sort(), held.sort());
});

test("scaling knows neither clock nor chance nor timers", (t) => {
  const banned = /\b(Date\b(?!\.UTC)|Math\.random|setTimeout|setInterval|performance\.now)/;
  const wrong = sources
    .filter((file) => isIn(file, "scaling"))
    .filter((file) => banned.test(readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")));
  t.deepEqual(wrong, []);
});

const linesMax = 70;

/**
 * Functions with more than `linesMax` lines of their own, as `file:line has n`. Lines of a function inside another count for the inner
 * one alone: a factory's closures and a constructor's steps are held to the same bound as the methods of a class.
 */
function longFunctions(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  /** @returns how many lines belong to functions inside `node`, but for those on which they begin. */
  function visit(node: ts.Node): number {
    let inner = 0;
    ts.forEachChild(node, (child) => {
      inner += visit(child);
    });
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return inner;
    const [first, last] = [lineAt(node.getStart()), lineAt(node.end)];
    const own = last - first + 1 - inner;
    if (own > linesMax) found.push(`${file}:${first + 1} has ${own}`);
    return last - first;
  }
  visit(source);
  return found;
}

test(`functions have at most ${linesMax} lines of their own`, (t) => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx", "*.js"], {
    cwd: root,
    encoding: "utf8",
  });
  const held = files.split("\n").filter((file) => ts.sys.fileExists(join(root, file)) && !isIn(file, "test"));
  t.true(held.length > 500, `${held.length} files`);
  t.deepEqual(
    held.flatMap((file) => longFunctions(file, readFileSync(join(root, file), "utf8"))),
    [],
  );
  const lines = (count: number) => "  f();\n".repeat(count);
  const inner = `  function g() {\n${lines(68)}  }\n`;
  t.deepEqual(longFunctions("a.ts", `function h() {\n${lines(68)}}\n`), []);
  t.deepEqual(longFunctions("a.ts", `function h() {\n${lines(69)}}\n`), ["a.ts:1 has 71"]);
  t.deepEqual(longFunctions("a.ts", `const h = () => {\n${inner}${lines(67)}};\n`), []);
  t.deepEqual(longFunctions("a.ts", `const h = () => {\n${inner}${lines(68)}};\n`), ["a.ts:1 has 71"]);
  t.deepEqual(longFunctions("a.ts", `class A {\n  constructor() {\n${lines(69)}  }\n}\n`), ["a.ts:2 has 71"]);
});
