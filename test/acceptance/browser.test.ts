// The whole service as a person meets it, in a real browser: every page on the way of one result from the upload to the
// archive and back, with its scripts. No page may complain in its console or try what its security policy forbids.
//
// SCREENSHOTS=1 leaves a picture of each page at 390 and 1280 pixels in .annofarm/screenshots.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import anyTest from "ava";
import type { Browser, Page } from "playwright-core";
import { oversizedVcf, sampleVcf } from "../../local/demo/sample-vcf.ts";
import { findChromium, launchBrowser, noChromium } from "../support/browser.ts";
import { startTestService, type TestService } from "../support/local-service.ts";
import { until } from "../support/until.ts";
import { toldCases } from "./told-cases.ts";

const pictures = process.env.SCREENSHOTS === "1";
const folder = fileURLToPath(new URL("../../.annofarm/screenshots", import.meta.url));

let service: TestService;
let browser: Browser;
/** Address of the first test's job. */
let firstJob = "";

const test = findChromium() === undefined ? anyTest.skip : anyTest.serial;
if (findChromium() === undefined) console.warn(noChromium);
else {
  anyTest.before(async () => {
    // Long enough to look at everything first.
    service = await startTestService(18_700, { retention: pictures ? "75 seconds" : "45 seconds" });
    browser = await launchBrowser();
    if (pictures) mkdirSync(folder, { recursive: true });
  });
  anyTest.after.always(async () => {
    await browser?.close();
    await service?.stop();
  });
}

interface Visitor {
  readonly page: Page;
  /** What pages have complained of, and not been expected to. */
  readonly complaints: string[];
  expect(complaint: RegExp): void;
  newPage(): Promise<Page>;
}

