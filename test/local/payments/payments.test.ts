import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import anyTest, { type TestFn } from "ava";
import Stripe from "stripe";
import { type Payments, startPayments } from "../../../local/payments/payments.ts";
import { type Children, startChildren } from "../../../local/process/children.ts";
import { ensurePython } from "../../../local/process/python/environment.ts";
import { isAlive } from "../../../plan/process/alive.ts";
import { paymentEventOf } from "../../../runtime/web/payments/stripe-event.ts";
import { until } from "../../support/until.ts";

interface Context {
  children: Children;
  payments: Payments;
  stripe: Stripe;
  hooks: Server;
  /** What the service would have been told, in order of arrival; `refuse` answers 503 that often first. */
  deliveries: { body: string; signature: string }[];
  refuse: { times: number };
  directory: string;
  restart: () => Promise<void>;
}
const test = anyTest as TestFn<Context>;

test.beforeEach(async (t) => {
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../../.annofarm", import.meta.url)) });
  const directory = await mkdtemp(join(tmpdir(), "payments-"));
  const deliveries: Context["deliveries"] = [];
  const refuse = { times: 0 };
  const hooks = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refused = refuse.times > 0;
    if (refused) refuse.times--;
    else
      deliveries.push({
        body: Buffer.concat(chunks).toString(),
        signature: String(request.headers["stripe-signature"]),
      });
    response.writeHead(refused ? 503 : 200).end();
  });
  hooks.listen(0, "127.0.0.1");
  await once(hooks, "listening");
  const children = startChildren();
  const start = async () => {
    const payments = await startPayments({
      localstripe: python.bin("localstripe"),
      children,
      webhookUrl: `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/stripe/webhook`,
      logFile: join(directory, "localstripe.log"),
      stateFile: join(directory, "state.pickle"),
    });
    const { hostname, port } = new URL(payments.apiUrl);
    const stripe = new Stripe(payments.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
    return { payments, stripe };
  };
  const restart = async () => {
    await t.context.payments.stop();
    Object.assign(t.context, await start());
  };
  t.context = { children, hooks, deliveries, refuse, directory, restart, ...(await start()) };
});
test.afterEach.always(async (t) => {
  await t.context.children?.stopAll();
  t.context.hooks?.close();
});

/** What Stripe.js sends from the page. */
async function confirm(t: { context: Context }, intent: Stripe.SetupIntent, number: string) {
  const { payments } = t.context;
  const response = await fetch(`${payments.apiUrl}/v1/setup_intents/${intent.id}/confirm`, {
    method: "POST",
    body: JSON.stringify({
      key: payments.publishableKey,
      client_secret: intent.client_secret,
      payment_method_data: { type: "card", card: { number, exp_month: "12", exp_year: "2040", cvc: "123" } },
    }),
  });
  return { status: response.status, body: await response.json() };
}

async function customerWithCard(t: { context: Context }, number: string) {
  const { stripe } = t.context;
  const customer = await stripe.customers.create({ email: "ada@lab.example", metadata: { user_id: "u-1" } });
  const intent = await stripe.setupIntents.create({ customer: customer.id });
  await confirm(t, intent, number);
  const { payment_method } = await stripe.setupIntents.retrieve(intent.id);
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: String(payment_method) },
  });
  return customer;
}

test("a card is set up, subscribed and cancelled through the stripe SDK, and every event's signature holds", async (t) => {
  const { stripe, payments, deliveries } = t.context;
  const price = await stripe.prices.retrieve(payments.priceId);
  t.like(price, { unit_amount: 900, currency: "usd", recurring: { interval: "month" } });

  const customer = await customerWithCard(t, "4242424242424242");
  const cards = await stripe.paymentMethods.list({ customer: customer.id, type: "card" });
  t.deepEqual(
    cards.data.map((method) => method.card?.last4),
    ["4242"],
  );

  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: payments.priceId }],
    payment_behavior: "error_if_incomplete",
  });
  t.is(subscription.status, "active");
  t.is(subscription.items.data[0]?.price.id, payments.priceId);
  t.is((await stripe.subscriptions.cancel(subscription.id)).status, "canceled");

  await until("the subscription's events are delivered", () =>
    ["customer.subscription.deleted", "invoice.paid"].every((type) =>
      deliveries.some(({ body }) => body.includes(`"type": "${type}"`)),
    ),
  );
  const events = deliveries.map(({ body, signature }) =>
    stripe.webhooks.constructEvent(body, signature, payments.webhookSecret),
  );
  const types = new Set(events.map(({ type }) => type));
  t.true(types.has("customer.subscription.created"));
  t.true(types.has("invoice.payment_succeeded"));
  const notices = events
    .flatMap((event) => paymentEventOf(event).notice ?? [])
    .filter(({ subscriptionId }) => subscriptionId === subscription.id);
  const [begun] = notices.filter(({ kind }) => kind === "begun");
  t.like(
    begun,
    { kind: "begun", amount: 900, currency: "usd" },
    "the service can read what it mails from these events",
  );
  t.deepEqual(notices.map(({ kind }) => kind).sort(), ["begun", "ended"]);
  t.false(types.has("plan.created"), "the service is not told of what was there before it");
  const [first] = deliveries;
  t.throws(() => stripe.webhooks.constructEvent(`${first?.body} `, first?.signature ?? "", payments.webhookSecret));
});

