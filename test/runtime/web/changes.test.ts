// What a user does to a job: cancel it, run it again, name it. Pages and API alike.
import test from "ava";
import { parse } from "node-html-parser";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";
import { startWeb } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

/** The page's user, and a program with a token of theirs. */
async function startBoth() {
  const web = await startWeb();
  const client = await web.signedIn();
  const { token, stored } = newApiToken("user-1", "test", web.clock);
  await web.users.addApiToken("user-1", stored);
  const program = web.client();
  const call = (method: string, path: string, body?: object) =>
    program.request(method, `/api/v1${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { ...web, client, call };
}

const inputOf = ({ s3_inputs_bucket: bucket, s3_key_input_file: key }: ReturnType<typeof pendingJob>) => ({
  bucket,
  key,
});

/** Addresses that the forms of a page send to. */
const formsOf = (text: string) =>
  parse(text)
    .querySelectorAll("main form")
    .map((form) => form.getAttribute("action"));

test("a job that waits or runs is cancelled, by page and by API; once more changes nothing", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  for (const fields of [{}, { job_status: "RUNNING", worker: "w", lease_until: now + 60 }] as const) {
    const job = pendingJob(now, fields);
    web.jobs.put(job);
    const page = `/annotations/${job.job_id}`;
    t.true(formsOf((await web.client.get(page)).text).includes(`${page}/cancel`));
    t.is((await web.client.post(`${page}/cancel`)).location, page);
    const shown = (await web.client.get(page)).text;
    t.regex(shown, /This job was cancelled/);
    t.false(formsOf(shown).includes(`${page}/cancel`));
    t.like(web.jobs.jobs.get(job.job_id), { job_status: "CANCELLED", complete_time: now, worker: undefined });
    t.is((await web.client.post(`${page}/cancel`)).location, page);
    const again = await web.call("POST", `/jobs/${job.job_id}/cancel`);
    t.is(again.status, 200);
    t.like(again.json(), { job_status: "CANCELLED", result: { state: "none" } });
  }
});

test("a job that has ended meanwhile is not cancelled: it says how it ended", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = completedJob(now - 60);
  web.jobs.put(job);
  const page = await web.client.post(`/annotations/${job.job_id}/cancel`);
  t.is(page.status, 409);
  t.regex(page.text, /The job is COMPLETED: there is nothing left to cancel/);
  const refused = await web.call("POST", `/jobs/${job.job_id}/cancel`);
  t.like(refused.json(), { status: 409, type: "urn:annofarm:problem:has-ended" });
  t.is(web.jobs.jobs.get(job.job_id)?.job_status, "COMPLETED");
});

test("an ended job is run again as a job of its own, with a copy of its file", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = { ...completedJob(now - 60), job_name: "Trio 7" };
  web.jobs.put(job);
  web.objects.put(inputOf(job), "the file", "text/plain");
  const page = `/annotations/${job.job_id}`;
  t.true(formsOf((await web.client.get(page)).text).includes(`${page}/resubmit`));
  const { location = "" } = await web.client.post(`${page}/resubmit`);
  const next = web.jobs.jobs.get(location.replace("/annotations/", ""));
  if (next === undefined) return t.fail(location);
  t.not(next.job_id, job.job_id);
  t.like(next, {
    job_status: "PENDING",
    rerun_of: job.job_id,
    job_name: "Trio 7",
    input_file_name: job.input_file_name,
  });
  t.not(next.s3_key_input_file, job.s3_key_input_file);
  t.is(web.objects.text(inputOf(next)), "the file");
  t.deepEqual(web.topics.jobRequests.published, [{ job_id: next.job_id, user_id: "user-1" }]);
  t.regex((await web.client.get(location)).text, new RegExp(`href="${page}"`));
});

test("a click made twice, or one on each instance, makes one further run; the next comes when that one has ended", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = pendingJob(now - 60, { job_status: "CANCELLED", complete_time: now });
  web.jobs.put(job);
  web.objects.put(inputOf(job), "the file");
  const rerun = async () => String((await web.call("POST", `/jobs/${job.job_id}/resubmit`)).json().job_id);
  const both = await Promise.all([rerun(), rerun()]);
  t.is(new Set(both).size, 1);
  t.is(await rerun(), both[0]);
  t.is(web.topics.jobRequests.published.length, 1);
  await web.call("POST", `/jobs/${both[0]}/cancel`);
  const third = await web.call("POST", `/jobs/${job.job_id}/resubmit`);
  t.is(third.status, 201);
  t.is(third.location, `/api/v1/jobs/${third.json().job_id}`);
  t.not(third.json().job_id, both[0]);
  t.is(web.jobs.jobs.size, 3);
});

test("what cannot be run again is said: a job at work, a file that is gone, one that the plan does not take any more", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const running = pendingJob(now);
  const gone = completedJob(now - 60);
  const large = completedJob(now - 60);
  for (const job of [running, gone, large]) web.jobs.put(job);
  web.objects.put(inputOf(large), Buffer.alloc(153_601));
  for (const [job, status, code] of [
    [running, 409, "not-ended"],
    [gone, 410, "input-gone"],
    [large, 413, "file-too-large"],
  ] as const) {
    const refused = await web.call("POST", `/jobs/${job.job_id}/resubmit`);
    t.like(refused.json(), { status, type: `urn:annofarm:problem:${code}` });
    t.is((await web.client.post(`/annotations/${job.job_id}/resubmit`)).status, status);
  }
  t.is(web.jobs.jobs.size, 3);
  t.deepEqual(web.topics.jobRequests.published, []);
});

test("a name and a note are kept, shown as text, and removed again", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = completedJob(now - 60);
  web.jobs.put(job);
  const page = `/annotations/${job.job_id}`;
  const sent = { name: "  <b>Trio\u200b 7</b> ", note: "first\r\nsecond" };
  t.is((await web.client.post(`${page}/label`, sent)).location, page);
  t.like(web.jobs.jobs.get(job.job_id), { job_name: "<b>Trio 7</b>", job_note: "first\nsecond" });
  const shown = parse((await web.client.get(page)).text);
  t.is(shown.querySelector("h1")?.text, "<b>Trio 7</b>");
  t.is(shown.querySelector(".job-note")?.text, "first\nsecond");
  t.is(shown.querySelector("textarea")?.text.trim(), "first\nsecond");
  t.regex((await web.client.get("/annotations")).text, /Trio 7[\s\S]*free_1\.vcf/);
  t.like((await web.call("GET", `/jobs/${job.job_id}`)).json(), {
    job_name: "<b>Trio 7</b>",
    job_note: "first\nsecond",
  });
  t.is((await web.client.post(`${page}/label`, { name: "", note: "" })).location, page);
  t.like(web.jobs.jobs.get(job.job_id), { job_name: undefined, job_note: undefined });
});

test("the API changes what it is given and leaves the rest", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = completedJob(now - 60);
  web.jobs.put(job);
  const patch = (body: object) => web.call("PATCH", `/jobs/${job.job_id}`, body);
  t.is((await patch({ job_name: "Trio 7", job_note: "n" })).status, 200);
  t.like((await patch({ job_note: "" })).json(), { job_name: "Trio 7", job_note: undefined });
  for (const body of [{}, { name: "x" }, { job_name: 7 }, { job_name: "a\nb" }, { job_name: "x".repeat(101) }]) {
    const refused = await patch(body);
    t.is(refused.status, 400, JSON.stringify(body));
    t.is(refused.json().type, "urn:annofarm:problem:malformed");
  }
  t.is(web.jobs.jobs.get(job.job_id)?.job_name, "Trio 7");
});

test("a text that cannot be kept comes back in its form, with what is wrong", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = completedJob(now - 60);
  web.jobs.put(job);
  const long = "x".repeat(101);
  const refused = await web.client.post(`/annotations/${job.job_id}/label`, { name: long, note: "a\u0007b" });
  t.is(refused.status, 400);
  const page = parse(refused.text);
  t.is(page.querySelector("input#name")?.getAttribute("value"), long);
  t.is(page.querySelector("#name-error")?.text, "This name has 101 characters; at most 100 are kept.");
  t.regex(page.querySelector("#note-error")?.text ?? "", /^A note has no control characters/);
  const form = page.querySelectorAll("details.label").find((each) => each.querySelector("input#name") !== null);
  t.not(form?.getAttribute("open"), undefined);
  t.is(web.jobs.jobs.get(job.job_id)?.job_name, undefined);
});

test("another user's job is neither cancelled, run again nor named", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = pendingJob(now, { user_id: "user-2" });
  web.jobs.put(job);
  web.objects.put(inputOf(job), "the file");
  for (const [method, path, body] of [
    ["POST", "/cancel", undefined],
    ["POST", "/resubmit", undefined],
    ["PATCH", "", { job_name: "mine" }],
  ] as const) {
    t.is((await web.call(method, `/jobs/${job.job_id}${path}`, body)).status, 403);
  }
  for (const path of ["cancel", "resubmit", "label"]) {
    t.is((await web.client.post(`/annotations/${job.job_id}/${path}`, { name: "mine" })).status, 403);
  }
  t.deepEqual(web.jobs.jobs.get(job.job_id), job);
});
