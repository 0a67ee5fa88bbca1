import test from "ava";
import { parse } from "node-html-parser";
import { findingAttributes } from "../../../runtime/contract/findings.ts";
import { dueAgain } from "../../../runtime/jobs/archival.ts";
import { completedJob, pendingJob, resultRef } from "../../support/memory.ts";
import { startWeb } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

test("the list shows one's own jobs only, newest first, page by page to the last", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  for (let i = 0; i < 45; i++) web.jobs.put(pendingJob(now - i, { input_file_name: `mine-${i}.vcf` }));
  web.jobs.put(pendingJob(now, { user_id: "user-2", input_file_name: "theirs.vcf" }));
  const seen: string[] = [];
  let path: string | undefined = "/annotations";
  let pages = 0;
  while (path !== undefined) {
    const page = await client.get(path);
    t.is(page.status, 200);
    const cells = parse(page.text)
      .querySelectorAll("*")
      .filter(({ children }) => children.length === 0);
    seen.push(...cells.map(({ text }) => text).filter((text) => /^(mine-\d+|theirs)\.vcf$/.test(text)));
    path = parse(page.text).querySelector("a[rel=next]")?.getAttribute("href");
    pages += 1;
  }
  t.is(pages, 3);
  t.deepEqual(
    seen,
    Array.from({ length: 45 }, (_, i) => `mine-${i}.vcf`),
  );
});

test("an empty list says what will be there", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  t.regex((await (await web.signedIn()).get("/annotations")).text, /No jobs yet/);
});

test("a fragment is the part that refreshes: alone, and for as long as something may change", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const running = pendingJob(now, { job_status: "RUNNING", progress_percent: 40, progress_records: 1200 });
  const failed = pendingJob(now, { job_status: "FAILED", failure_reason: "REF is empty", failure_line: 12 });
  for (const job of [running, failed]) web.jobs.put(job);
  const part = await client.get(`/annotations/${running.job_id}?fragment=1`);
  t.regex(part.text, /^<div id="live" data-live="\/annotations\/[^"]+\?fragment=1" data-live-seconds="2">/);
  t.regex(part.text, /40 %[\s\S]*1,200 records/);
  const ended = await client.get(`/annotations/${failed.job_id}?fragment=1`);
  t.regex(ended.text, /^<div id="live">/);
  t.regex(ended.text, /Line 12: <\/strong>REF is empty/);
  t.regex((await client.get("/annotations?fragment=1")).text, /^<div id="live"/);
});

test("another user's job, log, result and input are refused, and so is asking for its restore", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const job = completedJob(now, { user_id: "user-2" });
  web.jobs.put(job);
  const client = await web.signedIn();
  for (const part of ["", "/log", "/result", "/result/download", "/input"]) {
    const answer = await client.get(`/annotations/${job.job_id}${part}`);
    t.is(answer.status, 403, part);
    t.false(answer.text.includes(job.input_file_name));
  }
  t.is((await client.post(`/annotations/${job.job_id}/restore`)).status, 403);
});

test("a free user's result: until when, then the upgrade; the log stays for everybody", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const job = completedJob(now - 600);
  web.jobs.put(job);
  const ref = resultRef(job);
  web.objects.put(ref, "##fileformat=VCFv4.2\nline\n");
  web.objects.put({ bucket: ref.bucket, key: job.s3_key_log_file ?? "" }, "records in: 1\n");
  const page = `/annotations/${job.job_id}`;
  t.regex((await client.get(page)).text, /The result is ready[\s\S]*another 20 minutes/);
  t.regex((await client.get(`${page}/result`)).text, /##fileformat=VCFv4\.2/);
  const download = await client.get(`${page}/result/download`);
  t.is(download.status, 303);
  t.regex(download.location ?? "", /free_1\.annot\.vcf\?download=free_1\.annot\.vcf$/);

  await web.jobs.apply(job.job_id, dueAgain(now, 3600));
  t.regex((await client.get(page)).text, /another 60 minutes/);

  for (const result_state of ["ARCHIVING", "ARCHIVED"] as const) {
    web.jobs.put({ ...job, result_state });
    t.regex((await client.get(page)).text, /Upgrade to premium to download/, result_state);
    for (const part of ["/result", "/result/download"]) t.is((await client.get(page + part)).location, page);
    t.regex((await client.get(`${page}/log`)).text, /records in: 1/);
  }
});

