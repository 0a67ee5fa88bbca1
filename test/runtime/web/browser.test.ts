// The pages' scripts in a real browser: the upload as S3 does it (preflight, form, redirect), the limit before sending,
// and a page that refreshes itself.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import type { Browser } from "playwright-core";
import { uploadPartBytes } from "../../../runtime/contract/limits.ts";
import { claim, heartbeat } from "../../../runtime/jobs/annotation.ts";
import { findChromium, launchBrowser, noChromium } from "../../support/browser.ts";
import { pendingJob } from "../../support/memory.ts";
import { until } from "../../support/until.ts";
import { bgzip, columnLine, dataFile, vcfOf } from "../../support/vcf.ts";
import { startWithBucket } from "./support/bucket.ts";
import { openPage } from "./support/page.ts";
import { startWeb } from "./support/web.ts";

const register = anyTest as TestFn<{ browser: Browser }>;
const test = findChromium() === undefined ? register.skip : register.serial;
if (findChromium() === undefined) console.warn(noChromium);
else {
  register.before(async (t) => {
    t.context.browser = await launchBrowser();
  });
  register.after.always((t) => t.context.browser?.close());
}

const uploaded = (name: string, content: string | Buffer) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});

/** A VCF file of so many bytes; what is less than its header counts for that. */
function file(name: string, bytes: number) {
  const header = `##fileformat=VCFv4.2\n##reference=GRCh38\n${columnLine}\n`;
  return uploaded(name, header.replace("\n#C", `\n##x=${"A".repeat(Math.max(0, bytes - header.length - 5))}\n#C`));
}

test("a file goes straight to the bucket and its job's page opens, without an error in the console", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", file("my sample.vcf", 90_000));
  t.is(await page.textContent("#chosen"), "my sample.vcf");
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.is(await page.textContent("h1"), "my sample.vcf");
  t.is(bucket.received.length, 1);
  t.regex(bucket.received[0] ?? "", /name="file"; filename="my sample\.vcf"/);
  t.is(web.topics.jobRequests.published.length, 1);
  await page.reload();
  t.is(web.topics.jobRequests.published.length, 1);
  t.deepEqual(errors, []);
});

test("a free user's oversized file is told when it is chosen, and never sent; the way to premium has size and limit", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page } = await openPage(t.context.browser, web);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", file("large.vcf", 153_601));
  t.is(
    await page.textContent("#message"),
    "“large.vcf” has 150.1 KB; the free plan takes up to 150 KB. Premium takes larger files.",
  );
  await page.click("#send");
  t.is(await page.textContent("#chosen"), "large.vcf");
  await page.setInputFiles("#file", file("small.vcf", 10));
  t.true(await page.isHidden("#message"));
  await page.setInputFiles("#file", file("large.vcf", 153_601));
  await page.click("#message a");
  await page.waitForURL("**/subscribe?reason=size*");
  t.regex((await page.textContent("#reason")) ?? "", /not uploaded.*150\.1 KB.*150 KB/);
  t.false(requests.some((request) => request.startsWith("POST")));
  t.deepEqual(bucket.received, []);
});

test("what the bucket refuses, and what is no VCF, is said on the page, which can be used again", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", file("notes.txt", 10));
  await page.click("#send");
  t.regex((await page.textContent("#message")) ?? "", /does not look like a VCF/);
  bucket.limit(10);
  await page.setInputFiles("#file", file("a.vcf", 5_000));
  await page.click("#send");
  await page.waitForSelector("#message:not([hidden])");
  t.regex((await page.textContent("#message")) ?? "", /larger than your plan takes/);
  bucket.limit(100_000);
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.is(web.jobs.jobs.size, 1);
});

test("what a file holds is shown before it is sent: plain, gzip and bgzip alike, and what has to be confirmed is", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  const sample = dataFile("test/data/clinvar-sample.vcf.gz");
  const text = gunzipSync(sample);
  const seen: string[] = [];
  for (const [name, content] of [
    ["plain.vcf", text],
    ["gzip.vcf.gz", gzipSync(text)],
    ["bgzip.vcf.gz", bgzip(text)],
    ["members.vcf.gz", Buffer.concat([gzipSync(text), gzipSync(text.subarray(-1000))])],
  ] as const) {
    await page.setInputFiles("#file", uploaded(name, content));
    await page.locator("#previews summary", { hasText: name }).waitFor();
    const told = (await page.textContent("#previews .facts")) ?? "";
    t.regex(told, name === "plain.vcf" ? /Compressionnone/ : name === "bgzip.vcf.gz" ? /bgzip/ : /gzip/);
    seen.push(((await page.textContent(".first-records")) ?? "").slice(0, 200));
  }
  t.is(new Set(seen).size, 1, seen.join("\n"));

  await page.setInputFiles(
    "#file",
    uploaded("broken.vcf", vcfOf("1\t5\t.\tA\tC\t.\t.\t.", "1\tx\t.\tA\tC\t.\t.\t.", "1\t7")),
  );
  await page
    .locator("#previews summary", { hasText: "broken.vcf: 0 samples, assembly not told, 2 mistakes" })
    .waitFor();
  t.deepEqual(await page.locator("#previews li").allTextContents(), [
    'line 4: POS "x" is not a whole number between 0 and 2147483647',
    'line 5: the record has 2 tab-separated columns, the column line has 8; column 2 is "7", column 3 (ID) was expected after it',
  ]);
  await page.click("#send");
  t.deepEqual(bucket.received, [], "not before it is confirmed");
  t.true(await page.evaluate(() => document.activeElement?.matches("#previews input:invalid")));
  await page.keyboard.press("Space");
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.is(bucket.received.length, 1);
  t.deepEqual(errors, []);
});

