import test from "ava";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { completedJob, pendingJob, resultRef } from "../../support/memory.ts";
import { startWeb, type TestWebOptions } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

async function startApi(options: TestWebOptions = {}, role: "free_user" | "premium_user" = "free_user") {
  const web = await startWeb(options);
  const { token, stored } = newApiToken("user_1~x", "test", web.clock);
  web.users.put({
    user_id: "user_1~x",
    role,
    name: "P",
    email: "p@example.org",
    created_time: 1,
    api_tokens: [stored],
  });
  const authorization = `Bearer ${token}`;
  const client = web.client();
  const call = (method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) =>
    client.request(method, `/api/v1${path}`, {
      headers: { authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  return { ...web, authorization, call };
}

test("a file sent as the body becomes a job at once", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const answer = await web.call("POST", "/jobs?file_name=a%20b.vcf", "##fileformat=VCFv4.2\n", {
    "content-type": "application/octet-stream",
  });
  t.is(answer.status, 201);
  const job = answer.json();
  t.is(answer.location, `/api/v1/jobs/${job.job_id}`);
  t.like(job, { input_file_name: "a b.vcf", input_bytes: 21, job_status: "PENDING", result: { state: "none" } });
  const stored = web.jobs.jobs.get(String(job.job_id));
  t.is(web.objects.text({ bucket: "inputs", key: stored?.s3_key_input_file ?? "" }), "##fileformat=VCFv4.2\n");
  t.deepEqual(web.topics.jobRequests.published, [{ job_id: job.job_id, user_id: "user_1~x" }]);
});

test("or a form for a direct upload, and then the start, which may be repeated", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const offered = await web.call("POST", "/jobs", JSON.stringify({ file_name: "a.vcf", size: 10 }), {
    "content-type": "application/json",
  });
  t.is(offered.status, 202);
  const { start, upload } = offered.json() as { start: string; upload: { fields: Record<string, string> } };
  const path = start.replace("/api/v1", "");
  t.is((await web.call("POST", path)).status, 404);
  web.objects.put({ bucket: "inputs", key: upload.fields.key ?? "" }, "0123456789");
  t.is((await web.call("POST", path)).status, 201);
  t.is((await web.call("POST", path)).status, 201);
  t.is(web.topics.jobRequests.published.length, 1);
});

test("limits hold before a byte is read, and while bytes are read", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const large = await web.call("POST", "/jobs?file_name=a.vcf", Buffer.alloc(153_601), {
    "content-type": "text/plain",
  });
  t.is(large.status, 413);
  t.is(large.json().type, "urn:annofarm:problem:file-too-large");
  const asked = await web.call("POST", "/jobs", JSON.stringify({ file_name: "a.vcf", size: 153_601 }), {
    "content-type": "application/json",
  });
  t.is(asked.status, 413);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
  const chunked = await web.call("POST", "/jobs?file_name=a.vcf", endless, { "content-type": "text/plain" });
  t.is(chunked.status, 411);
  t.is(web.objects.objects.size, 0);
});

test("what cannot be submitted is said", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const octets = { "content-type": "application/octet-stream" };
  t.is((await web.call("POST", "/jobs", "x", octets)).status, 400);
  t.is((await web.call("POST", "/jobs?file_name=a.txt", "x", octets)).status, 400);
  t.is((await web.call("POST", "/jobs?file_name=a.vcf", "", octets)).status, 400);
  t.is((await web.call("POST", "/jobs?file_name=a.vcf", "x", { "content-type": "image/png" })).status, 415);
  t.is((await web.call("POST", "/jobs", "{}", { "content-type": "application/json" })).status, 400);
  t.is((await web.call("POST", "/jobs", "{", { "content-type": "application/json" })).status, 400);
  t.is((await web.call("DELETE", "/jobs")).headers.get("allow"), "GET, POST");
  t.is((await web.call("GET", "/nothing")).status, 404);
});

test("jobs are listed page by page to the last", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  for (let i = 0; i < 7; i++) web.jobs.put(pendingJob(now - i, { user_id: "user_1~x", input_file_name: `${i}.vcf` }));
  web.jobs.put(pendingJob(now, { user_id: "else" }));
  const names: string[] = [];
  let path: string | undefined = "/jobs?limit=3";
  while (path !== undefined) {
    const page = (await web.call("GET", path)).json() as { jobs: { input_file_name: string }[]; next?: string };
    names.push(...page.jobs.map((job) => job.input_file_name));
    path = page.next?.replace("/api/v1", "");
  }
  t.deepEqual(names, ["0.vcf", "1.vcf", "2.vcf", "3.vcf", "4.vcf", "5.vcf", "6.vcf"]);
  for (const query of ["limit=0", "limit=101", "limit=x", "cursor=made-up"])
    t.is((await web.call("GET", `/jobs?${query}`)).status, 400, query);
});