test("what Stripe does not have is for programs of this machine only, and no other name than its own is answered", async (t) => {
  const { payments, stripe } = t.context;
  const { hostname, port } = new URL(payments.apiUrl);
  const asked = (path: string, headers: Record<string, string>, method = "GET") =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ hostname, port, path, method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
  const customer = await stripe.customers.create({ email: "ada@lab.example" });
  const own = `localhost:${port}`;
  for (const host of ["attacker.example", `attacker.example:${port}`, "localhost.attacker.example"]) {
    t.is(await asked("/js.stripe.com/v3/", { host }), 421, host);
    t.is(await asked("/_config/data", { host }, "DELETE"), 421, host);
  }
  for (const page of [{ origin: "https://attacker.example" }, { "sec-fetch-site": "cross-site" }, { origin: "null" }]) {
    t.is(await asked("/_config/data", { host: own, ...page }, "DELETE"), 403, JSON.stringify(page));
  }
  t.is((await stripe.customers.retrieve(customer.id)).id, customer.id, "nothing was forgotten");
  t.is(await asked("/js.stripe.com/v3/", { host: own, origin: "http://localhost:8080" }), 200, "the pages' script");
  t.is(await asked("/_config/data", { host: own }, "DELETE"), 200);
  await t.throwsAsync(stripe.customers.retrieve(customer.id));
});

test("a declined card is a card error, and the same intent takes another card", async (t) => {
  const { stripe } = t.context;
  const customer = await stripe.customers.create({ email: "ada@lab.example" });
  const intent = await stripe.setupIntents.create({ customer: customer.id });
  const declined = await confirm(t, intent, "4000000000000002");
  t.is(declined.status, 402);
  t.like(declined.body.error, { type: "card_error", code: "card_declined", message: "Your card was declined." });
  t.is((await confirm(t, intent, "4242424242424242")).body.status, "succeeded");
});

test("a card whose first charge fails leaves no subscription behind", async (t) => {
  const { stripe, payments } = t.context;
  const customer = await customerWithCard(t, "4000000000000341");
  const error = await t.throwsAsync(
    stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: payments.priceId }],
      payment_behavior: "error_if_incomplete",
    }),
    { instanceOf: Stripe.errors.StripeCardError },
  );
  t.is(error?.code, "card_declined");
  t.is((await stripe.subscriptions.list({ customer: customer.id, status: "all" })).data.length, 0);
});

test("an event that nobody took is sent again, under a signature that still holds", async (t) => {
  const { stripe, payments, deliveries, refuse } = t.context;
  refuse.times = 2;
  await stripe.customers.create({ email: "ada@lab.example" });
  await until("the event arrives", () => deliveries.length > 0);
  const [delivery] = deliveries;
  t.is(
    stripe.webhooks.constructEvent(delivery?.body ?? "", delivery?.signature ?? "", payments.webhookSecret).type,
    "customer.created",
  );
  t.is(refuse.times, 0);
});

test("customers outlive the process, and the price is not made twice", async (t) => {
  const customer = await t.context.stripe.customers.create({ email: "ada@lab.example" });
  await t.context.restart();
  t.is((await t.context.stripe.customers.retrieve(customer.id)).id, customer.id);
  t.is((await t.context.stripe.plans.list()).data.length, 1);
});

test("Stripe.js comes from where it will send the card, followed by our fields", async (t) => {
  const script = await (await fetch(t.context.payments.jsUrl)).text();
  t.regex(script, /LOCALSTRIPE_BASE_API/);
  t.regex(script, /data-elements-field/);
});

test("stop ends the process", async (t) => {
  t.true(isAlive(t.context.payments.pid));
  await t.context.payments.stop();
  t.false(isAlive(t.context.payments.pid));
});

test("a port that is taken is told with the log that says more", async (t) => {
  const { children, payments, directory } = t.context;
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../../.annofarm", import.meta.url)) });
  await payments.stop();
  const squatter = createServer((_request, response) => response.writeHead(404).end());
  squatter.listen(Number(new URL(payments.apiUrl).port), "127.0.0.1");
  await once(squatter, "listening");
  t.teardown(() => squatter.close());
  await t.throwsAsync(
    startPayments({
      localstripe: python.bin("localstripe"),
      children,
      webhookUrl: "http://127.0.0.1:1/",
      logFile: join(directory, "second.log"),
      account: payments,
    }),
    { message: /localstripe did not start: ended with code 1; see .*second\.log/ },
  );
});

test("a missing program is told with its path", async (t) => {
  await t.throwsAsync(
    startPayments({ localstripe: "/nowhere/localstripe", children: t.context.children, webhookUrl: "", logFile: "" }),
    { message: /no localstripe at \/nowhere\/localstripe/ },
  );
});
