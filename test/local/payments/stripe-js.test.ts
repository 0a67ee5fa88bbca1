/** The card fields as a person meets them: the local Stripe.js in a browser. */
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { Browser, Page } from "playwright-core";
import Stripe from "stripe";
import { type Payments, startPayments } from "../../../local/payments/payments.ts";
import { type Children, startChildren } from "../../../local/process/children.ts";
import { ensurePython } from "../../../local/process/python/environment.ts";
import { launchBrowser } from "../../support/browser.ts";

let children: Children;
let payments: Payments;
let stripe: Stripe;
let site: Server;
let browser: Browser;

test.before(async () => {
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../../.annofarm", import.meta.url)) });
  children = startChildren();
  payments = await startPayments({
    localstripe: python.bin("localstripe"),
    children,
    webhookUrl: "http://127.0.0.1:1/",
    logFile: join(await mkdtemp(join(tmpdir(), "stripe-js-")), "localstripe.log"),
  });
  const { hostname, port } = new URL(payments.apiUrl);
  stripe = new Stripe(payments.secretKey, { host: hostname, port, protocol: "http" });
  site = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><div id="card"></div><script src="${payments.jsUrl}"></script><script>
      const stripe = Stripe("${payments.publishableKey}");
      const card = stripe.elements().create("card");
      const changes = [];
      card.on("ready", () => changes.push("ready"));
      card.on("change", (event) => changes.push(event));
      card.mount("#card");
      const confirm = (secret) => stripe.confirmCardSetup(secret, { payment_method: { card, billing_details: { name: "Ada" } } });
    </script>`);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  browser = await launchBrowser();
});
test.after.always(async () => {
  await browser?.close();
  site?.close();
  await children?.stopAll();
});

async function type(page: Page, number: string, year = "40") {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry month").fill("12");
  await page.getByLabel("Expiry year").fill(year);
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Postal code").fill("60637");
}

/** What Stripe.js answers to the page. */
async function confirm(page: Page, secret: string) {
  return (await page.evaluate(`confirm(${JSON.stringify(secret)})`)) as {
    error?: { type: string; code: string; message: string } | null;
    setupIntent?: { status: string; payment_method: string };
  };
}

async function open(): Promise<{ page: Page; secret: string }> {
  const customer = await stripe.customers.create({ email: "ada@lab.example" });
  const intent = await stripe.setupIntents.create({ customer: customer.id });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  return { page, secret: intent.client_secret ?? "" };
}

test("a card is typed and set up; the page is told when it is complete", async (t) => {
  const { page, secret } = await open();
  await type(page, "4242424242424242");
  t.is(await page.getByLabel("Card number").inputValue(), "4242 4242 4242 4242");
  const { setupIntent } = await confirm(page, secret);
  t.is(setupIntent?.status, "succeeded");
  const method = await stripe.paymentMethods.retrieve(setupIntent?.payment_method ?? "");
  t.like(method.card, { last4: "4242", exp_month: 12, exp_year: 2040 });
  t.like(method.billing_details, { name: "Ada", address: { postal_code: "60637" } });
  const changes = (await page.evaluate("changes")) as unknown[];
  t.is(changes[0], "ready");
  t.like(changes[1], { complete: false, empty: false, elementType: "card" });
  t.like(changes.at(-1), { complete: true, empty: false });
  await page.close();
});

test("typing digit by digit moves from field to field", async (t) => {
  const { page } = await open();
  await page.getByLabel("Card number").pressSequentially("4242424242424242");
  await page.keyboard.type("12401236");
  t.is(await page.getByLabel("Expiry month").inputValue(), "12");
  t.is(await page.getByLabel("Expiry year").inputValue(), "40");
  t.is(await page.getByLabel("CVC").inputValue(), "123");
  t.is(await page.getByLabel("Postal code").inputValue(), "6");
  await page.close();
});

test("an incomplete, a mistyped and an expired card are refused before any request", async (t) => {
  const { page, secret } = await open();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  t.like((await confirm(page, secret)).error, { type: "validation_error", code: "incomplete_number" });
  await type(page, "4242424242424241");
  t.like((await confirm(page, secret)).error, { code: "invalid_number" });
  await type(page, "4242424242424242", "20");
  t.like((await confirm(page, secret)).error, { code: "invalid_expiry_year_past" });
  t.deepEqual(requests, []);
  await page.close();
});

test("a declined card is told, and the same form takes another", async (t) => {
  const { page, secret } = await open();
  await type(page, "4000000000000002");
  t.like((await confirm(page, secret)).error, { type: "card_error", code: "card_declined" });
  await type(page, "4242424242424242");
  t.is((await confirm(page, secret)).setupIntent?.status, "succeeded");
  await page.close();
});

test("a card that wants authentication asks for it", async (t) => {
  const { page, secret } = await open();
  await type(page, "4000002500003155");
  const answer = confirm(page, secret);
  await page.getByRole("button", { name: "Complete authentication" }).click();
  t.is((await answer).setupIntent?.status, "succeeded");
  await page.close();
});