test("what was found is told on page and list; a file of which nothing was annotated is not called annotated", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const note = "the file is of GRCh37: <b>lengths</b>";
  const shown = async (annotated: number, passedThrough: number, skipped: number, notes: string[]) => {
    const job = completedJob(now - 60, {
      job_id: "0b7a3f6e-2f0c-4c0e-9d57-0f6c2b8d3a11",
      progress_records: annotated + passedThrough + skipped,
      ...findingAttributes({ annotated, passedThrough, skipped, notes }),
    });
    web.jobs.put(job);
    return {
      page: (await client.get(`/annotations/${job.job_id}`)).text,
      list: (await client.get("/annotations")).text,
    };
  };
  const nothing = await shown(0, 1_200, 0, [note]);
  t.regex(nothing.page, /Nothing was annotated[\s\S]*1,200 records: 0 annotated, 1,200 passed through unchanged/);
  t.regex(nothing.page, /the file is of GRCh37: &lt;b>lengths|the file is of GRCh37: &lt;b&gt;lengths/);
  t.notRegex(nothing.page, /The result is ready|Completed<\/span>/);
  t.regex(nothing.list, /Not annotated/);
  const part = await shown(1, 0, 1, ["1 record could not be read"]);
  t.regex(part.page, /1 left out of the result[\s\S]*The result lacks records of the file/);
  t.regex(part.list, /Incomplete/);
  const well = await shown(3, 1, 0, []);
  t.regex(well.page, /The result is ready[\s\S]*4 records: 3 annotated/);
  t.notRegex(well.page, /To know of this file/);
  t.regex(well.list, /Completed/);
});

test("the upload page tells the limits of the plan", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const page = (await (await web.signedIn()).get("/annotate")).text;
  t.regex(
    page,
    /Up to 150 KB[\s\S]*Decompressed up to 2\.93 MB, the result up to 11\.8 MB; a record\s+up to 16 MB and 10,000 alleles/,
  );
});

test("being restored is shown, with when it is expected: minutes, hours, any moment", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ role: "premium_user" });
  const job = completedJob(now - 600, { result_state: "RESTORING" });
  const shown = async (seconds: number | undefined) => {
    web.jobs.put({ ...job, ...(seconds === undefined ? {} : { restore_expected_time: now + seconds }) });
    return (await client.get(`/annotations/${job.job_id}`)).text;
  };
  t.regex(await shown(240), /being restored[\s\S]*in about 4 minutes/);
  t.regex(await shown(4 * 3600), /in about 4 hours/);
  t.regex(await shown(-5), /any moment now/);
  t.regex(await shown(undefined), /within a few hours/);
  t.regex((await client.get("/annotations")).text, /Being restored/);
});

test("a premium user's archived result can be asked for again; a free user's cannot", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ role: "premium_user" });
  const job = completedJob(now - 600, { result_state: "ARCHIVED" });
  web.jobs.put(job);
  t.regex((await client.get(`/annotations/${job.job_id}`)).text, /Ask for it again/);
  t.is((await client.post(`/annotations/${job.job_id}/restore`)).location, `/annotations/${job.job_id}`);
  t.deepEqual(web.topics.jobRestore.published, [{ user_id: "user-1" }]);
  await web.users.setPlan("user-1", { role: "free_user" });
  await client.post(`/annotations/${job.job_id}/restore`);
  t.is(web.topics.jobRestore.published.length, 1);
});

test("a large result is previewed by its first 200 lines, a large log by its first MB, whole lines only", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const job = completedJob(now);
  web.jobs.put(job);
  const ref = resultRef(job);
  web.objects.put(ref, Array.from({ length: 5000 }, (_, i) => `line-${i + 1}-${"x".repeat(100)}`).join("\n"));
  web.objects.put({ bucket: ref.bucket, key: job.s3_key_log_file ?? "" }, `${"é".repeat(99)}\n`.repeat(6000));
  const result = await client.get(`/annotations/${job.job_id}/result`);
  t.true(result.text.includes("line-200-"));
  t.false(result.text.includes("line-201-"));
  t.regex(result.text, /first 200 lines/);
  const log = await client.get(`/annotations/${job.job_id}/log`);
  t.regex(log.text, /its first 1 MB/);
  t.false(log.text.includes("\ufffd"));
});

test("a result that the archiver has just taken away is a page that says so", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const job = completedJob(now);
  web.jobs.put(job);
  const answer = await client.get(`/annotations/${job.job_id}/result`);
  t.is(answer.status, 404);
  t.regex(answer.text, /just been moved/);
});

test("file names, failure reasons, names and file contents are text, never markup", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const client = await web.signedIn({ name: attack, institution: attack });
  const job = completedJob(now, { input_file_name: `${attack}.vcf` });
  web.jobs.put(job);
  const failed = pendingJob(now, { job_status: "FAILED", failure_reason: attack, input_file_name: attack });
  web.jobs.put(failed);
  web.objects.put(resultRef(job), attack);
  web.objects.put({ bucket: "results", key: job.s3_key_log_file ?? "" }, attack);
  const paths = [
    "/",
    "/annotations",
    `/annotations/${job.job_id}`,
    `/annotations/${job.job_id}/result`,
    `/annotations/${job.job_id}/log`,
    `/annotations/${failed.job_id}`,
    "/profile",
    `/${encodeURIComponent(attack)}`,
    `/subscribe?reason=${encodeURIComponent(attack)}&size=${encodeURIComponent(attack)}`,
  ];
  for (const path of paths) {
    const { text } = await client.get(path);
    t.false(/<script>alert|<img src=x/.test(text), path);
  }
});
