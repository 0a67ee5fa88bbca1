// A user deletes a job: by page, which asks first, and by API.
import test from "ava";
import { parse } from "node-html-parser";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";
import { startWeb, type TestWebOptions } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

async function startBoth(options: TestWebOptions = {}) {
  const web = await startWeb(options);
  const client = await web.signedIn();
  const { token, stored } = newApiToken("user-1", "test", web.clock);
  await web.users.addApiToken("user-1", stored);
  const program = web.client();
  const call = (method: string, path: string) =>
    program.request(method, `/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { ...web, client, call };
}

test("the page asks first, without a script; then the job is nowhere to be seen, and the archiver is told once", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = { ...completedJob(now - 60), job_name: "<b>Trio</b>" };
  web.jobs.put(job);
  const page = `/annotations/${job.job_id}`;
  t.truthy(parse((await web.client.get(page)).text).querySelector(`a[href="${page}/delete"]`));
  const asked = await web.client.get(`${page}/delete`);
  t.is(asked.status, 200);
  t.regex(asked.headers.get("content-security-policy") ?? "", /script-src 'none'/);
  t.is(parse(asked.text).querySelector("main form")?.getAttribute("action"), `${page}/delete`);
  t.regex(asked.text, /&lt;b>Trio/);
  t.like(web.jobs.jobs.get(job.job_id), { job_status: "COMPLETED" }, "asking changes nothing");
  t.is((await web.client.post(`${page}/delete`)).location, "/annotations");
  t.deepEqual(web.archiveQueue.contents(), [{ job_id: job.job_id, reason: "deletion" }]);
  t.false((await web.client.get("/annotations")).text.includes(job.job_id));
  for (const path of ["", "/input", "/log", "/result", "/delete"])
    t.is((await web.client.get(page + path)).status, 404);
  for (const path of ["/delete", "/cancel", "/resubmit", "/label"]) {
    t.is((await web.client.post(page + path, { name: "x", note: "" })).status, 404);
  }
  t.is((await web.call("GET", `/jobs/${job.job_id}`)).status, 404);
  t.is(web.archiveQueue.contents().length, 1);
});

test("by API: a job that runs is cancelled with it; deleted once more, there is none", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = pendingJob(now, { job_status: "RUNNING", worker: "w", attempts: 1, lease_until: now + 60 });
  const other = pendingJob(now);
  for (const each of [job, other]) web.jobs.put(each);
  const deleted = await web.call("DELETE", `/jobs/${job.job_id}`);
  t.is(deleted.status, 204);
  t.is(deleted.text, "");
  t.like(web.jobs.jobs.get(job.job_id), {
    job_status: "CANCELLED",
    worker: undefined,
    outbox: undefined,
    awaits: "deletion",
  });
  t.is((await web.call("DELETE", `/jobs/${job.job_id}`)).status, 404);
  const { jobs } = (await web.call("GET", "/jobs")).json() as { jobs: { job_id: string }[] };
  t.deepEqual(
    jobs.map(({ job_id }) => job_id),
    [other.job_id],
  );
});

test("a queue that does not answer keeps no job: it is marked, and the archiver's sweep finds it", async (t) => {
  const web = await startBoth({ ports: () => ({ archiveQueue: { send: () => Promise.reject(new Error("away")) } }) });
  t.teardown(web.close);
  const job = completedJob(now - 60);
  web.jobs.put(job);
  t.is((await web.call("DELETE", `/jobs/${job.job_id}`)).status, 204);
  t.like(web.jobs.jobs.get(job.job_id), { delete_time: now, awaits: "deletion", result_state: undefined });
});

test("another user's job is not deleted", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = completedJob(now - 60, { user_id: "user-2" });
  web.jobs.put(job);
  t.is((await web.call("DELETE", `/jobs/${job.job_id}`)).status, 403);
  t.is((await web.client.post(`/annotations/${job.job_id}/delete`)).status, 403);
  t.deepEqual(web.jobs.jobs.get(job.job_id), job);
  t.deepEqual(web.archiveQueue.contents(), []);
});

test("an upload's page that is loaded again does not bring a deleted job back", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = pendingJob(now);
  web.jobs.put(job);
  web.objects.put({ bucket: "inputs", key: job.s3_key_input_file }, "the file");
  await web.client.post(`/annotations/${job.job_id}/delete`);
  const arrived = `/annotate/job?${new URLSearchParams({ bucket: "inputs", key: job.s3_key_input_file })}`;
  t.is((await web.client.get(arrived)).status, 404);
  t.deepEqual(web.topics.jobRequests.published, []);
});
