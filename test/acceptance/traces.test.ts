// The real services with the setting `traces`: one trace from the request to the mail and the archive, exported to a collector on this
// machine; nothing secret or personal in it; and jobs that do not care whether anybody takes their traces.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist, testCard } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { startTestService, type TestService } from "../support/local-service.ts";

let taken: number | "never" = 200;
let collector: Collector;
let service: TestService;
const fred = new Scientist("");
const fileName = "lovelace-biopsy.vcf";

test.before(async () => {
  collector = await startCollector(() => taken);
  const config = { traces: collector.url, retention: "2 seconds", webMax: "2", annotatorMax: "2" };
  service = await startTestService(19_900, config);
  fred.visits(service.url);
  await fred.signIn(service.person("free_user").sub);
});
test.after.always(async () => {
  await service?.stop();
  await collector?.close();
});

const stateOf = (jobId: string, wanted: string) =>
  until(`the result to be ${wanted}`, async (seen) => {
    const job = await service.backstage.job(jobId);
    seen(`${job.job_status} ${job.result_state}`);
    return job.result_state === wanted ? job : undefined;
  });

const withName = (pattern: RegExp, traceId: string): CollectedSpan[] =>
  collector.spans.filter((span) => span.traceId === traceId && pattern.test(span.name));

/** Names from the span up to the beginning of its trace; calls of AWS are left out. */
function wayOf(span: CollectedSpan | undefined): string[] {
  const way: string[] = [];
  for (let at = span; at !== undefined; ) {
    way.push(`${at.service}: ${at.name}`);
    const { parentSpanId, traceId } = at;
    at = collector.spans.find((each) => each.traceId === traceId && each.spanId === parentSpanId);
  }
  return way;
}

/** Every value of every attribute, and every name. */
const said = (spans: readonly CollectedSpan[]) =>
  spans.flatMap(({ name, attributes, status, events }) => [
    name,
    ...Object.values(attributes).map(String),
    JSON.stringify([status, events]),
  ]);

const physical = (logical: string) => `${logical}--local`;

