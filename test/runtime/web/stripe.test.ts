// What the Stripe adapter sends and understands, against a server that answers as Stripe does.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import Stripe from "stripe";
import {
  CardDeclinedError,
  CustomerGoneError,
  InvalidSignatureError,
  PaymentsMisconfiguredError,
  PaymentsUnavailableError,
  UnknownSetupError,
} from "../../../runtime/web/payments/port.ts";
import { createStripePayments } from "../../../runtime/web/payments/stripe.ts";
import { sampleUser } from "../../support/memory.ts";

interface Call {
  readonly what: string;
  readonly form: Record<string, string>;
  readonly idempotencyKey: string | undefined;
}
type Answers = Record<string, (form: Record<string, string>) => [number, object]>;

async function start(t: ExecutionContext, answers: Answers, priceId = "price_1") {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const [path, query] = (request.url ?? "").split("?");
      const what = `${request.method} ${path}`;
      const form = Object.fromEntries(new URLSearchParams(request.method === "GET" ? query : body));
      const idempotencyKey = request.headers["idempotency-key"];
      calls.push({ what, form, idempotencyKey: typeof idempotencyKey === "string" ? idempotencyKey : undefined });
      const [status, answer] = answers[what]?.(form) ?? [
        404,
        { error: { type: "invalid_request_error", message: `no ${what}` } },
      ];
      // Stripe itself says whether a repetition makes sense.
      response
        .writeHead(status, { "content-type": "application/json", "stripe-should-retry": "false" })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    calls,
    payments: createStripePayments({ secretKey: "sk_test_1", webhookSecret: "whsec_1", priceId, apiUrl, service }),
  };
}

const service = "https://gas.example.org";

const confirmed: Answers = {
  "GET /v1/setup_intents/seti_1": () => [
    200,
    { id: "seti_1", status: "succeeded", customer: "cus_1", payment_method: "pm_1" },
  ],
  "GET /v1/payment_methods/pm_1": () => [200, { id: "pm_1", customer: null }],
  "POST /v1/payment_methods/pm_1/attach": () => [200, { id: "pm_1", customer: "cus_1" }],
  "POST /v1/customers/cus_1": () => [200, { id: "cus_1" }],
  "POST /v1/subscriptions": () => [200, { id: "sub_1", status: "active" }],
};
const subscribe = { customerId: "cus_1", userId: "user-1", setupIntentId: "seti_1", attemptId: "attempt-1" };

test("a customer is made once per user: a repetition has the same key, one in place of a lost one another", async (t) => {
  const { calls, payments } = await start(t, { "POST /v1/customers": () => [200, { id: "cus_1" }] });
  t.is(await payments.createCustomer(sampleUser()), "cus_1");
  await payments.createCustomer(sampleUser());
  await payments.createCustomer(sampleUser(), "cus_0");
  t.like(calls[0]?.form, { "metadata[user_id]": "user-1", "metadata[service]": service });
  t.is(calls[0]?.idempotencyKey, calls[1]?.idempotencyKey);
  t.not(calls[0]?.idempotencyKey, calls[2]?.idempotencyKey);
});

test("a user's customer is found by address or by search; the one with a subscription goes first", async (t) => {
  const customer = (id: string, created: number, metadata: object = { user_id: "user-1", service }) => ({
    id,
    created,
    metadata,
  });
  const listed = (...data: object[]): [number, object] => [200, { object: "list", data, has_more: false }];
  const others = [
    customer("cus_a", 1, {}),
    customer("cus_b", 1, { user_id: "user-2", service }),
    customer("cus_c", 1, { user_id: "user-1", service: "https://other.example.org" }),
  ];
  let byAddress: object[] = others;
  let bySearch: [number, object] = [200, { object: "search_result", data: others, has_more: false }];
  let subscribed = "";
  const { calls, payments } = await start(t, {
    "GET /v1/customers": () => listed(...byAddress),
    "GET /v1/customers/search": () => bySearch,
    "GET /v1/subscriptions": ({ customer: of }) => listed(...(of === subscribed ? [{ id: "sub_1" }] : [])),
  });
  const user = sampleUser({ email: "r@example.org", identity_email: "r@example.org" });
  t.is(await payments.findCustomer(user), undefined);
  t.is(calls[0]?.form.email, "r@example.org");
  t.is(calls[1]?.form.query, `metadata['user_id']:'user-1' AND metadata['service']:'${service}'`);
  bySearch = [200, { object: "search_result", data: [customer("cus_2", 2)], has_more: false }];
  t.is(await payments.findCustomer(user), "cus_2");
  t.is(await payments.findCustomer(user, "cus_2"), undefined);
  byAddress = [customer("cus_3", 3), customer("cus_1", 1)];
  t.is(await payments.findCustomer(user), "cus_1");
  subscribed = "cus_2";
  t.is(await payments.findCustomer(user), "cus_2");
  // Where Stripe offers no search, the address has to do.
  bySearch = [400, { error: { type: "invalid_request_error", message: "Search is not available" } }];
  t.is(await payments.findCustomer(user), "cus_1");
  bySearch = [500, { error: { type: "api_error" } }];
  await t.throwsAsync(payments.findCustomer(user), { instanceOf: PaymentsUnavailableError });
  const quotes = sampleUser({ user_id: "it's \\", email: "", identity_email: "" });
  bySearch = [200, { object: "search_result", data: [], has_more: false }];
  await payments.findCustomer(quotes);
  t.true(calls.at(-1)?.form.query?.startsWith("metadata['user_id']:'it\\'s \\\\'"));
});

