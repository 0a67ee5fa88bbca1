// Every page of the product in one browser, light and dark, at 390 and 1280 pixels: the rules of `page-rules.ts` are kept, and who
// cannot use a mouse, see the page, or run scripts gets everywhere. The parts run on ports in memory, so that each state is there.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { createConsole } from "../../local/console/console.ts";
import { startIdentity } from "../../local/identity/identity.ts";
import { freePort } from "../../local/net/free-port.ts";
import { mailOf } from "../../runtime/notifier/mail.ts";
import { mails as someMails, view as someView } from "../local/console/fixture.ts";
import { openPage } from "../runtime/web/support/page.ts";
import { startWeb, type TestWeb } from "../runtime/web/support/web.ts";
import { findChromium, launchBrowser, noChromium } from "../support/browser.ts";
import { completedJob } from "../support/memory.ts";
import { faultsOf } from "../support/page-rules.ts";
import { reportPages } from "./pages/reports.ts";
import { type Place, putJobs, type Who, webPlaces } from "./pages/web-places.ts";

const register = anyTest as TestFn<{ browser: Browser }>;
const test = findChromium() === undefined ? register.skip : register.serial;
if (findChromium() === undefined) console.warn(noChromium);
else {
  register.before(async (t) => {
    t.context.browser = await launchBrowser();
  });
  register.after.always((t) => t.context.browser?.close());
}

type Context = ExecutionContext<{ browser: Browser }>;

/** Signed in, unless it is a visitor. */
async function pageOf(t: Context, web: TestWeb, who: Who, options: BrowserContextOptions = {}): Promise<Page> {
  if (who === "visitor") return (await t.context.browser.newContext(options)).newPage();
  return (await openPage(t.context.browser, web, options, { role: who })).page;
}

/** Goes to a page of the web service: by its address, or by a form that leads there. */
async function visit(page: Page, origin: string, { path, form, status = 200 }: Place): Promise<number> {
  if (form === undefined) return (await page.goto(origin + path))?.status() ?? 0;
  await page.goto(`${origin}/`);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.waitForEvent("domcontentloaded"),
    page.evaluate(
      ([action, fields]) => {
        const made = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of Object.entries(fields)) {
          made.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        }
        document.body.append(made);
        made.submit();
      },
      [path, form] as const,
    ),
  ]);
  return answer.status() === 303 ? status : answer.status();
}

/** Faults of the places, one after the other; each error page has to offer a way on. */
async function walk(page: Page, web: TestWeb, places: readonly Place[]): Promise<string[]> {
  const faults: string[] = [];
  for (const place of places) {
    await place.before?.();
    const status = await visit(page, web.origin, place);
    if (status !== (place.status ?? 200)) faults.push(`${place.name}: answered ${status}`);
    if (status >= 400 && !(await page.locator("main :is(a, button)").first().isVisible())) {
      faults.push(`${place.name}: no way on`);
    }
    faults.push(...(await faultsOf(page, place.name)));
    await place.after?.();
  }
  return faults;
}

for (const who of ["visitor", "free_user", "premium_user"] as const) {
  test(`the pages of the web service keep to the rules: ${who}`, async (t) => {
    const web = await startWeb();
    t.teardown(web.close);
    const ids = await putJobs(web);
    const page = await pageOf(t, web, who);
    t.deepEqual(await walk(page, web, webPlaces(who, ids, web)), []);
    await page.context().close();
  });
}

