// The API against its own document: Schemathesis makes requests of it, valid ones and others, and judges every answer.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { ensurePython } from "../../../local/process/python/environment.ts";
import { findPython } from "../../../local/process/python/find-python.ts";
import { operations } from "../../../runtime/web/api/operations.ts";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";
import { putResult, sampleText } from "./support/result-job.ts";
import { startWeb, type TestWebOptions } from "./support/web.ts";

const [, minor = 0] = (await findPython()).version.split(".").map(Number);
const apiTest = minor >= 10 || process.env.CI === "true" ? test : test.skip;

const now = Date.UTC(2026, 0, 1) / 1000;
/** Of the result: the header and some records. */
const linesKept = 80;

/** Operations that change a job: each has one of its own, so that none takes it away from another. */
const changing = operations.filter(({ method, path }) => method !== "get" && path.includes("{job_id}"));

/** An annotated job with all that may belong to one, and jobs to change: one that waits to cancel, else ended ones. */
async function start(t: ExecutionContext, options: TestWebOptions = {}) {
  const web = await startWeb({ ...options, config: { apiRequestsPerMinute: 1_000_000 } });
  t.teardown(web.close);
  const { token, stored } = newApiToken("user-1", "schemathesis", web.clock);
  const user = { user_id: "user-1", role: "free_user", name: "P", email: "", created_time: 1 } as const;
  web.users.put({ ...user, api_tokens: [stored] });
  const ended = await putResult(web, (await sampleText()).split("\n").slice(0, linesKept).join("\n"));
  web.objects.put({ bucket: "results", key: ended.s3_key_log_file ?? "" }, "50 records\n");
  const changed = changing.map(({ id }) => {
    const job = id === "cancelJob" ? pendingJob(now) : completedJob(now);
    web.jobs.put(job);
    web.objects.put({ bucket: job.s3_inputs_bucket, key: job.s3_key_input_file }, "##fileformat=VCFv4.2\n");
    return { id, job_id: job.job_id };
  });
  return { ...web, token, ended, changed };
}

/** Ids that there are: others are all answered alike. */
const settings = ({ ended, changed }: Pick<Awaited<ReturnType<typeof start>>, "ended" | "changed">) =>
  [
    `[parameters]\n"path.job_id" = "${ended.job_id}"\n`,
    ...changed.map(
      ({ id, job_id }) =>
        `[[operations]]\ninclude-operation-id = "${id}"\nparameters = { "path.job_id" = "${job_id}" }\n`,
    ),
  ].join("\n");

/** What is looked at of its report. */
interface Report {
  readonly complete: boolean;
  readonly operations: { readonly tested: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly type: string; readonly operations: readonly string[] }[];
}

async function schemathesis(t: ExecutionContext, web: Awaited<ReturnType<typeof start>>, args: readonly string[]) {
  const python = await ensurePython({
    directory: fileURLToPath(new URL("../../../.annofarm/schemathesis", import.meta.url)),
    requirements: fileURLToPath(new URL("schemathesis/requirements.txt", import.meta.url)),
  });
  const directory = await mkdtemp(join(tmpdir(), "annofarm-schemathesis-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, "schemathesis.toml"), settings(web));
  const report = join(directory, "report.json");
  const child = spawn(
    join(dirname(python.bin("python")), "schemathesis"),
    [
      ...["run", `${web.origin}/api/v1/openapi.json`, "--header", `Authorization: Bearer ${web.token}`],
      // The same requests each time, and no more of them than these.
      ...["--generation-deterministic", "--no-color"],
      // What fits a schema need not be there: a cursor, a value of a filter, a gene.
      ...["--checks", "all", "--exclude-checks", "positive_data_acceptance"],
      ...["--report", "json", "--report-json-path", report],
      ...args,
    ],
    { cwd: directory },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  t.true(code === 0 || code === 1, output);
  return { output, report: JSON.parse(await readFile(report, "utf8")) as Report };
}

apiTest("no server error, and no answer that the document does not have, whatever is sent", async (t) => {
  const args = ["--phases", "examples,coverage,fuzzing", "--max-examples", "10"];
  const { output, report } = await schemathesis(t, await start(t), args);
  t.deepEqual(report.failures, [], output);
  t.true(report.complete, output);
  t.is(report.operations.tested, operations.length);
  // Fewer than ten for each would mean that something keeps it from generating any.
  t.true(report.test_cases.generated > 10 * operations.length, output);
});

apiTest("a server error is found", async (t) => {
  const listByUser = async () => {
    throw new Error("a mistake");
  };
  const web = await start(t, { ports: ({ jobs }) => ({ jobs: { ...jobs, listByUser } }) });
  const args = ["--include-operation-id", "listJobs", "--phases", "fuzzing", "--max-examples", "1"];
  const { output, report } = await schemathesis(t, web, args);
  t.like(report.failures, [{ type: "ServerError", operations: ["GET /jobs"] }], output);
});