async function visitor(): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const complain = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  await context.addInitScript(
    'addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + e.blockedURI))',
  );
  const newPage = async () => {
    const page = await context.newPage();
    page.on("pageerror", (error) => complain(`${page.url()}: ${error}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        complain(`${page.url()}: ${message.text()} (${message.location().url})`);
      }
    });
    return page;
  };
  return { page: await newPage(), complaints, expect: (pattern) => expected.push(pattern), newPage };
}

/** A picture at each width, where pictures are wanted; nothing is ever wider than its page. */
async function look(page: Page, name: string, t: { true: (value: boolean, why: string) => unknown }): Promise<void> {
  const size = page.viewportSize();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const fits = await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
    t.true(fits === true, `${name} is wider than ${width} pixels`);
    if (pictures) await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
  if (size !== null) await page.setViewportSize(size);
}

const heading = (page: Page) => page.locator("h1").first().innerText();

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(service.url);
  await page
    .getByRole("link", { name: /sign in/i })
    .first()
    .click();
  await page.getByRole("button", { name }).click();
  await page.waitForURL(`${service.url}/**`);
}

async function typeCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry month").fill("12");
  await page.getByLabel("Expiry year").fill("40");
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Postal code").fill("60637");
  await page.getByRole("button", { name: /^Subscribe for/ }).click();
}

function annotators(): number[] {
  const services = service.hypervisor.instances().flatMap((instance) => instance.services);
  return services.flatMap(({ name, pid }) => (name === "annotator" && pid !== undefined ? [pid] : []));
}

/** Through the form; resolves on the job's page. */
async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.goto(`${service.url}/annotate`);
  await page.setInputFiles("#file", { name, mimeType: "application/octet-stream", buffer });
  await page.locator("#previews > *").waitFor();
  // Of a file that is broken, or does not tell its assembly.
  for (const box of await page.locator("#previews input").all()) await box.check();
  await page.getByRole("button", { name: /^Annotate/ }).click();
  await page.waitForURL("**/annotations/*");
}

async function newToken(page: Page): Promise<string> {
  await page.goto(`${service.url}/profile`);
  await page.getByLabel("New token for").fill("a notebook");
  await page.getByRole("button", { name: "Create" }).click();
  return (await page.locator("pre.token").innerText()).trim();
}

async function downloaded(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("link", { name: /^Download/ })
      .first()
      .click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test("one result's way: upload, annotation, mail, archive, a declined card, a good one, and back", async (t) => {
  const { page, complaints, expect, newPage } = await visitor();
  const free = service.person("free_user");
  const posts: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posts.push(request.url());
  });

  await page.goto(service.url);
  await look(page, "01-home", t);
  await page
    .getByRole("link", { name: /sign in/i })
    .first()
    .click();
  t.is(new URL(page.url()).origin, service.identity.issuer);
  await look(page, "02-sign-in", t);
  await page.getByRole("button", { name: free.name }).click();
  await page.waitForURL(`${service.url}/**`);

  await page.goto(`${service.url}/annotations`);
  t.regex(await page.locator("main").innerText(), /No jobs yet/);
  await look(page, "03-no-jobs", t);
  await page.goto(`${service.url}/annotate`);
  await look(page, "04-annotate", t);

  // Too large: nothing is sent, the reason is said.
  posts.length = 0;
  await page.setInputFiles("#file", {
    name: "cohort.vcf",
    mimeType: "text/plain",
    buffer: Buffer.from(oversizedVcf(200_000)),
  });
  await page.getByRole("link", { name: "Premium takes larger files." }).last().click();
  await page.waitForURL("**/subscribe?reason=size*");
  t.regex(
    await page.locator("#reason").innerText(),
    /too large for the free plan, so it was not uploaded.*2\d\d\.\d KB.*150 KB/s,
  );
  t.deepEqual(posts, [], "nothing was uploaded");
  await page.getByLabel("Card number").waitFor();
  await look(page, "05-subscribe-too-large", t);

  // A good one; the workers are held for a moment, so that the page is seen waiting.
  const operator = await newPage();
  await operator.goto(service.consoleUrl);
  await operator.getByRole("status").getByText("live").waitFor();
  const held = annotators();
  for (const pid of held) process.kill(pid, "SIGSTOP");
  await upload(page, "clinvar sample.vcf", Buffer.from(sampleVcf()));
  await page.getByText("Waiting for a free worker").waitFor();
  t.is(await heading(page), "clinvar sample.vcf");
  await look(page, "06-job-waiting", t);
  await operator.getByTitle("clinvar sample.vcf").waitFor();
  const job = page.url();
  firstJob = job;
  await page.evaluate("globalThis.untouched = true");
  for (const pid of held) process.kill(pid, "SIGCONT");
  await page.getByRole("status").getByText("Completed").waitFor();
  await page.getByText("The result is ready").waitFor();
  t.true(await page.evaluate("globalThis.untouched === true"), "the page was never loaded anew");
  const before = await downloaded(page);
  t.regex(before, /^##fileformat=VCF[\s\S]*GAS_CLNSIG=/);
  await look(page, "07-job-completed", t);

  await page.getByRole("link", { name: "View the log" }).click();
  t.regex(await page.locator("pre").innerText(), /Records +\d+ += annotated \+ passed through \+ skipped/);
  await look(page, "08-log", t);
  await page.goto(job);
  await page.getByRole("link", { name: "View the result" }).click();
  t.regex(await page.locator("table.records").innerText(), /Gene[\s\S]*Pathogenic/);
  await look(page, "09-result", t);
  await page.goto(`${service.url}/annotations`);
  t.regex(await page.locator("table.jobs").innerText(), /clinvar sample\.vcf[\s\S]*Completed/);
  await look(page, "10-jobs", t);

  await operator.goto(`${service.consoleUrl}/mail`);
  await operator
    .getByRole("link", { name: /annotation is complete/ })
    .first()
    .click();
  await operator.getByText(free.email).first().waitFor();
  await look(operator, "11-mail", t);

  // The free period passes in front of an open page.
  await page.goto(job);
  await page.evaluate("globalThis.untouched = true");
  await page.getByText("The result is in the archive").waitFor();
  t.true(await page.evaluate("globalThis.untouched === true"), "the page turned itself into the offer to upgrade");
  await look(page, "12-job-archived", t);
  await page.getByRole("link", { name: "Upgrade to premium to download" }).click();
  t.regex(await page.locator("#reason").innerText(), /safe in the archive/);

  // A declined card is said in words and charges nothing.
  expect(/status of 402.*\/v1\/setup_intents\//);
  await typeCard(page, "4000000000000002");
  await page.locator("#message:not([hidden])").waitFor();
  t.regex(await page.locator("#message").innerText(), /declined/i);
  await look(page, "13-card-declined", t);
  t.deepEqual(await subscriptions(), [], "nothing was charged");
  t.regex(await (await newPageAt(newPage, "/profile")).locator("main").innerText(), /Free/);

  await typeCard(page, "4242424242424242");
  await page.getByRole("heading", { name: "Welcome to premium" }).waitFor();
  await look(page, "14-welcome", t);
  t.is((await subscriptions()).length, 1);
  await page.goto(job);
  await page.getByText("The result is ready").waitFor();
  t.is(await downloaded(page), before, "the same, byte for byte");
  await look(page, "15-job-restored", t);

  await page.goto(`${service.url}/profile`);
  t.regex(await page.locator("main").innerText(), /Premium/);
  t.regex(await newToken(page), /^gas_/);
  await look(page, "16-profile", t);
  await page.goto(`${service.url}/subscribe`);
  t.is(await heading(page), "You are premium already");
  await look(page, "17-premium-already", t);

  await operator.goto(service.consoleUrl);
  await operator.getByTitle("clinvar sample.vcf").waitFor();
  await look(operator, "18-console", t);
  await page.getByRole("button", { name: /sign out/i }).click();
  await page.waitForURL(`${service.url}/**`);
  await page.goto(`${service.url}/annotations`);
  t.is(new URL(page.url()).origin, service.identity.issuer, "signed out: signing in is asked for");
  t.deepEqual(complaints, []);
  t.deepEqual(service.problems, []);
});

async function newPageAt(newPage: () => Promise<Page>, path: string): Promise<Page> {
  const page = await newPage();
  await page.goto(service.url + path);
  return page;
}

/** What the payment service has charged for. */
async function subscriptions(): Promise<unknown[]> {
  const answer = await fetch(`${service.payments.apiUrl}/v1/subscriptions`, {
    headers: { authorization: `Bearer ${service.payments.secretKey}` },
  });
  return ((await answer.json()) as { data: { status: string }[] }).data.filter(({ status }) => status === "active");
}

test("pages that say no say what to do next; a file that is no VCF says where it is wrong", async (t) => {
  const { page, complaints, expect } = await visitor();
  await signIn(page, service.person("premium_user").name);
  expect(/status of 40[34]/);
  await page.goto(`${service.url}/nowhere`);
  t.true((await page.locator("main a").count()) > 0);
  await look(page, "20-not-found", t);
  await page.goto(firstJob);
  t.regex(await page.locator("main").innerText(), /somebody else/);
  await look(page, "21-not-yours", t);

  await upload(page, "broken.vcf", Buffer.from("##fileformat=VCFv4.2\nhello\n"));
  await page.getByText("This file could not be annotated").waitFor();
  t.regex(await page.locator("main").innerText(), /Line 2/);
  await look(page, "22-job-failed", t);
  t.deepEqual(complaints, []);
});

test("what is wrong with a file is told on page, list, mail, API and log, at the first attempt", async (t) => {
  const { page, complaints } = await visitor();
  await signIn(page, service.person("premium_user").name);
  const authorization = `Bearer ${await newToken(page)}`;
  const api = async (path: string) => fetch(`${service.url}/api/v1${path}`, { headers: { authorization } });
  const jobs: string[] = [];
  for (const { name, file } of toldCases) {
    await upload(page, name, file);
    jobs.push(new URL(page.url()).pathname.split("/").pop() ?? "");
  }
  for (const [at, { name, kept = name, state, subject, reason, api: expected }] of toldCases.entries()) {
    const job = jobs[at] ?? "";
    await page.goto(`${service.url}/annotations/${job}`);
    await page.getByRole("status").getByText(state).waitFor();
    t.is(await heading(page), kept);
    t.regex(await page.locator("main").innerText(), reason, `${name}: page`);
    if (state === "Completed") {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: /^Download/ }).click(),
      ]);
      t.is(download.suggestedFilename(), kept.replace(/\.vcf$/, ".annot.vcf"));
    }
    await page.goto(`${service.url}/annotations/${job}/log`);
    t.regex(await page.locator("pre").innerText(), reason, `${name}: log`);

    const answer = (await (await api(`/jobs/${job}`)).json()) as Record<string, unknown>;
    t.like(answer, { ...expected, input_file_name: kept });
    if (state !== "Completed") t.regex([answer.failure_reason, answer.notes].join(), reason, `${name}: API`);
    t.regex(await (await api(`/jobs/${job}/log`)).text(), reason, `${name}: the API's log`);
    t.is((await service.backstage.job(job)).attempts, 1, name);

    await until(`a mail tells of ${name}`, () => service.gateway.mails().some(({ text }) => text.includes(job)));
    const mail = service.gateway.mails().find(({ text }) => text.includes(job));
    t.is(mail?.subject, subject);
    t.regex(mail?.text ?? "", reason, `${name}: mail`);
    t.true(mail?.text.includes(kept), `${name}: its name in the mail`);
  }
  await page.goto(`${service.url}/annotations`);
  for (const { name, kept = name, state } of toldCases) {
    const row = page.locator("table.jobs tr").filter({ has: page.getByRole("link", { name: kept, exact: true }) });
    t.regex(await row.innerText(), new RegExp(state), `${name}: list`);
  }
  t.deepEqual(complaints, []);
});