test("a job tells its state but not its places in storage; log and result come by their own addresses", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const job = completedJob(now - 100, { user_id: "user_1~x" });
  web.jobs.put(job);
  web.objects.put({ bucket: "results", key: job.s3_key_log_file ?? "" }, "records in: 0\n");
  const shown = await web.call("GET", `/jobs/${job.job_id}`);
  t.like(shown.json(), {
    job_status: "COMPLETED",
    has_log: true,
    result: { state: "available", available_until: now + 1700 },
  });
  t.false(shown.text.includes("s3_"));
  t.is((await web.call("GET", `/jobs/${job.job_id}/log`)).text, "records in: 0\n");
  const result = await web.call("GET", `/jobs/${job.job_id}/result`);
  t.is(result.status, 302);
  t.true(result.location?.startsWith(`https://objects.test/${resultRef(job).bucket}/`));
});

test("a result that cannot be had says why: archived 402, on its way 409 with Retry-After, none 409", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const job = completedJob(now - 100, { user_id: "user_1~x" });
  const result = async (fields: object) => {
    web.jobs.put({ ...job, ...fields });
    return web.call("GET", `/jobs/${job.job_id}/result`);
  };
  t.is((await result({ result_state: "ARCHIVED" })).status, 402);
  const restoring = await result({ result_state: "RESTORING", restore_expected_time: now + 240 });
  t.is(restoring.status, 409);
  t.is(restoring.headers.get("retry-after"), "240");
  const failed = await result({ job_status: "FAILED" });
  t.is(failed.status, 409);
  t.regex(String(failed.json().detail), /FAILED/);
});

test("only a valid token opens the API: no cookie, no guess, no other user's jobs", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const client = await web.signedIn();
  const cookie = `gas=${client.cookies.get("gas")?.value}`;
  const refused = await web.client().get("/api/v1/jobs", { cookie });
  t.is(refused.status, 401);
  t.is(refused.headers.get("www-authenticate"), "Bearer");
  const other = newApiToken("user_1~x", "never stored", web.clock).token;
  const guesses = [
    "gas_",
    other,
    web.authorization.slice(7, -1),
    `${web.authorization.slice(7)}0`,
    "gas_%%%_".padEnd(72, "0"),
  ];
  for (const guess of guesses)
    t.is((await web.client().get("/api/v1/jobs", { authorization: `Bearer ${guess}` })).status, 401, guess);
  const theirs = completedJob(now, { user_id: "somebody" });
  web.jobs.put(theirs);
  for (const part of ["", "/log", "/result"])
    t.is((await web.call("GET", `/jobs/${theirs.job_id}${part}`)).status, 403);
  t.is((await web.call("GET", "/jobs/not-an-id")).status, 404);
});

test("too many requests with one token are answered 429 with Retry-After, other tokens are not touched", async (t) => {
  const web = await startApi({ config: { apiRequestsPerMinute: 3 } });
  t.teardown(web.close);
  for (let i = 0; i < 3; i++) t.is((await web.call("GET", "/jobs")).status, 200);
  const refused = await web.call("GET", "/jobs");
  t.is(refused.status, 429);
  t.true(Number(refused.headers.get("retry-after")) >= 1);
  t.is(refused.json().status, 429);
  const { token, stored } = newApiToken("user-2", "test", web.clock);
  web.users.put({ user_id: "user-2", role: "free_user", name: "Q", email: "", created_time: 1, api_tokens: [stored] });
  t.is((await web.client().get("/api/v1/jobs", { authorization: `Bearer ${token}` })).status, 200);
});

test("the OpenAPI document describes what there is, with every reference resolved", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  const document = (await web.client().get("/api/v1/openapi.json")).json() as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
    components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
  };
  t.is(document.openapi, "3.1.0");
  t.deepEqual(Object.keys(document.paths), [
    "/jobs",
    "/jobs/{job_id}/start",
    "/uploads",
    "/uploads/{job_id}/urls",
    "/uploads/{job_id}/parts",
    "/uploads/{job_id}/complete",
    "/uploads/{job_id}",
    "/jobs/{job_id}",
    "/jobs/{job_id}/cancel",
    "/jobs/{job_id}/resubmit",
    "/jobs/{job_id}/share",
    "/jobs/{job_id}/log",
    "/jobs/{job_id}/result",
    "/jobs/{job_id}/summary",
    "/jobs/{job_id}/variants",
    "/jobs/{job_id}/export",
  ]);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1] ?? "",
  );
  t.true(references.length > 10);
  for (const name of references) t.truthy(document.components.schemas[name], name);
  for (const name of ["Job", "JobList", "Problem", "Submission", "Upload"])
    t.truthy(document.components.schemas[name]?.properties, name);
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) t.truthy(operation.responses["429"], operation.operationId);
  }
  const docs = await web.client().get("/api/v1/docs");
  t.regex(docs.text, /Programming interface[\s\S]*\/api\/v1\/jobs\/\{job_id\}\/result/);
});

test("an address that the API does not have is a 404 of the API, also for a POST, which has no form's origin", async (t) => {
  const web = await startApi();
  t.teardown(web.close);
  for (const method of ["GET", "POST"]) {
    const answer = await web.call(method, "/job");
    t.is(answer.status, 404, method);
    t.regex(String(answer.json().detail), /no \/api\/v1\/job\..*\/api\/v1\/docs/);
  }
});