test("a user who has changed the name since the key was used gets a customer all the same", async (t) => {
  let calls = 0;
  const refused = { error: { type: "idempotency_error", message: "Keys for idempotent requests" } };
  const { payments } = await start(t, {
    "POST /v1/customers": () => {
      calls += 1;
      return calls === 1 ? [400, refused] : [200, { id: "cus_1" }];
    },
  });
  t.is(await payments.createCustomer(sampleUser()), "cus_1");
});

test("subscribing attaches the confirmed card, makes it the default and buys the price once per setup", async (t) => {
  const { calls, payments } = await start(t, confirmed);
  t.like(await payments.subscribe(subscribe), { id: "sub_1", status: "active" });
  t.is(
    calls.find(({ what }) => what === "POST /v1/customers/cus_1")?.form["invoice_settings[default_payment_method]"],
    "pm_1",
  );
  const bought = calls.find(({ what }) => what === "POST /v1/subscriptions");
  t.like(bought?.form, {
    customer: "cus_1",
    "items[0][price]": "price_1",
    "metadata[user_id]": "user-1",
    payment_behavior: "error_if_incomplete",
  });
  // The attempt decides, not the card: two cards of one attempt buy once.
  const keyOf = async (change: object) => {
    await payments.subscribe({ ...subscribe, ...change });
    return calls.at(-1)?.idempotencyKey;
  };
  t.is(await keyOf({}), bought?.idempotencyKey);
  for (const change of [{ attemptId: "attempt-2" }, { userId: "user-2" }])
    t.not(await keyOf(change), bought?.idempotencyKey);
});

test("the id of a plan is sent as a plan", async (t) => {
  const { calls, payments } = await start(
    t,
    { ...confirmed, "GET /v1/plans/premium": () => [200, { amount: 500, currency: "eur", interval: "month" }] },
    "premium",
  );
  await payments.subscribe(subscribe);
  t.is(calls.at(-1)?.form["items[0][plan]"], "premium");
  t.deepEqual(await payments.offer(), { amount: 500, currency: "eur", interval: "month" });
});

test("the price is asked for once it is known, and again while it is not", async (t) => {
  let up = false;
  const price = { unit_amount: 999, currency: "usd", recurring: { interval: "month" } };
  const { calls, payments } = await start(t, {
    "GET /v1/prices/price_1": () => (up ? [200, price] : [500, { error: { type: "api_error" } }]),
  });
  await t.throwsAsync(payments.offer(), { instanceOf: PaymentsUnavailableError });
  up = true;
  await payments.offer();
  t.deepEqual(await payments.offer(), { amount: 999, currency: "usd", interval: "month" });
  t.is(calls.length, 2);
});

test("a card that was not confirmed, or by another customer, buys nothing", async (t) => {
  for (const change of [{ status: "requires_payment_method" }, { customer: "cus_2" }, { payment_method: null }]) {
    const intent = { id: "seti_1", status: "succeeded", customer: "cus_1", payment_method: "pm_1", ...change };
    const { calls, payments } = await start(t, { ...confirmed, "GET /v1/setup_intents/seti_1": () => [200, intent] });
    await t.throwsAsync(payments.subscribe(subscribe), { instanceOf: CardDeclinedError });
    t.is(calls.length, 1);
  }
});

test("a declined card is told in the bank's words; a first payment that hangs is undone", async (t) => {
  const declined = { error: { type: "card_error", code: "card_declined", message: "Your card has expired." } };
  const refusing = await start(t, { ...confirmed, "POST /v1/subscriptions": () => [402, declined] });
  await t.throwsAsync(refusing.payments.subscribe(subscribe), {
    instanceOf: CardDeclinedError,
    message: "Your card has expired.",
  });
  const hanging = await start(t, {
    ...confirmed,
    "POST /v1/subscriptions": () => [200, { id: "sub_1", status: "incomplete" }],
    "DELETE /v1/subscriptions/sub_1": () => [200, { id: "sub_1", status: "canceled" }],
  });
  await t.throwsAsync(hanging.payments.subscribe(subscribe), { instanceOf: CardDeclinedError });
  t.is(hanging.calls.at(-1)?.what, "DELETE /v1/subscriptions/sub_1");
});

