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
import { mails as someMails, view as someView } from "../local/console/fixture.ts";
import { startWithBucket } from "../runtime/web/support/bucket.ts";
import { openPage } from "../runtime/web/support/page.ts";
import { startWeb, type TestWeb } from "../runtime/web/support/web.ts";
import { findChromium, launchBrowser, noChromium } from "../support/browser.ts";
import { faultsOf } from "../support/page-rules.ts";
import { tabFaults } from "./pages/keyboard.ts";
import { productMails } from "./pages/mails.ts";
import { reportPages } from "./pages/reports.ts";
import { fits, getPaths } from "./pages/routes.ts";
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
  const sent = await productMails();
  const received = [...sent].map(([name, mail]) => ({
    id: `m-${name}`,
    time: 1000 * now,
    from: "gas@annofarm.example",
    to: [`${"a".repeat(60)}@genomics.example`],
    ...mail,
  }));
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
    mails: () => [...someMails, ...received],
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
    ...[...sent.keys()].map((name): [string, string] => [`mail-${name}`, `/mail/m-${name}`]),
    ["mail-text", "/mail/m-1"],
    ["log", "/logs/i-1/web"],
    ["no-log", "/logs/i-2/web"],
    ["empty", ""],
  ] satisfies [string, string][];
  for (const [name, path] of visits) {
    if (name === "empty") view = views.empty;
    const answer = await page.goto(`${origin}/_local${path}`);
    if ((answer?.status() ?? 0) >= 500) faults.push(`console-${name}: answered ${answer?.status()}`);
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

/** Sent elsewhere, or a file; what is not here has to be a page that is looked at. */
const noPages: ReadonlySet<string> = new Set([
  "/healthz",
  "/login",
  "/authcallback",
  "/profile/verify",
  "/annotations/:id/input",
  "/annotations/:id/result/export",
  "/annotations/:id/result/download",
  "/shared/:token/export",
]);

test("no page is left out", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const ids = await putJobs(web);
  const addresses = (["visitor", "free_user", "premium_user"] as const).flatMap((who) =>
    webPlaces(who, ids, web).map(({ path }) => path),
  );
  const missing = getPaths(web.app).filter(
    (path) => !noPages.has(path) && !addresses.some((address) => fits(path, address)),
  );
  t.deepEqual(missing, []);
  t.true(getPaths(web.app).includes("/annotations/:id/result"));
});

test("too many requests are refused by a page that says how long to wait", async (t) => {
  const web = await startWeb({ config: { signInsPerMinute: 1 } });
  t.teardown(web.close);
  const page = await pageOf(t, web, "visitor");
  await page.request.get(`${web.origin}/login`, { maxRedirects: 0 });
  t.deepEqual(await walk(page, web, [{ name: "error-429", path: "/login", status: 429 }]), []);
  t.regex(await page.locator("main").innerText(), /Wait \d+ seconds/);
});

test("a fault that is put into a page is found", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const page = await pageOf(t, web, "visitor");
  const found = async (change: string) => {
    await page.goto(web.origin);
    await page.evaluate(change);
    return (await faultsOf(page, "planted")).join("\n");
  };
  const put = (markup: string) =>
    `document.querySelector("main").insertAdjacentHTML("beforeend", ${JSON.stringify(markup)})`;
  t.regex(
    await found(`${put("<p class=planted>pale</p>")}; document.querySelector('.planted').style.color = '#999'`),
    /color-contrast/,
  );
  t.regex(await found(put("<img src='data:,'>")), /image-alt/);
  t.regex(await found(put("<input>")), /label/);
  t.regex(await found(put("<h1>Again</h1>")), /2 main headings/);
  t.regex(await found("document.querySelector('main').style.width = '2000px'"), /pixels wider than the window/);
  t.regex(await found("document.documentElement.lang = ''"), /no language/);
});