test("a job is cancelled while it waits, named, and run again", async (t) => {
  const { page, complaints } = await visitor();
  await signIn(page, service.person("premium_user").name);
  const workers = annotators();
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  try {
    await upload(page, "second-thoughts.vcf", Buffer.from(sampleVcf()));
    await look(page, "27-job-waits-cancel", t);
    await page.getByRole("button", { name: "Cancel this job" }).click();
    await page.getByText("This job was cancelled").waitFor();
  } finally {
    for (const pid of workers) process.kill(pid, "SIGCONT");
  }
  const cancelled = page.url();
  await page.getByText("Name it, or add a note").click();
  await page.getByLabel("Name").fill("Trio 7, <again>");
  await page.getByLabel("Note").fill("Sequenced in May.\nSee the notebook.");
  await page.getByRole("button", { name: "Save" }).click();
  t.is(await heading(page), "Trio 7, <again>");
  t.is(await page.locator(".job-note").innerText(), "Sequenced in May.\nSee the notebook.");
  await look(page, "28-job-cancelled", t);
  await page.getByRole("button", { name: "Run it again" }).click();
  await page.waitForURL((url) => url.href !== cancelled);
  await page.getByText("The result is ready").waitFor();
  t.is(await heading(page), "Trio 7, <again>");
  t.is(await page.getByRole("link", { name: cancelled.split("/").pop() ?? "" }).count(), 1);
  await look(page, "29-job-run-again", t);
  await page.goto(`${service.url}/annotations`);
  await look(page, "30-jobs-named", t);
  t.deepEqual(complaints, []);
});