test.serial("one job is one trace, from the request to its mail and its archive", async (t) => {
  const { jobId } = await fred.submit(fileName, new Blob([sampleVcf()]));
  const job = await stateOf(jobId, "ARCHIVED");
  await until("the mail", () => service.gateway.mails().length > 0 || undefined);
  const traceId = job.traceparent?.split("-")[1] ?? "";
  t.regex(traceId, /^[0-9a-f]{32}$/);
  await until("the trace to be whole", (seen) => {
    const found = new Set(withName(/./, traceId).map(({ service: by, name }) => `${by}: ${name}`));
    seen([...found].join(", "));
    return (
      ["archiver: archive result", "notifier: process job_notify", "annotator: process job_requests"].every((each) =>
        found.has(each),
      ) || undefined
    );
  });
  const request = ["web: GET /annotate/job"];
  const asked = [`web: send ${physical("gas-job-requests")}`, ...request];
  const run = ["annotator: process job_requests", ...asked];
  const told = [`annotator: send ${physical("gas-job-results")}`, ...run];
  t.deepEqual(wayOf(withName(/^annotate$/, traceId)[0]), ["annotator: annotate", ...run]);
  t.deepEqual(wayOf(withName(/^mail ending$/, traceId)[0]), [
    "notifier: mail ending",
    "notifier: process job_notify",
    ...told,
  ]);
  t.deepEqual(wayOf(withName(/^archive result$/, traceId)[0]), [
    "archiver: archive result",
    "archiver: process job_archive",
    ...told,
  ]);
  // Receipts of a message that has to wait are siblings: each is a child of what has sent it.
  const receipts = withName(/^process job_archive$/, traceId);
  t.true(receipts.length > 1);
  t.is(new Set(receipts.map(({ parentSpanId }) => parentSpanId)).size, 1);
  t.deepEqual([...new Set(receipts.map(({ kind }) => kind))], [5]);
  t.is(withName(/^GET/, traceId)[0]?.kind, 2);
  t.is(withName(/^send/, traceId)[0]?.kind, 4);
  const calls = withName(/\//, traceId).filter(({ kind }) => kind === 3);
  for (const call of ["DynamoDB/PutItem", "SNS/Publish", "SQS/DeleteMessage", "S3/PutObject", "SESv2/SendEmail"]) {
    t.true(
      calls.some(({ name }) => name === call),
      call,
    );
  }
  t.deepEqual([...new Set(collector.spans.map(({ stack }) => stack))], ["local"]);
});

test.serial("a restore is a trace of what asked for it, linked to the job's", async (t) => {
  const jobs = collector.spans.find(({ name }) => name === "archive result")?.traceId;
  await fred.subscribe(service.payments, testCard);
  const asked = await until("the archive to be asked for and brought back", () =>
    collector.spans.find(({ name }) => name === "bring result back"),
  );
  t.deepEqual(wayOf(asked).slice(0, 3), [
    "restorer: bring result back",
    "restorer: request archive",
    "restorer: process job_restore",
  ]);
  t.regex(wayOf(asked).at(-1) ?? "", /^web: POST \/subscribe$/);
  const request = collector.spans.find(({ name, traceId }) => name === "request archive" && traceId === asked.traceId);
  t.deepEqual(
    request?.links.map(({ traceId }) => traceId),
    [jobs],
  );
});

test.serial("a program's requests are named by their route, and spans have neither secrets nor persons", async (t) => {
  const token = await fred.makeToken("laptop of Ada");
  const headers = { authorization: `Bearer ${token}`, traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };
  const unknown = "3".repeat(8);
  for (const path of [
    "/api/v1/jobs",
    `/api/v1/jobs/${unknown}`,
    `/api/v1/jobs/${unknown}/nothing?who=me@example.org`,
  ]) {
    await fetch(`${service.url}${path}`, { headers });
  }
  const found = await until("the requests", () => {
    const names = collector.spans.filter(({ kind }) => kind === 2).map(({ name }) => name);
    return names.includes("GET /api/v1/jobs/:id") && names.includes("GET") ? names : undefined;
  });
  t.true(found.includes("GET /api/v1/jobs"));
  // A stranger's trace is not followed.
  t.false(collector.spans.some(({ traceId }) => traceId === "1".repeat(32)));
  const person = service.person("free_user");
  const [job] = (await (await fetch(`${service.url}/api/v1/jobs`, { headers })).json()).jobs as { job_id: string }[];
  t.truthy(job?.job_id);
  const secrets = [person.email, person.name, person.sub, token, token.slice(4), fileName, job?.job_id ?? "", unknown];
  const whole = collector.bodies.join("\n");
  for (const secret of [...secrets, "lovelace", "me@example.org", "Bearer", "cookie", "gas_", "laptop"]) {
    t.false(whole.includes(secret), secret);
  }
  // Whatever is said is one of few words: it has no address, path or id in it.
  for (const each of new Set(said(collector.spans))) t.notRegex(each, /@|[0-9a-f]{8}-[0-9a-f]{4}-|\?|:\/\//, each);
  t.deepEqual(collector.refused, []);
});

test.serial("a collector that hangs, and then one that is gone, change nothing of a job", async (t) => {
  taken = "never";
  const first = await fred.submit("hanging.vcf", new Blob([sampleVcf()]));
  await stateOf(first.jobId, "AVAILABLE");
  await collector.close();
  const second = await fred.submit("gone.vcf", new Blob([sampleVcf()]));
  await stateOf(second.jobId, "AVAILABLE");
  const linesOf = async () => {
    const files = await readdir(service.logDirectory, { recursive: true });
    const texts = await Promise.all(
      files.filter((file) => file.endsWith(".log")).map((file) => readFile(join(service.logDirectory, file), "utf8")),
    );
    return texts.join("\n").split("\n");
  };
  const warned = await until("a service to tell of what is dropped", async () => {
    const lines = (await linesOf()).filter((line) => line.includes("spans are dropped"));
    return lines.length > 0 ? lines : undefined;
  });
  t.regex(warned[0] ?? "", /"level":"warn"/);
  t.deepEqual(service.problems, []);
});
