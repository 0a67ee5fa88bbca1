import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import test from "ava";
import { claim, complete } from "../../../runtime/jobs/annotation.ts";
import { createSubmissions } from "../../../runtime/web/submissions.ts";
import { sampleUser } from "../../support/memory.ts";
import { startWeb, type TestWeb } from "./support/web.ts";

const jobId = "11111111-2222-4333-8444-555555555555";
const keyOf = (user: string, name = "a.vcf", id = jobId) => `gas/${user}/${id}~${name}`;
const arrive = (key: string, bucket = "inputs") => `/annotate/job?${new URLSearchParams({ bucket, key, etag: '"1"' })}`;
const put = (web: TestWeb, key: string, bytes = 100) =>
  web.objects.put({ bucket: "inputs", key }, Buffer.alloc(bytes, "A"));

test("an upload is offered for one exact key of the user, within the plan's limit, encrypted name and all", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ user_id: "who/ever@x" });
  const answer = await client.postJson("/annotate/upload", { file_name: "sample <1>.vcf.gz", size: 1000 });
  t.is(answer.status, 200);
  const { url, fields, next } = answer.json() as { url: string; fields: Record<string, string>; next: string };
  t.is(url, "https://objects.test/inputs");
  t.regex(fields.key ?? "", /^gas\/who%2Fever%40x\/[0-9a-f-]{36}~sample _1_\.vcf\.gz$/);
  t.is(fields["x-test-content-length-range"], "1-153600");
  t.is(fields.success_action_redirect, `${web.origin}/annotate/job`);
  t.is(new URL(next, web.origin).searchParams.get("key") ?? undefined, fields.key);
  const second = await client.postJson("/annotate/upload", { file_name: "sample <1>.vcf.gz", size: 1000 });
  t.not((second.json() as { fields: Record<string, string> }).fields.key, fields.key);
});

test("the limit is the server's, too: a free user's large file gets no form but the way to premium", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  t.is((await client.postJson("/annotate/upload", { file_name: "a.vcf", size: 153_600 })).status, 200);
  const refused = await client.postJson("/annotate/upload", { file_name: "a.vcf", size: 153_601 });
  t.is(refused.status, 413);
  t.is(refused.json().redirect, "/subscribe?reason=size&size=153601");
  t.regex((await client.get("/subscribe?reason=size&size=153601")).text, /150\.1 KB[\s\S]*up to 150 KB/);
  await web.users.setPlan("user-1", { role: "premium_user" });
  const more = await client.postJson("/annotate/upload", { file_name: "a.vcf", size: 153_601 });
  t.is((more.json() as { fields: Record<string, string> }).fields["x-test-content-length-range"], "1-10000000");
  t.is((await client.postJson("/annotate/upload", { file_name: "a.vcf", size: 10_000_001 })).status, 413);
});

test("bytes of another format are refused again by the service, packed or not, and not kept", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const key = keyOf("user-1", "a.vcf.gz");
  for (const [content, what] of [
    [Buffer.from("%PDF-1.7"), /a PDF document/],
    [gzipSync(`BAM\u0001${"x".repeat(100_000)}`), /BAM: reads, not variants/],
    [gzipSync(gzipSync("##fileformat=VCFv4.2")), /compressed twice/],
  ] as const) {
    web.objects.put({ bucket: "inputs", key }, content);
    const answer = await client.get(arrive(key));
    t.is(answer.status, 400);
    t.regex(answer.text, what);
    t.is(web.objects.objects.size, 0);
  }
  t.is(web.jobs.jobs.size, 0);
  web.objects.put({ bucket: "inputs", key }, gzipSync("##fileformat=VCFv4.2"));
  t.is((await client.get(arrive(key))).status, 303);
});

test("what is no VCF, or empty, is refused before it is uploaded", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  for (const [file_name, size] of [
    ["a.txt", 10],
    ["a.vcf.zip", 10],
    ["a.vcf", 0],
    ["", 10],
    ["a.vcf", -1],
    ["a.vcf", 1.5],
  ] as const) {
    t.is((await client.postJson("/annotate/upload", { file_name, size })).status, 400, `${file_name} ${size}`);
  }
  for (const file_name of ["a.VCF", "a.vcf.gz", "a.vcf.bgz"]) {
    t.is((await client.postJson("/annotate/upload", { file_name, size: 10 })).status, 200, file_name);
  }
});

test("an uploaded file becomes one job, recorded and published once, however often and at once the page is loaded", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  put(web, keyOf("user-1"));
  const loads = await Promise.all(Array.from({ length: 5 }, () => client.get(arrive(keyOf("user-1")))));
  for (const load of loads) t.is(load.location, `/annotations/${jobId}`);
  t.deepEqual(web.topics.jobRequests.published, [{ job_id: jobId, user_id: "user-1" }]);
  const job = web.jobs.jobs.get(jobId);
  t.is(job?.job_status, "PENDING");
  t.is(job?.outbox, undefined);
  t.is(job?.input_bytes, 100);
  t.is(job?.input_file_name, "a.vcf");
});