test("the console shows instances, queues, alarms and jobs as they are, and what its buttons do", async (t) => {
  const { page, complaints } = await visitor();
  await page.goto(service.consoleUrl);
  await page.getByRole("status").getByText("live").waitFor();
  const instances = service.hypervisor.instances().map(({ instanceId }) => instanceId);
  for (const instanceId of instances) await page.getByRole("article", { name: instanceId }).waitFor();
  for (const queue of service.plan.resources.filter(({ type }) => type === "aws:sqs/queue:Queue")) {
    const name = String(queue.outputs.name);
    if (!name.endsWith("-dead-letters")) await page.getByTitle(name, { exact: true }).waitFor();
  }
  const lost =
    service.hypervisor.instances().find(({ groupName }) => groupName.includes("annotator"))?.instanceId ?? "";
  await page.getByRole("button", { name: `Kill ${lost}` }).click();
  await page.getByRole("article", { name: lost }).waitFor({ state: "detached" });
  const annotators = page.locator(".group").filter({ has: page.getByTitle(/annotator/) });
  await annotators.getByText("2 of 2 in service").waitFor();
  await annotators.locator("summary").click();
  await annotators
    .locator("li")
    .getByText(/Launching a new EC2 instance/)
    .first()
    .waitFor();
  t.true((await annotators.locator("li[title*='in response to']").count()) > 0, "with its cause");
  await look(page, "23-console-after-loss", t);
  await page.getByRole("link", { name: "log" }).first().click();
  await page.locator(".line.info").first().waitFor();
  t.notRegex(await page.locator("body").innerText(), /"level":/, "lines are taken apart");
  await look(page, "24-console-log", t);
  t.deepEqual(complaints, []);
});
