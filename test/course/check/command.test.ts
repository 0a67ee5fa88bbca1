// `annofarm course check` as staff use it: what is refused, and how; a deployed service that is only looked at.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { parseMarks } from "../../../course/marks/marks.ts";
import { runsSources } from "../../support/runs-sources.ts";

const program = fileURLToPath(new URL("program.ts", import.meta.url));
let folder: string;
let server: Server;
let url: string;
const asked: string[] = [];

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "annofarm-command-"));
  // A deployed service as a visitor sees it: home page, health, everything else behind sign-in.
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/" || path === "/healthz") response.end("ok");
    else if (path.startsWith("/api/")) response.writeHead(401).end();
    else response.writeHead(303, { location: `/login?next=${path}` }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const { ANNOFARM_TOKEN_FREE: _f, ANNOFARM_TOKEN_PREMIUM: _p, ...env } = process.env;
    execFile(process.execPath, [...runsSources, program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

test("what contradicts itself is refused in one line, with the fix", async (t) => {
  const refused = [
    [[], /name a submission's folder, or a deployed service with --url/],
    [["a", "--url", url], /give either --url http.* or the folder a, not both/],
    [["a", "b", "--as", "s7k2m9x"], /--as s7k2m9x is for one submission, and 2 are given/],
    [
      ["--url", "gas.example.org"],
      /--url <origin>.*gas\.example\.org.* is not the origin of a service; give one such as https/,
    ],
    [["--url", url, "--external-id", "x1"], /--external-id x1 needs a role: give --role-arn as well/],
    [["a", "--rubric", "archiv"], /no ready rubric of that name; is archive meant\?/],
    [["a", "--only", "jobs.mial"], /--only jobs\.mial is not an item of the rubric; is jobs\.mail meant\?/],
    [["a", "--output", join(folder, "no", "marks.json")], /there is no .*no; name one that is there/],
  ] as const;
  for (const [args, words] of refused) {
    const { code, stderr } = await run(...args);
    t.is(code, 1, stderr);
    t.regex(stderr, words);
  }
});

test("a deployed service is looked at: what cannot be is not run, counts nothing, and says why", async (t) => {
  const output = join(folder, "marks.json");
  const { code, stderr } = await run("--url", url, "--as", "s7k2m9x", "--output", output);
  t.is(code, 0, stderr);
  const [stack] = parseMarks(readFileSync(output, "utf8"), output).stacks;
  t.is(statSync(output).mode & 0o777, 0o600);
  const of = (id: string) => stack?.items.find((item) => item.id === id);
  t.like(of("access.public"), { points: 2, outcome: "passed" });
  t.like(of("access.closed"), { points: 3, outcome: "passed" });
  t.like(of("disaster"), { max: 0, outcome: "not-run" });
  t.regex(of("disaster")?.message ?? "", /--allow-disaster/);
  t.regex(of("size.api")?.message ?? "", /ANNOFARM_TOKEN_FREE/);
  t.is(stack?.max, 5);
  t.deepEqual(
    asked.filter((line) => !line.startsWith("GET ")),
    [],
  );
});

test("marks are by pseudonym only", async (t) => {
  const submission = join(folder, "Grace Hopper");
  writeFileSync(
    join(folder, "rubric.yaml"),
    "title: T\nitems:\n  - { id: a, title: A, points: 1, check: plan-tables }\n",
  );
  const { code, stderr } = await run(
    submission,
    "--rubric",
    join(folder, "rubric.yaml"),
    "--output",
    join(folder, "m.json"),
    "--no-sandbox",
  );
  t.is(code, 1);
  t.regex(
    stderr,
    /Grace Hopper is not a pseudonym, and --output writes marks by pseudonym; give one such as --as s7k2m9x/,
  );
});

test("checks are listed with what they look at", async (t) => {
  const { stdout } = await run("--list");
  t.regex(stdout, /^size-at-storage +S3 itself refuses/m);
  t.regex(stdout, /^plan-alarm /m);
});