test("a file that is something else is named and not sent", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  for (const [content, what] of [
    [bgzip(Buffer.from("BAM\u0001")), /BAM: reads, not variants/],
    [Buffer.from("CRAM\u0003"), /CRAM: reads/],
    [Buffer.from("PK\u0003\u0004"), /zip archive/],
    [Buffer.from("%PDF-1.7"), /PDF document/],
    [gzipSync(gzipSync("##fileformat=VCFv4.2")), /compressed twice/],
    [Buffer.from("1f8b0800deadbeef", "hex"), /nothing of it can be decompressed/],
  ] as const) {
    await page.setInputFiles("#file", uploaded("calls.vcf.gz", content));
    await page.locator("#previews .message.bad", { hasText: what }).waitFor();
    await page.click("#send");
    await page.locator("#message", { hasText: what }).waitFor();
  }
  t.deepEqual(bucket.received, []);
  t.deepEqual(errors, []);
});

/** A file of three parts on the disk: chosen again, it has the same time of change. */
async function largeFile(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-upload-"));
  t.teardown(() => rm(directory, { recursive: true }));
  const path = join(directory, "large.vcf");
  await writeFile(path, file("large.vcf", 2 * uploadPartBytes + 100).buffer);
  return path;
}

const premium = { config: { inputBytesMax: { free_user: 153_600, premium_user: 100_000_000 } } };

test("a large file goes in parts: what breaks off is sent again, also after the page was left; a stop leaves nothing", async (t) => {
  const { web, bucket } = await startWithBucket(premium);
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page } = await openPage(t.context.browser, web, {}, { role: "premium_user" });
  const path = await largeFile(t);
  bucket.troubles.push("hang");
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", path);
  await page.click("#send");
  await until("two parts have arrived", () => bucket.parts.length === 2);
  await page.reload();
  t.is(web.jobs.jobs.size, 0);
  bucket.troubles.push("break", 403);
  await page.setInputFiles("#file", path);
  await page.click("#send");
  await page.locator("#message", { hasText: "An upload of this file broke off; it goes on where it was." }).waitFor();
  await page.waitForURL("**/annotations/*");
  t.deepEqual(bucket.parts.toSorted(), [1, 2, 3], "none twice");
  t.is(web.jobs.jobs.size, 1);
  const [job] = [...web.jobs.jobs.values()];
  t.true(web.objects.objects.get(`inputs/${job?.s3_key_input_file}`)?.body.equals(await readFile(path)));
  t.is(web.parts.unfinished, 0);

  bucket.troubles.push("hang", "hang", "hang");
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", path);
  await page.click("#send");
  await until("the parts are on their way", () => bucket.troubles.length === 0);
  await page.click("#stop");
  await page.locator("#message", { hasText: "The upload was stopped. Nothing was submitted." }).waitFor();
  t.is(web.parts.unfinished, 0);
  t.is(web.jobs.jobs.size, 1);
});

test("several files become a job each; what is refused of them stays chosen, with its reason, and nothing else", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", [file("a.vcf", 2_000), file("b.vcf", 9_000), file("notes.txt", 10)]);
  t.regex((await page.textContent("#message")) ?? "", /“notes.txt” does not look like a VCF/);
  await page.click("#send");
  t.is(bucket.received.length, 0, "nothing is sent while one of them cannot be");

  await page.setInputFiles("#file", [file("a.vcf", 2_000), file("b.vcf", 9_000), file("c.vcf", 2_000)]);
  t.is(await page.textContent("#chosen"), "3 files");
  bucket.limit(5_000);
  await page.click("#send");
  await page.waitForSelector("#message:not([hidden])");
  t.regex((await page.textContent("#message")) ?? "", /2 of 3 files were submitted; these were not\. Your jobs/);
  t.deepEqual(await page.locator("#files li").allTextContents(), [
    "b.vcf: The storage refused the file: it is larger than your plan takes.",
  ]);
  t.is(await page.textContent("#chosen"), "b.vcf");
  bucket.limit(100_000);
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.deepEqual([...web.jobs.jobs.values()].map(({ input_file_name: name }) => name).sort(), ["a.vcf", "b.vcf", "c.vcf"]);
  t.deepEqual(
    errors.filter((error) => !/400|403/.test(error)),
    [],
  );
});