test("a reload of the redirect page leaves a finished job finished and unpublished", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  put(web, keyOf("user-1"));
  await client.get(arrive(keyOf("user-1")));
  await web.jobs.apply(jobId, claim("w", 1, 60));
  const result = {
    s3_results_bucket: "results",
    s3_key_result_file: "r",
    s3_key_log_file: "l",
    result_bytes: 1,
    result_sha256: "0",
    records: 1,
  };
  await web.jobs.apply(jobId, complete({ worker: "w", attempt: 1 }, 2, result));
  const before = structuredClone(web.jobs.jobs.get(jobId));
  await web.objects.delete({ bucket: "inputs", key: keyOf("user-1") });
  t.is((await client.get(arrive(keyOf("user-1")))).location, `/annotations/${jobId}`);
  t.deepEqual(web.jobs.jobs.get(jobId), before);
  t.is(web.topics.jobRequests.published.length, 1);
});

test("nobody makes a job of somebody else's file, of another place or of nothing", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  put(web, keyOf("user-2"));
  const cases: [string, number][] = [
    [arrive(keyOf("user-2")), 403],
    [arrive(keyOf("user-1")), 404],
    [arrive(keyOf("user-1"), "results"), 400],
    [arrive(keyOf("user-1").replace("gas/", "other/")), 400],
    [arrive("gas/user-1/nonsense"), 400],
    [arrive(`gas/user-1/../user-2/${jobId}~a.vcf`), 400],
    ["/annotate/job?key=a", 400],
  ];
  for (const [path, status] of cases) t.is((await client.get(path)).status, status, path);
  t.is(web.jobs.jobs.size, 0);
  t.is(web.topics.jobRequests.published.length, 0);
});

test("a key of one's own with somebody else's job id does not lead to that job", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const owner = await web.signedIn({ user_id: "user-2" });
  put(web, keyOf("user-2"));
  await owner.get(arrive(keyOf("user-2")));
  const client = await web.signedIn();
  put(web, keyOf("user-1"));
  t.is((await client.get(arrive(keyOf("user-1")))).status, 403);
  t.is(web.jobs.jobs.get(jobId)?.user_id, "user-2");
});

test("a file above the limit that got into the bucket all the same is deleted, not annotated", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  put(web, keyOf("user-1"), 153_601);
  const answer = await client.get(arrive(keyOf("user-1")));
  t.is(answer.status, 413);
  t.regex(answer.text, /See the premium plan/);
  t.is(web.objects.objects.size, 0);
  t.is(web.jobs.jobs.size, 0);
});

test("when the topic does not answer, the job waits in the outbox and its user sees it waiting", async (t) => {
  const web = await startWeb({
    ports: ({ topics }) => ({
      topics: { ...topics, jobRequests: { publish: () => Promise.reject(new Error("no topic")) } },
    }),
  });
  t.teardown(web.close);
  const client = await web.signedIn();
  put(web, keyOf("user-1"));
  t.is((await client.get(arrive(keyOf("user-1")))).location, `/annotations/${jobId}`);
  t.is(web.jobs.jobs.get(jobId)?.outbox, "job_requests");
  t.regex((await client.get(`/annotations/${jobId}`)).text, /Waiting for a free worker/);
});

test("a script's upload that S3 redirects here learns that the file has arrived, and does nothing", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  put(web, keyOf("user-1"));
  const answer = await web.client().get(arrive(keyOf("user-1")), { origin: "null" });
  t.is(answer.status, 204);
  t.is(answer.headers.get("access-control-allow-origin"), "*");
  t.is(web.jobs.jobs.size, 0);
  t.is((await web.client().request("OPTIONS", "/annotate/job", { headers: { origin: "null" } })).status, 204);
});

test("a file whose client goes away in the middle, or that is larger than it was said, leaves neither object nor job", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const submissions = createSubmissions(web);
  const gone = new Readable({ read() {} });
  gone.push("half");
  const receiving = submissions.receive(sampleUser(), { name: "a.vcf", bytes: 1000, body: gone });
  gone.destroy();
  await t.throwsAsync(receiving, { message: /went away/ });
  const body = Readable.from([Buffer.alloc(100_000), Buffer.alloc(100_000)]);
  await t.throwsAsync(submissions.receive(sampleUser(), { name: "a.vcf", bytes: 10, body }), { message: /195\.4 KB/ });
  t.is(web.objects.objects.size, 0);
  t.is(web.jobs.jobs.size, 0);
});
