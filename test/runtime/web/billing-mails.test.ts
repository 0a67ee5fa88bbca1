// What users are told of their subscription by mail.
import test from "ava";
import type Stripe from "stripe";
import { UnavailableError } from "../../../runtime/jobs/errors.ts";
import type { PaymentNotice } from "../../../runtime/web/payments/port.ts";
import { paymentEventOf } from "../../../runtime/web/payments/stripe-event.ts";
import { goodSignature } from "./support/fakes.ts";
import { startWeb, type TestWeb } from "./support/web.ts";

const card = { setup_intent: "seti_1" };
const until = 1_769_900_000;
const money = { amount: 999, currency: "usd" };

function tell(web: TestWeb, id: string, notice: PaymentNotice) {
  const body = JSON.stringify({ id, type: "any", subject: { userId: "user-1", customerId: "cus_user-1" }, notice });
  return web.client().request("POST", "/stripe/webhook", {
    body,
    headers: { "stripe-signature": goodSignature, "content-type": "application/json" },
  });
}

async function subscribed(t: { teardown(end: () => Promise<void>): void }) {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.post("/subscribe", card);
  const subscriptionId = web.users.users.get("user-1")?.stripe_subscription_id ?? "";
  const subjects = () => web.mailer.sent.map(({ subject }) => subject);
  return { web, client, subscriptionId, subjects };
}

test("begin, renewal, a failed payment and the end are told once each, with what was charged and what to do", async (t) => {
  const { web, client, subscriptionId, subjects } = await subscribed(t);
  await tell(web, "evt_1", { kind: "begun", subscriptionId, ...money, until });
  await tell(web, "evt_1", { kind: "begun", subscriptionId, ...money, until });
  t.deepEqual(subjects(), ["Your premium subscription has begun"]);
  t.is(web.mailer.sent[0]?.to, "rosalind@example.org");
  t.regex(web.mailer.sent[0]?.text ?? "", /charged \$9\.99, for the time until 2026-01-31 22:53 UTC\./);

  await tell(web, "evt_2", { kind: "renewed", subscriptionId, ...money, until });
  const payUrl = "https://invoice.stripe.com/i/1?a=1&b=2";
  await tell(web, "evt_3", { kind: "failed", subscriptionId, ...money, retried: until, payUrl });
  await tell(web, "evt_4", { kind: "failed", subscriptionId, ...money });
  t.regex(web.mailer.sent[2]?.text ?? "", /\$9\.99, could not be charged[\s\S]*tried again at 2026-01-31/);
  t.true(web.mailer.sent[2]?.html.includes('href="https://invoice.stripe.com/i/1?a=1&amp;b=2"'));
  t.regex(web.mailer.sent[3]?.text ?? "", /not tried again by itself/);

  await client.post("/unsubscribe");
  await tell(web, "evt_5", { kind: "ended", subscriptionId });
  t.deepEqual(subjects().slice(1), [
    "Your premium subscription has been renewed",
    "Your payment has failed",
    "Your payment has failed",
    "Your premium subscription has ended",
  ]);
});

test("what is not so for the user is not told: a surplus subscription, one never paid for, another's, an end before the last", async (t) => {
  const { web, client, subscriptionId, subjects } = await subscribed(t);
  await tell(web, "evt_1", { kind: "begun", subscriptionId: "sub_surplus", ...money });
  await tell(web, "evt_2", { kind: "ended", subscriptionId: "sub_surplus" });
  await tell(web, "evt_3", { kind: "failed", subscriptionId: "sub_other", ...money });
  await tell(web, "evt_4", { kind: "ended", subscriptionId });
  t.deepEqual(subjects(), []);
  await client.post("/unsubscribe");
  await tell(web, "evt_5", { kind: "ended", subscriptionId: "sub_never_paid" });
  await tell(web, "evt_6", { kind: "renewed", subscriptionId, ...money });
  t.deepEqual(subjects(), []);
});

test("while mail is away the event comes again; mail that is refused for good does not keep Stripe repeating", async (t) => {
  const { web, subscriptionId, subjects } = await subscribed(t);
  const send = web.mailer.send;
  const notice = { kind: "begun", subscriptionId, ...money } as const;
  web.mailer.send = async () => {
    throw new UnavailableError("SES does not answer");
  };
  t.is((await tell(web, "evt_1", notice)).status, 503);
  web.mailer.send = async () => {
    throw new Error("Email address is not verified");
  };
  t.is((await tell(web, "evt_2", notice)).status, 200);
  web.mailer.send = send;
  t.is((await tell(web, "evt_1", notice)).status, 200);
  t.is((await tell(web, "evt_2", notice)).status, 200);
  t.deepEqual(subjects(), ["Your premium subscription has begun"]);
});

const event = (type: string, object: object) =>
  paymentEventOf({ id: "evt_1", type, data: { object } } as unknown as Stripe.Event);

test("Stripe's events are read in the shapes of its API's versions, and only those of subscriptions' own payments tell something", (t) => {
  const metadata = { user_id: "user-1" };
  const lines = { data: [{ period: { end: until - 5 } }, { period: { end: until } }] };
  const invoice = { id: "in_1", customer: "cus_1", currency: "usd", amount_paid: 999, amount_due: 999, lines };
  const parent = { subscription_details: { subscription: "sub_1", metadata } };
  const subject = { customerId: "cus_1", userId: "user-1" };
  const paid = { subscriptionId: "sub_1", ...money, until };
  t.like(event("invoice.paid", { ...invoice, parent, billing_reason: "subscription_create" }), {
    subject,
    notice: { kind: "begun", ...paid },
  });
  const old = { ...invoice, subscription: { id: "sub_1" }, billing_reason: "subscription_cycle" };
  t.deepEqual(event("invoice.paid", old), {
    id: "evt_1",
    type: "invoice.paid",
    subject: { customerId: "cus_1" },
    notice: { kind: "renewed", ...paid },
  });
  const late = { next_payment_attempt: until, hosted_invoice_url: "https://pay.example/1" };
  t.deepEqual(event("invoice.payment_failed", { ...old, ...late }).notice, {
    kind: "failed",
    subscriptionId: "sub_1",
    ...money,
    retried: until,
    payUrl: "https://pay.example/1",
  });
  t.deepEqual(event("invoice.payment_failed", { ...old, next_payment_attempt: null }).notice, {
    kind: "failed",
    subscriptionId: "sub_1",
    ...money,
  });
  t.deepEqual(event("customer.subscription.deleted", { id: "sub_1", customer: { id: "cus_1" }, metadata }), {
    id: "evt_1",
    type: "customer.subscription.deleted",
    subject,
    notice: { kind: "ended", subscriptionId: "sub_1" },
  });
  t.is(event("invoice.payment_failed", { ...old, billing_reason: "subscription_create" }).notice, undefined);
  t.is(event("invoice.paid", { ...old, billing_reason: "subscription_update" }).notice, undefined);
  t.is(event("invoice.paid", invoice).subject, undefined, "of no subscription");
});