test("all of several files that are submitted lead to the jobs; a stop keeps those that were not sent", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  let asked = 0;
  await page.route("**/annotate/upload", async (route) => {
    asked += 1;
    if (asked === 2) await page.click("#stop");
    await route.continue();
  });
  await page.setInputFiles("#file", [file("a.vcf", 2_000), file("b.vcf", 2_000), file("c.vcf", 2_000)]);
  await page.click("#send");
  await page.waitForSelector("#message:not([hidden])");
  t.true((await page.locator("#files li").allTextContents()).includes("c.vcf: stopped"));
  t.true(web.jobs.jobs.size < 3);
  await page.click("#send");
  await page.waitForURL(/\/annotations(\/[^/]+)?$/);
  t.is(web.jobs.jobs.size, 3, "the rest follow, none twice");
});

test("an example and pasted text are submitted as files; a file that is chosen afterwards takes their place", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotate`);
  await page.click("#example");
  await page.waitForSelector("text=example.vcf");
  await page.click("text=Paste VCF text");
  await page.fill(
    "#pasted",
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t5\t.\tA\tC\t.\t.\t.\n",
  );
  t.is(await page.textContent("#chosen"), "pasted.vcf");
  await page.setInputFiles("#file", file("chosen.vcf", 10));
  t.is(await page.textContent("#chosen"), "chosen.vcf");
  t.is(await page.inputValue("#pasted"), "");
  await page.fill("#pasted", vcfOf("1\t5\t.\tA\tC\t.\t.\t."));
  await page.getByLabel("The positions are of GRCh38.").check();
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.regex(bucket.received[0] ?? "", /filename="pasted\.vcf"[\s\S]*##fileformat=VCFv4\.2\r?\n[\s\S]*\n1\t5/);
  await page.goto(`${web.origin}/annotate`);
  await page.click("#example");
  await page.waitForSelector("text=example.vcf");
  await page.click("#send");
  await page.waitForURL("**/annotations/*");
  t.regex(bucket.received[1] ?? "", /filename="example\.vcf"[\s\S]*real ClinVar alleles/);
  t.deepEqual(errors, []);
});

test("a job's page follows the job by itself; times are in the reader's own time zone", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const now = Math.floor(web.clock.now() / 1000);
  const job = pendingJob(now);
  web.jobs.put(job);
  const { page, errors } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotations/${job.job_id}`);
  await page.waitForSelector("text=Waiting for a free worker");
  t.regex((await page.getAttribute("time", "title")) ?? "", /UTC$/);
  await web.jobs.apply(job.job_id, claim("w", now, 60));
  await web.jobs.apply(job.job_id, heartbeat({ worker: "w", attempt: 1 }, now, 60, { records: 10, percent: 37 }));
  await page.waitForSelector("text=Annotating 37 %");
  t.deepEqual(errors, []);
});

test("a page whose session has ended leads to signing in, once, instead of asking on", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const job = pendingJob(Math.floor(web.clock.now() / 1000));
  web.jobs.put(job);
  const { page } = await openPage(t.context.browser, web);
  await page.goto(`${web.origin}/annotations/${job.job_id}`);
  await page.waitForSelector("text=Waiting for a free worker");
  let [logins, questions] = [0, 0];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    // The browser's tools also tell of a redirect that the page's script was told of and did not follow.
    if (pathname === "/login" && request.isNavigationRequest()) logins += 1;
    if (search === "?fragment=1") questions += 1;
  });
  const signingIn = page.waitForRequest(
    (request) => request.isNavigationRequest() && /^https:..issuer/.test(request.url()),
  );
  await page.context().clearCookies();
  await signingIn;
  t.is(logins, 1);
  t.is(questions, 1);
});

test("a balancer without instances is told in words, not as a broken answer", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const { page } = await openPage(t.context.browser, web);
  await page.route("**/annotate/upload", (route) =>
    route.fulfill({ status: 503, contentType: "text/html", body: "<h1>503</h1>" }),
  );
  await page.goto(`${web.origin}/annotate`);
  await page.setInputFiles("#file", file("a.vcf", 5_000));
  await page.click("#send");
  await page.waitForSelector("#message:not([hidden])");
  t.is(await page.textContent("#message"), "The service is not available just now. Try again in a minute.");
});