test("cancelling what has gone already succeeds; other trouble does not", async (t) => {
  const { payments } = await start(t, {
    "DELETE /v1/subscriptions/sub_2": () => [500, { error: { type: "api_error" } }],
  });
  await t.notThrowsAsync(payments.cancel("sub_1"));
  await t.throwsAsync(payments.cancel("sub_2"), { instanceOf: PaymentsUnavailableError });
});

test("an event is believed only with a fresh signature over its very bytes", async (t) => {
  const { payments } = await start(t, {});
  const stripe = new Stripe("sk_test_1");
  const object = { id: "sub_1", object: "subscription", customer: "cus_1", metadata: { user_id: "user-1" } };
  const payload = JSON.stringify({
    id: "evt_1",
    object: "event",
    type: "customer.subscription.updated",
    data: { object },
  });
  const now = Math.floor(Date.now() / 1000);
  const signed = (timestamp: number, secret = "whsec_1") =>
    stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  t.deepEqual(payments.readEvent(Buffer.from(payload), signed(now - 290)), {
    id: "evt_1",
    type: "customer.subscription.updated",
    subject: { userId: "user-1", customerId: "cus_1" },
  });
  const refused: [string, string][] = [
    [payload, signed(now - 320)],
    [payload, signed(now, "whsec_2")],
    [`${payload} `, signed(now)],
    [payload, ""],
    ["", signed(now)],
  ];
  for (const [body, signature] of refused)
    t.throws(() => payments.readEvent(Buffer.from(body), signature), { instanceOf: InvalidSignatureError });
});

test("a customer's subscriptions are read to the last page", async (t) => {
  const pages = [
    {
      object: "list",
      data: [{ id: "sub_2", status: "canceled", created: 2 }],
      has_more: true,
      url: "/v1/subscriptions",
    },
    {
      object: "list",
      data: [{ id: "sub_1", status: "active", created: 1, metadata: { user_id: "user-1" } }],
      has_more: false,
      url: "/v1/subscriptions",
    },
  ];
  const { payments } = await start(t, { "GET /v1/subscriptions": () => [200, pages.shift() ?? {}] });
  t.deepEqual(await payments.subscriptions("cus_1"), [
    { id: "sub_2", status: "canceled", created: 2, ours: false },
    { id: "sub_1", status: "active", created: 1, ours: true },
  ]);
});

const missing = (param: string): [number, object] => [
  400,
  { error: { type: "invalid_request_error", code: "resource_missing", param, message: `No such ${param}` } },
];

test("what Stripe does not have is told apart: the customer, the setup, the price", async (t) => {
  const { payments } = await start(t, {
    ...confirmed,
    "POST /v1/setup_intents": () => missing("customer"),
    "GET /v1/subscriptions": () => missing("customer"),
    "POST /v1/subscriptions": () => missing("items[0][price]"),
  });
  await t.throwsAsync(payments.beginCardSetup("cus_1"), { instanceOf: CustomerGoneError });
  await t.throwsAsync(payments.subscriptions("cus_1"), { instanceOf: CustomerGoneError });
  await t.throwsAsync(payments.ownerOf("cus_1"), { instanceOf: CustomerGoneError });
  t.is(payments.trouble(), undefined);
  await t.throwsAsync(payments.subscribe({ ...subscribe, setupIntentId: "seti_2" }), { instanceOf: UnknownSetupError });
  await t.throwsAsync(payments.subscribe(subscribe), { instanceOf: PaymentsMisconfiguredError, message: /price_1/ });
  await t.throwsAsync(payments.offer(), { instanceOf: PaymentsMisconfiguredError });
  t.regex(payments.trouble() ?? "", /no price price_1.*stripePriceId/);
  const deleted = await start(t, { ...confirmed, "POST /v1/subscriptions": () => missing("customer") });
  await t.throwsAsync(deleted.payments.subscribe(subscribe), { instanceOf: CustomerGoneError });
});

test("a wrong key is the operator's to mend, and is not shown; trouble ends with the first success", async (t) => {
  let status = 401;
  const words = "Invalid API Key provided: sk_test_*1";
  const { payments } = await start(t, {
    "GET /v1/subscriptions": () =>
      status === 200
        ? [200, { object: "list", data: [], has_more: false, url: "/v1/subscriptions" }]
        : [status, { error: { type: "invalid_request_error", message: words } }],
  });
  for (status of [401, 403]) {
    await t.throwsAsync(payments.subscriptions("cus_1"), { instanceOf: PaymentsMisconfiguredError });
    t.regex(payments.trouble() ?? "", /stripe-secret-key/);
    t.false(payments.trouble()?.includes("sk_"));
  }
  for (status of [429, 500, 503]) {
    await t.throwsAsync(payments.subscriptions("cus_1"), { instanceOf: PaymentsUnavailableError });
  }
  status = 200;
  await payments.subscriptions("cus_1");
  t.is(payments.trouble(), undefined);
});
