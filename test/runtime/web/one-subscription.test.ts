// One subscription per user, whatever comes together: the real pages and the real stripe SDK against localstripe.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import Stripe from "stripe";
import { type Payments as Localstripe, startPayments } from "../../../local/payments/payments.ts";
import { type Children, startChildren } from "../../../local/process/children.ts";
import { ensurePython } from "../../../local/process/python/environment.ts";
import { createStripePayments } from "../../../runtime/web/payments/stripe.ts";
import { until } from "../../support/until.ts";
import { startWeb, type TestWeb } from "./support/web.ts";

/** What marks our customers; other services of the account have other marks. */
const service = "https://gas.example.org";

const test = anyTest as TestFn<{ children: Children; provider: Localstripe; stripe: Stripe; web: TestWeb }>;

test.beforeEach(async (t) => {
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../../.annofarm", import.meta.url)) });
  const children = startChildren();
  const provider = await startPayments({
    localstripe: python.bin("localstripe"),
    children,
    webhookUrl: "http://127.0.0.1:9/not-yet",
    logFile: join(await mkdtemp(join(tmpdir(), "one-subscription-")), "localstripe.log"),
  });
  const payments = createStripePayments({ ...provider, service });
  const web = await startWeb({ ports: () => ({ payments }) });
  await provider.setWebhookUrl(`${web.origin}/stripe/webhook`);
  const { hostname, port } = new URL(provider.apiUrl);
  t.context = {
    children,
    provider,
    web,
    stripe: new Stripe(provider.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 }),
  };
});
test.afterEach.always(async (t) => {
  await t.context.web?.close();
  await t.context.children?.stopAll();
});

type Test = ExecutionContext<{ provider: Localstripe; stripe: Stripe; web: TestWeb }>;

/** What a window does up to its form: a setup of its own, confirmed with a card of its own. */
async function confirmedCard(t: Test, client: Awaited<ReturnType<TestWeb["signedIn"]>>): Promise<string> {
  const { provider } = t.context;
  const secret = String((await client.postJson("/subscribe/setup", {})).json().client_secret);
  const id = secret.split("_secret_")[0] ?? "";
  const answer = await fetch(`${provider.apiUrl}/v1/setup_intents/${id}/confirm`, {
    method: "POST",
    body: JSON.stringify({
      key: provider.publishableKey,
      client_secret: secret,
      payment_method_data: {
        type: "card",
        card: { number: "4242424242424242", exp_month: "12", exp_year: "2040", cvc: "123" },
      },
    }),
  });
  t.is(answer.status, 200);
  return id;
}

async function standing(t: Test): Promise<Stripe.Subscription[]> {
  const customer = t.context.web.users.users.get("user-1")?.stripe_customer_id ?? "";
  return (await t.context.stripe.subscriptions.list({ customer, status: "all" })).data;
}

test("two windows, two confirmed cards, both forms at once: one subscription, one charge", async (t) => {
  const { web, stripe } = t.context;
  const windows = [await web.signedIn(), await web.signedIn()];
  const cards: string[] = [];
  for (const client of windows) cards.push(await confirmedCard(t, client));
  await Promise.all(windows.map((client, i) => client.post("/subscribe", { setup_intent: cards[i] ?? "" })));
  t.deepEqual(
    (await standing(t)).map(({ status }) => status),
    ["active"],
  );
  t.is((await stripe.charges.list()).data.filter(({ refunded }) => !refunded).length, 1);
  t.is(web.users.users.get("user-1")?.role, "premium_user");
  // The window that was refused, or came too late, can look again.
  t.regex((await windows[1]?.get("/subscribe"))?.text ?? "", /premium already/);
});

test("a surplus subscription that exists anyway is ended and its payment given back", async (t) => {
  const { web, stripe, provider } = t.context;
  const client = await web.signedIn();
  await client.post("/subscribe", { setup_intent: await confirmedCard(t, client) });
  const [first] = await standing(t);
  await stripe.subscriptions.create({
    customer: String(first?.customer),
    items: [{ price: provider.priceId }],
    metadata: { user_id: "user-1" },
  });
  await until("the event of the second one has been applied", async () =>
    (await standing(t)).some(({ status }) => status === "canceled"),
  );
  t.is((await standing(t)).filter(({ status }) => status === "active").length, 1);
  await until("one payment is given back", async () => (await stripe.refunds.list()).data.length > 0);
  t.deepEqual((await stripe.charges.list()).data.map(({ refunded }) => refunded).sort(), [false, true]);
  t.is(web.users.users.get("user-1")?.role, "premium_user");
});

test("a table of users put back to before the customer was remembered: no second customer, no second charge", async (t) => {
  const { web, stripe } = t.context;
  const client = await web.signedIn();
  // Of somebody else with the same address, and of another service for the same person: neither is taken.
  const email = "rosalind@example.org";
  const others = [
    await stripe.customers.create({ email, metadata: { user_id: "user-2", service } }),
    await stripe.customers.create({ email, metadata: { user_id: "user-1", service: "https://other.example.org" } }),
  ];
  await client.post("/subscribe", { setup_intent: await confirmedCard(t, client) });
  const before = web.users.users.get("user-1");
  const customer = before?.stripe_customer_id ?? "";
  t.false(others.some(({ id }) => id === customer));
  // The idempotency key no longer helps: another name, another address, another time of creation.
  for (const changed of [{ name: "R. Franklin" }, { name: "R.", email: "new@example.org" }, { created_time: 2 }]) {
    const again = await web.signedIn(changed);
    t.is((await again.postJson("/subscribe/setup", {})).status, 409);
    t.like(web.users.users.get("user-1"), {
      role: "premium_user",
      stripe_customer_id: customer,
      stripe_subscription_id: before?.stripe_subscription_id,
    });
    t.regex((await again.get("/subscribe")).text, /premium already/);
  }
  t.is((await stripe.customers.list()).data.length, others.length + 1);
  t.is((await stripe.charges.list()).data.length, 1);
  t.is((await standing(t)).length, 1);
});

test("a customer deleted at Stripe is made anew, and premium can be bought", async (t) => {
  const { web, stripe } = t.context;
  const client = await web.signedIn();
  await confirmedCard(t, client);
  const before = web.users.users.get("user-1")?.stripe_customer_id ?? "";
  await stripe.customers.del(before);
  const card = await confirmedCard(t, client);
  t.not(web.users.users.get("user-1")?.stripe_customer_id, before);
  t.is((await client.post("/subscribe", { setup_intent: card })).location, "/subscribe?welcome");
});

test("an unknown setup is 400; a subscription made in the dashboard is honoured", async (t) => {
  const { web, stripe, provider } = t.context;
  const client = await web.signedIn();
  const card = await confirmedCard(t, client);
  t.is((await client.post("/subscribe", { setup_intent: "seti_made_up" })).status, 400);
  const customer = web.users.users.get("user-1")?.stripe_customer_id ?? "";
  const { payment_method } = await stripe.setupIntents.retrieve(card);
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: String(payment_method) } });
  await stripe.subscriptions.create({ customer, items: [{ price: provider.priceId }] });
  await until("the user is premium", () => web.users.users.get("user-1")?.role === "premium_user");
  t.pass();
});
