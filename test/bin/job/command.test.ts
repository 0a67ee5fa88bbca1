// `annofarm job` as its users run it: processes, their outputs and exit statuses.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { putResult } from "../../runtime/web/support/result-job.ts";
import { startApiService } from "../../support/api-service.ts";
import { ownEnvironment } from "../../support/command.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";
import { until } from "../../support/until.ts";

const launcher = fileURLToPath(new URL("../../../bin/annofarm.js", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "annofarm-job-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
const now = Date.UTC(2026, 0, 1) / 1000;
const body = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t5\t.\tA\tC\t.\t.\t.\n";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command; its outputs so far, and the end. */
function start(env: Readonly<Record<string, string>>, args: readonly string[], input?: string) {
  const child: ChildProcess = spawn(process.execPath, [launcher, "job", ...args], {
    env: { ...ownEnvironment(), XDG_CONFIG_HOME: join(directory, "none"), ...env },
  });
  child.stdin?.on("error", () => {}); // it did not want to read
  child.stdin?.end(input);
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...written })));
  return { written, ended };
}

const job = (...run: Parameters<typeof start>): Promise<Ended> => start(...run).ended;

test("a file from standard input becomes a job, is waited for, and its result is where it should be", async (t) => {
  const web = await startApiService();
  t.teardown(web.close);
  const output = join(directory, "out.vcf");
  const args = ["submit", "-", "--file-name", "a.vcf", "--name", "Trio 7", "-o", output];
  const running = start(web.env, args, body);
  const submitted = await until("the job is there", () => [...web.jobs.jobs.values()].find((one) => one.job_name));
  t.like(submitted, { job_name: "Trio 7", input_file_name: "a.vcf", input_bytes: body.length });
  await until("it waits", () => running.written.stderr.includes("waits for a worker"));
  await putResult(web, body, { ...submitted, job_status: "COMPLETED", annotated_records: 1 });
  const { code, stdout, stderr } = await running.ended;
  t.is(code, 0, stderr);
  t.is(stdout, `${submitted.job_id}\n`);
  t.regex(stderr, /is completed; 1 record: 1 annotated/);
  t.is(readFileSync(output, "utf8"), body);
  const piped = await job(web.env, ["result", submitted.job_id]);
  t.is(piped.stdout, body);
  const shown = await job(web.env, ["show", submitted.job_id, "--json"]);
  t.like(JSON.parse(shown.stdout), {
    job_id: submitted.job_id,
    job_status: "COMPLETED",
    result: { state: "available" },
  });
});

test("exit statuses and standard error say what is wrong, and neither has the token", async (t) => {
  const web = await startApiService();
  t.teardown(web.close);
  const failed = pendingJob(now, { job_status: "FAILED", failure_reason: "bad\u001b[31m POS", failure_line: 3 });
  const waits = pendingJob(now, {});
  const archived = completedJob(now, { result_state: "ARCHIVED" });
  const theirs = completedJob(now, { user_id: "else" });
  for (const one of [failed, waits, archived, theirs]) web.jobs.put(one);
  const file = join(directory, "b.vcf");
  writeFileSync(file, body);
  const strange = { ...web.env, ANNOFARM_TOKEN: web.token.replace(/.$/, (last) => (last === "0" ? "1" : "0")) };
  for (const [code, says, args, env] of [
    [1, /failed at line 3: bad�\[31m POS/, ["show", failed.job_id, "--wait"], web.env],
    [2, /"nope" is no job id/, ["show", "nope"], web.env],
    [2, /unknown option '--tokne'/, ["list", "--tokne"], web.env],
    [2, /no service is named/, ["list"], {}],
    [2, /there is no .*missing/, ["result", waits.job_id, "-o", join(directory, "missing", "x")], web.env],
    [2, /the result would replace .*b\.vcf/, ["submit", file, "-o", file], web.env],
    [3, /not valid \(any more\)/, ["list"], strange],
    [3, /somebody else|not yours|belongs/i, ["show", theirs.job_id], web.env],
    [3, /there is nothing left to cancel/, ["cancel", failed.job_id], web.env],
    [4, /it has no result yet/, ["result", waits.job_id], web.env],
    [4, /waits for a worker after 1 s; it goes on/, ["show", waits.job_id, "--wait", "--timeout", "1s"], web.env],
    [4, /has no log/, ["log", waits.job_id], web.env],
  ] as const) {
    const ended = await job(env, args);
    t.is(ended.code, code, `${args.join(" ")}: ${ended.stderr}`);
    t.regex(ended.stderr, says);
    t.false((ended.stdout + ended.stderr).includes(web.token.slice(-64)), "the token is in no output");
    t.false(/^\s+at /m.test(ended.stderr), ended.stderr);
  }
});

test("jobs are listed to the last, cancelled once and again, and run again", async (t) => {
  const web = await startApiService();
  t.teardown(web.close);
  for (let at = 0; at < 130; at++) web.jobs.put(pendingJob(now - at, { input_file_name: `${at}.vcf` }));
  const { stdout } = await job(web.env, ["list", "--limit", "120"]);
  const lines = stdout.trimEnd().split("\n");
  t.is(lines.length, 120);
  t.regex(lines[119] ?? "", /PENDING .* 119\.vcf$/);
  const { jobs } = JSON.parse((await job(web.env, ["list", "--limit", "2", "--json"])).stdout);
  t.deepEqual(
    jobs.map((one: { input_file_name: string }) => one.input_file_name),
    ["0.vcf", "1.vcf"],
  );
  const [{ job_id: id }] = jobs;
  for (let time = 0; time < 2; time++) t.is((await job(web.env, ["cancel", id])).code, 0);
  t.is(web.jobs.jobs.get(id)?.job_status, "CANCELLED");
  const stored = web.jobs.jobs.get(id);
  web.objects.put({ bucket: stored?.s3_inputs_bucket ?? "", key: stored?.s3_key_input_file ?? "" }, body);
  const again = await job(web.env, ["rerun", id]);
  t.is(again.code, 0, again.stderr);
  t.is(web.jobs.jobs.get(again.stdout.trim())?.rerun_of, id);
});