/** @returns the origin of a site that ends with the test. */
async function listening(t: Context, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the pages of the local sign-in keep to the rules", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "pages-"));
  const back = "http://localhost:1/authcallback";
  const identity = await startIdentity({
    port: await freePort(),
    directory,
    redirectUris: [back],
    postLogoutRedirectUris: ["http://localhost:1/"],
    log: { info() {}, error() {} },
  });
  t.teardown(async () => {
    await identity.stop();
    await rm(directory, { recursive: true });
  });
  identity.addPerson({ name: `Ada ${"Lindqvist-".repeat(6)}`, email: "ada@genomics.example", institution: "" });
  const page = await t.context.browser.newPage();
  const faults: string[] = [];
  const look = async (name: string) => faults.push(...(await faultsOf(page, `sign-in-${name}`)));

  await page.goto(identity.issuer);
  await look("home");
  const asked = new URLSearchParams({
    client_id: identity.clientId,
    redirect_uri: back,
    response_type: "code",
    scope: "openid",
    code_challenge: "A".repeat(43),
    code_challenge_method: "S256",
  });
  await page.goto(`${identity.issuer}/auth?${asked}`);
  await look("who");
  await page.getByText("Somebody new").click();
  await page.getByRole("button", { name: "Create and sign in" }).click();
  await page.locator("[aria-invalid]").first().waitFor();
  await look("refused");
  await page.goto(`${identity.issuer}/interaction/nobodys`);
  await look("expired");
  await page.goto(`${identity.issuer}/auth?client_id=nobodys`);
  await look("refused-service");
  await page.goto(`${identity.issuer}/auth?${asked}`);
  // Back at the service, which is not there.
  await page.getByRole("button", { name: /^Ada Lindqvist Northfield/ }).click();
  await page.waitForURL("chrome-error://**");
  // The question answers itself where its script runs.
  await page.route("**/sign-out.js", (route) => route.abort());
  await page.goto(`${identity.issuer}/session/end`);
  await look("out");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You have left the service").waitFor();
  await look("signed-out");
  t.deepEqual(faults, []);
  await page.close();
});

test("the pages of the local console, its mails and logs keep to the rules", async (t) => {
  const now = Date.UTC(2026, 0, 1) / 1000;
  const longName = `cohort_${"batch-of-many-samples_".repeat(5)}.vcf`;
  const sent = mailOf(completedJob(now, { input_file_name: longName }), "http://localhost:8080");
  const long = {
    id: "m-3",
    time: 1000 * now,
    from: "gas@annofarm.example",
    to: [`${"a".repeat(60)}@genomics.example`],
    ...sent,
  };
  const directory = await mkdtemp(join(tmpdir(), "pages-"));
  t.teardown(() => rm(directory, { recursive: true }));
  const logFile = join(directory, "web.log");
  await writeFile(
    logFile,
    [
      { level: 30, time: 1000 * now, msg: "listening", port: 8080 },
      { level: 40, time: 1000 * now, msg: `took ${longName.repeat(2)}` },
      {
        level: 50,
        time: 1000 * now,
        msg: "request failed",
        err: { message: "no answer", stack: "Error: no answer\n at one" },
      },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  const views = {
    busy: { ...someView, problems: ["The balancer's port was taken."] },
    empty: { ...someView, jobs: [], mails: [], alarms: [], groups: [], instances: [], queues: [] },
  };
  let view: typeof someView = views.busy;
  const console_ = createConsole({
    title: "Genomics annotation service",
    view: () => view,
    mails: () => [...someMails, long],
    logFile: (instance) => (instance === "i-1" ? logFile : undefined),
    actions: { kill() {}, setDesired() {} },
  });
  t.teardown(() => console_.close());
  const origin = await listening(t, (request, response) => void console_.handle(request, response));
  const page = await t.context.browser.newPage();
  const faults: string[] = [];
  const visits = [
    ["busy", ""],
    ["mails", "/mail"],
    ["mail", "/mail/m-3"],
    ["mail-text", "/mail/m-1"],
    ["log", "/logs/i-1/web"],
    ["no-log", "/logs/i-2/web"],
    ["empty", ""],
  ] as const;
  for (const [name, path] of visits) {
    if (name === "empty") view = views.empty;
    await page.goto(`${origin}/_local${path}`);
    if (path === "") await page.getByRole("status").getByText("live").waitFor();
    faults.push(...(await faultsOf(page, `console-${name}`)));
  }
  t.deepEqual(faults, []);
  await page.close();
});

test("reports keep to the rules", async (t) => {
  const reports = await reportPages();
  const origin = await listening(t, ({ url = "/" }, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(reports.get(url.slice(1)));
  });
  const page = await t.context.browser.newPage();
  const faults: string[] = [];
  for (const name of reports.keys()) {
    await page.goto(`${origin}/${name}`);
    faults.push(...(await faultsOf(page, `report-${name}`)));
  }
  t.deepEqual(faults, []);
  await page.close();
});
