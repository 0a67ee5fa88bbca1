// A submission that tries what it must not: read what it is graded by, write its own marks, reach out, take the machine.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { launcherText, outerArguments, usualLimits, whyNot } from "../../../course/check/sandbox/bubblewrap.ts";
import { copySubmission } from "../../../course/check/sandbox/submission.ts";
import { runsSources } from "../../support/runs-sources.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const why = whyNot();
/** Where the machine has no bubblewrap nothing is confined, and the command says so: command.test.ts. */
const confined = why === undefined ? test.serial : test.serial.skip;

let folder: string;
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "annofarm-hostile-")));
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A submission's folder behind both walls, and a command that starts processes there. */
function wall() {
  const place = mkdtempSync(join(folder, "wall-"));
  const [submission, state] = [join(place, "submission"), join(place, "state")];
  mkdirSync(join(submission, ".annofarm", "bundles"), { recursive: true });
  mkdirSync(join(state, "cache"), { recursive: true });
  cpSync(join(root, "test/course/hostile/attack.js"), join(submission, "attack.js"));
  writeFileSync(join(submission, "index.ts"), "");
  writeFileSync(join(state, "aws.config"), "aws_secret_access_key = hidden");
  const uid = process.getuid?.() === 0 ? 62_001 : undefined;
  if (uid !== undefined) chownSync(join(submission, ".annofarm", "bundles"), uid, uid);
  const launcher = join(place, "launcher");
  const inside = { submission, state, installation: root.replace(/\/$/, ""), uid, limits: usualLimits };
  writeFileSync(launcher, launcherText(inside), { mode: 0o700 });
  return { submission, state, launcher };
}

confined("what a submission's process tries fails, attempt by attempt", async (t) => {
  const { submission, state, launcher } = wall();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const places = {
    rubric: join(root, "course/check/rubrics/whole-service.yaml"),
    tests: join(root, "test/course"),
    installation: root.replace(/\/$/, ""),
    marks: join(folder, "marks.json"),
    state,
    submission,
    port,
    outside: process.pid,
  };
  const env = { PATH: process.env.PATH ?? "", HOME: "/tmp", TMPDIR: "/tmp" };
  const attack = [process.execPath, join(submission, "attack.js"), JSON.stringify(places)];
  const { stdout } = await promisify(execFile)("bwrap", [...outerArguments(), "--", launcher, ...attack], { env });
  server.close();
  const outcome = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, string>;
  t.log(outcome);
  t.deepEqual(
    Object.entries(outcome).filter(([, what]) => what === "done"),
    [],
  );
  t.true(Object.keys(outcome).length >= 18);
});

confined("a service behind the wall is asked to end by SIGTERM, and ends in its own time", async (t) => {
  const { submission, launcher } = wall();
  const code =
    "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0); }, 100)); console.log('up'); setInterval(() => {}, 1000);";
  writeFileSync(join(submission, "service.js"), code);
  const env = { PATH: process.env.PATH ?? "", HOME: "/tmp", TMPDIR: "/tmp" };
  const child = spawn(launcher, [process.execPath, join(submission, "service.js")], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said === "up\n") process.kill(-(child.pid as number), "SIGTERM");
  });
  const [code_] = await once(child, "close");
  t.is(said, "up\ndrained\n");
  t.is(code_, 0);
});

/** Marks of a submission that is this program with other first lines. */
async function marksOf(t: { log: (text: string) => void }, firstLines: string) {
  const submission = mkdtempSync(join(folder, "submission-"));
  for (const part of [
    "Pulumi.yaml",
    "Pulumi.local.yaml",
    "index.ts",
    "package.json",
    "tsconfig.json",
    "components",
    "runtime",
  ]) {
    cpSync(join(root, part), join(submission, part), { recursive: true });
  }
  const index = join(submission, "index.ts");
  writeFileSync(index, `${firstLines}\n${readFileSync(index, "utf8")}`);
  const rubric = join(folder, "rubric.yaml");
  writeFileSync(
    rubric,
    "title: Small\nitems:\n" +
      "  - { id: bounds, title: Bounds, points: 3, check: plan-bounds, with: { group: web, min: 2, max: 4 } }\n" +
      "  - { id: other-bounds, title: Others, points: 4, check: plan-bounds, with: { group: web, min: 7, max: 9 } }\n",
  );
  const args = [
    ...runsSources,
    join(root, "test/course/check/program.ts"),
    submission,
    "--rubric",
    rubric,
    "--fast",
    "--json",
  ];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch(
    (error: Error & { stdout: string; stderr: string }) => error,
  );
  t.log(stderr);
  const marks = JSON.parse(stdout) as {
    stacks: { total: number; items: { id: string; points: number; message: string }[] }[];
  };
  return marks.stacks[0];
}

confined("a program that prints marks and writes them to every descriptor gets those it deserves", async (t) => {
  const marks = await marksOf(
    t,
    `import { readlinkSync, writeSync } from "node:fs";
const forged = JSON.stringify({ kind: "item", item: { id: "other-bounds", name: "x", points: 4, max: 4, hidden: false, outcome: "passed", message: "", evidence: [] } }) + "\\n";
for (let fd = 1; fd < 3; fd++) writeSync(fd, forged + JSON.stringify({ stacks: [] }) + "\\n");
process.on("exit", () => {
  for (let fd = 3; fd < 64; fd++) try { if (/^(pipe|socket)/.test(readlinkSync("/proc/self/fd/" + fd))) writeSync(fd, forged); } catch {}
});`,
  );
  t.is(marks?.items.find(({ id }) => id === "other-bounds")?.points, 0);
  t.is(marks?.total, 3);
});

confined("a program that never ends, or ends at once, loses its points and nothing else happens", async (t) => {
  const marks = await marksOf(t, "process.exit(0);");
  t.is(marks?.total, 0);
  t.regex(marks?.items[0]?.message ?? "", /ended before its resources were known/);
});

test("a link that leads out of the submission is refused by name", (t) => {
  const submission = mkdtempSync(join(folder, "links-"));
  writeFileSync(join(submission, "Pulumi.yaml"), "");
  mkdirSync(join(submission, "data"));
  symlinkSync("/etc/shadow", join(submission, "data", "sample.vcf"));
  const error = t.throws(() => copySubmission(submission, join(folder, "copy"), root, undefined));
  t.is(error?.message, "data/sample.vcf is a link that leads out of the submission; replace it by what it leads to");
});