test("by keyboard: everything is reached in order, seen when it is, and left again", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const ids = await putJobs(web);
  const page = await pageOf(t, web, "free_user", { viewport: { width: 1280, height: 900 } });
  const faults: string[] = [];
  for (const path of ["/", "/annotate", "/annotations", `/annotations/${ids.ready}`, "/profile", "/subscribe"]) {
    await page.goto(web.origin + path);
    faults.push(...(await tabFaults(page, path)));
  }
  for (const part of ["", "/variants/300"]) {
    await page.goto(`${web.origin}/annotations/${ids.ready}/result${part}?q=BRCA1`);
    faults.push(...(await tabFaults(page, `result${part}`)));
  }
  t.deepEqual(faults, []);
});

test("by keyboard, from the first page to a record of the result", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const ids = await putJobs(web);
  const page = await pageOf(t, web, "free_user");
  const press = async (key: string) => page.keyboard.press(key);
  /** Tabs on until this has focus. */
  const reach = async (selector: string) => {
    for (let presses = 0; presses < 200; presses++) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await press("Tab");
    }
    throw new Error(`${selector} is not reached by Tab on ${page.url()}`);
  };
  await page.goto(web.origin);
  await press("Tab");
  t.is(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Skip to the content");
  await press("Enter");
  t.is(await page.evaluate(() => document.activeElement?.id), "content");
  await reach("main a[href='/annotate']");
  await press("Enter");
  await page.waitForURL("**/annotate");
  await reach("#file");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press("Enter")]);
  await chooser.setFiles({ name: "trio.vcf", mimeType: "text/plain", buffer: Buffer.from("##fileformat=VCFv4.2\n") });
  t.is(await page.textContent("#chosen"), "trio.vcf");
  await reach("#send");
  await reach("header a[href='/annotations']");
  await press("Enter");
  await page.waitForURL("**/annotations");
  await reach(`a[href='/annotations/${ids.ready}']`);
  await press("Enter");
  await page.waitForURL(`**/annotations/${ids.ready}`);
  await reach("a[href$='/result']");
  await press("Enter");
  await page.waitForURL("**/result");
  await reach("#q");
  await page.keyboard.type("BRCA1");
  await press("Enter");
  await page.waitForURL(/[?&]q=BRCA1/);
  await reach("table.records tbody a");
  await press("Enter");
  await page.waitForURL(/\/variants\/\d+$/);
  t.is(await page.locator("h1").count(), 1);
});

test("without scripts: a file is uploaded, its job named and cancelled, the profile saved", async (t) => {
  const { web, bucket } = await startWithBucket();
  t.teardown(() => Promise.all([web.close(), bucket.close()]));
  const page = await pageOf(t, web, "free_user", { javaScriptEnabled: false });
  await page.goto(`${web.origin}/annotate`);
  await page.getByLabel("Name of the file").fill("my trio.vcf");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.setInputFiles("#file", { name: "other.vcf", mimeType: "text/plain", buffer: Buffer.from("##fileformat") });
  await page.getByRole("button", { name: "Annotate" }).click();
  await page.waitForURL("**/annotations/*");
  t.is(await page.textContent("h1"), "my trio.vcf");
  t.is(bucket.received.length, 1);
  t.regex(bucket.received[0] ?? "", /name="key"[\s\S]*my trio\.vcf[\s\S]*name="file"; filename="other\.vcf"/);

  await page.getByText("Name it, or add a note").click();
  await page.getByLabel("Name").fill("Trio 7");
  await page.getByRole("button", { name: "Save" }).click();
  t.is(await page.textContent("h1"), "Trio 7");
  await page.getByRole("button", { name: "Cancel this job" }).click();
  await page.getByText("This job was cancelled").waitFor();
  await page.getByRole("link", { name: "Profile" }).click();
  await page.getByLabel("Institution").fill("Northfield");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Your profile has been saved.").waitFor();
  await page.goto(`${web.origin}/subscribe`);
  // Texts within noscript are none to getByText.
  t.true(await page.locator("noscript .message").isVisible());
});
