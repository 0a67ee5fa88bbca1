import test from "ava";
import type { PaymentNotice } from "../../../runtime/web/payments/port.ts";
import { createPlans, roleOf } from "../../../runtime/web/plans.ts";
import {
  createMemoryLog,
  createMemoryQueue,
  createMemoryTopic,
  createMemoryUserStore,
  createVirtualClock,
  sampleUser,
} from "../../support/memory.ts";
import { createFakePayments, goodSignature, staleSignature } from "./support/fakes.ts";
import { startWeb, type TestWeb } from "./support/web.ts";

const card = { setup_intent: "seti_1" };

function sendEvent(
  web: TestWeb,
  id: string,
  type = "customer.subscription.updated",
  signature: string = goodSignature,
  notice?: PaymentNotice,
) {
  const body = JSON.stringify({ id, type, subject: { userId: "user-1", customerId: "cus_user-1" }, notice });
  return web.client().request("POST", "/stripe/webhook", {
    body,
    headers: { "stripe-signature": signature, "content-type": "application/json" },
  });
}

test("subscribing makes customer and subscription, the role, one restore message and a confirmation", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  t.regex((await client.get("/subscribe")).text, /\$9\.99[\s\S]*per month/);
  t.regex(String((await client.postJson("/subscribe/setup", {})).json().client_secret), /^seti_/);
  t.is((await client.post("/subscribe", card)).location, "/subscribe?welcome");
  t.regex((await client.get("/subscribe?welcome")).text, /Welcome to premium[\s\S]*on its way back/);
  t.like(web.users.users.get("user-1"), {
    role: "premium_user",
    stripe_customer_id: "cus_user-1",
    stripe_subscription_id: "sub_2",
  });
  t.deepEqual(web.topics.jobRestore.published, [{ user_id: "user-1" }]);
  t.regex((await client.get("/subscribe")).text, /premium already/);
  t.is((await client.post("/subscribe", card)).location, "/subscribe");
  t.is(web.payments.calls.filter((call) => call === "subscribe").length, 1);
});

test("a declined card is said in the bank's words and can be tried again", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  web.payments.declines = "Your card has insufficient funds.";
  const refused = await client.post("/subscribe", card);
  t.is(refused.status, 402);
  t.regex(refused.text, /insufficient funds\. Nothing has been charged/);
  t.is(web.users.users.get("user-1")?.role, "free_user");
  web.payments.declines = undefined;
  t.is((await client.post("/subscribe", { setup_intent: "seti_2" })).location, "/subscribe?welcome");
  t.is((await web.client().post("/subscribe", card)).status, 303);
  t.is(web.topics.jobRestore.published.length, 1);
});

test("no card, or something that is no setup, asks for the card again", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  for (const form of [{}, { setup_intent: "" }, { setup_intent: "pi_1" }]) {
    t.is((await client.post("/subscribe", form)).status, 402);
  }
  t.false(web.payments.calls.includes("subscribe"));
});

test("a subscription whose answer was lost is found at the next attempt, not bought twice", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  web.payments.loseAnswer = true;
  const lost = await client.post("/subscribe", card);
  t.is(lost.status, 503);
  t.regex(lost.text, /Nothing has been charged twice/);
  t.is((await client.post("/subscribe", { setup_intent: "seti_9" })).location, "/subscribe?welcome");
  t.is(web.payments.customers.get("cus_user-1")?.subscriptions.length, 1);
  t.is(web.users.users.get("user-1")?.role, "premium_user");
});

test("when the restore cannot be told, the plan waits, and the webhook completes it", async (t) => {
  let fails = true;
  const published: object[] = [];
  const jobRestore = {
    async publish(message: object) {
      if (fails) throw new Error("no topic");
      published.push(message);
    },
  };
  const web = await startWeb({ ports: ({ topics }) => ({ topics: { ...topics, jobRestore } }) });
  t.teardown(web.close);
  const client = await web.signedIn();
  t.is((await client.post("/subscribe", card)).status, 500);
  t.is((await sendEvent(web, "evt_1")).status, 500);
  fails = false;
  t.is((await sendEvent(web, "evt_1")).status, 200);
  t.is(web.users.users.get("user-1")?.role, "premium_user");
  t.deepEqual(published, [{ user_id: "user-1" }]);
});

test("cancelling ends the subscription, the role, and makes results due for archiving again", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.post("/subscribe", card);
  t.is((await client.post("/unsubscribe")).location, "/profile#plan");
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.is(web.users.users.get("user-1")?.stripe_subscription_id, undefined);
  t.is(web.payments.customers.get("cus_user-1")?.subscriptions[0]?.status, "canceled");
  t.deepEqual(web.archiveQueue.contents(), [{ user_id: "user-1", reason: "downgrade" }]);
  await client.post("/unsubscribe");
  t.is(web.archiveQueue.contents().length, 1);
});

test("a process that dies between the new role and its message: the event comes again and somebody is told", async (t) => {
  let hang: (() => void) | undefined;
  const web = await startWeb({
    ports: ({ archiveQueue }) => ({
      archiveQueue: {
        send: (message) => (hang === undefined ? archiveQueue.send(message) : new Promise(hang)),
      },
    }),
  });
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.post("/subscribe", card);
  for (const one of web.payments.customers.get("cus_user-1")?.subscriptions ?? []) one.status = "canceled";
  const dying = new Promise<void>((resolve) => {
    hang = resolve;
  });
  sendEvent(web, "evt_1").catch(() => {});
  await dying;
  hang = undefined;
  t.is(web.users.users.get("user-1")?.role, "free_user");
  // As long as it may still be alive, the event is neither applied by another nor taken for applied.
  t.is((await sendEvent(web, "evt_1")).status, 409);
  t.deepEqual(web.archiveQueue.contents(), []);
  await web.clock.advance(61_000);
  t.deepEqual((await sendEvent(web, "evt_1")).json(), { received: true });
  t.deepEqual(web.archiveQueue.contents(), [{ user_id: "user-1", reason: "downgrade" }]);
  t.is(web.users.users.get("user-1")?.plan_outbox, undefined);
});

test("an answer that was old before it was written does not stay", async (t) => {
  const users = createMemoryUserStore([sampleUser({ stripe_customer_id: "cus_1" })]);
  const answers = ["active", "canceled"];
  const payments = {
    ...createFakePayments(),
    subscriptions: async () => [{ id: "sub_1", status: answers.shift() ?? "canceled", created: 1, ours: true }],
  };
  const jobRestore = createMemoryTopic();
  const archiveQueue = createMemoryQueue(createVirtualClock());
  const topics = { jobRequests: createMemoryTopic(), jobRestore };
  const plans = createPlans({ users, payments, topics, archiveQueue, log: createMemoryLog() });
  t.is((await plans.synchronize(sampleUser(), "cus_1")).role, "free_user");
  t.is(users.users.get("user-1")?.role, "free_user");
  t.deepEqual(archiveQueue.contents(), [{ user_id: "user-1", reason: "downgrade" }]);
});

test("remembering the customer leaves the role alone, whatever became of it meanwhile", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const { createCustomer } = web.payments;
  web.payments.createCustomer = async (user) => {
    await web.users.setPlan("user-1", { role: "premium_user" });
    return createCustomer(user);
  };
  // Nothing is left to pay.
  t.is((await client.postJson("/subscribe/setup", {})).status, 409);
  t.like(web.users.users.get("user-1"), { role: "premium_user", stripe_customer_id: "cus_user-1" });
});

test("who was made premium by hand can cancel as well", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ role: "premium_user" });
  await client.post("/unsubscribe");
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.deepEqual(web.archiveQueue.contents(), [{ user_id: "user-1", reason: "downgrade" }]);
});

test("a customer that another stack made for the same person makes nobody premium here", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  await web.signedIn();
  web.payments.customers.set("cus_user-1", {
    userId: "user-1",
    subscriptions: [{ id: "sub_1", status: "active" }],
    elsewhere: true,
  });
  t.is((await sendEvent(web, "evt_1")).status, 200);
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.is(web.users.users.get("user-1")?.stripe_customer_id, undefined);
});

test("a customer that a restored table has forgotten is remembered by the next event, and by the next purchase", async (t) => {
  for (const kind of ["event", "card"]) {
    const web = await startWeb();
    t.teardown(web.close);
    const client = await web.signedIn();
    const subscriptions = [{ id: "sub_1", status: "active" }];
    web.payments.customers.set("cus_user-1", { userId: "user-1", subscriptions });
    if (kind === "event") t.is((await sendEvent(web, "evt_1")).status, 200);
    else {
      // Said before a card is asked for: nothing is to be paid.
      const setup = await client.postJson("/subscribe/setup", {});
      t.is(setup.status, 409);
      t.is(setup.json().redirect, "/subscribe");
      t.is((await client.post("/subscribe", card)).location, "/subscribe");
    }
    t.like(web.users.users.get("user-1"), {
      role: "premium_user",
      stripe_customer_id: "cus_user-1",
      stripe_subscription_id: "sub_1",
    });
    t.deepEqual(web.topics.jobRestore.published, [{ user_id: "user-1" }]);
    t.is(subscriptions.length, 1);
    t.false(web.payments.calls.includes("createCustomer"));
  }
});

test("payments that are down take nothing else down", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  web.payments.down = true;
  t.is((await client.get("/subscribe")).status, 503);
  for (const path of ["/", "/annotate", "/profile", "/healthz"]) t.is((await client.get(path)).status, 200, path);
});

test("a webhook with a wrong, stale or missing signature is refused and changes nothing", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  await web.signedIn();
  for (const signature of ["wrong", staleSignature, ""])
    t.is((await sendEvent(web, "evt_1", undefined, signature)).status, 400);
  t.is((await web.client().request("POST", "/stripe/webhook")).status, 400);
  t.is(web.events.events.size, 0);
});

test("an event is applied once; the state is Stripe's of now, whatever the order of events", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.post("/subscribe", card);
  t.deepEqual((await sendEvent(web, "evt_1", "customer.subscription.created")).json(), { received: true });
  t.deepEqual((await sendEvent(web, "evt_1", "customer.subscription.created")).json(), {
    received: true,
    duplicate: true,
  });
  t.is(web.topics.jobRestore.published.length, 1);

  // A late "deleted" of an earlier subscription, while the present one is paid for.
  web.payments.customers.get("cus_user-1")?.subscriptions.unshift({ id: "sub_old", status: "canceled" });
  await sendEvent(web, "evt_0", "customer.subscription.deleted");
  t.is(web.users.users.get("user-1")?.role, "premium_user");

  // Cancelled at Stripe itself; the "created" arrives after it.
  for (const one of web.payments.customers.get("cus_user-1")?.subscriptions ?? []) one.status = "canceled";
  await sendEvent(web, "evt_2", "customer.subscription.deleted");
  await sendEvent(web, "evt_3", "customer.subscription.created");
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.deepEqual(web.archiveQueue.contents(), [{ user_id: "user-1", reason: "downgrade" }]);
});

test("an event that could not be applied is sent again and then applied", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.post("/subscribe", card);
  web.payments.down = true;
  t.is((await sendEvent(web, "evt_1")).status, 503);
  web.payments.down = false;
  for (const one of web.payments.customers.get("cus_user-1")?.subscriptions ?? []) one.status = "unpaid";
  t.deepEqual((await sendEvent(web, "evt_1")).json(), { received: true });
  t.is(web.users.users.get("user-1")?.role, "free_user");
});

test("events of other types, unknown users and other customers are taken note of and change nothing", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const send = (body: object) =>
    web.client().request("POST", "/stripe/webhook", {
      body: JSON.stringify(body),
      headers: { "stripe-signature": goodSignature },
    });
  await web.signedIn({ stripe_customer_id: "cus_user-1", role: "premium_user" });
  t.is((await send({ id: "e1", type: "invoice.created" })).status, 200);
  t.is(
    (
      await send({
        id: "e2",
        type: "customer.subscription.deleted",
        subject: { userId: "nobody", customerId: "cus_x" },
      })
    ).status,
    200,
  );
  t.is(
    (
      await send({
        id: "e3",
        type: "customer.subscription.deleted",
        subject: { userId: "user-1", customerId: "cus_other" },
      })
    ).status,
    200,
  );
  t.is(web.users.users.get("user-1")?.role, "premium_user");
});

test("which states are paid for, which are over, and which leave a plan as it was", (t) => {
  const role = (...states: string[]) => roleOf(states.map((status, i) => ({ id: `sub_${i}`, status })));
  for (const status of ["active", "trialing"]) t.is(role("canceled", status), "premium_user", status);
  for (const status of ["canceled", "unpaid", "incomplete_expired"]) t.is(role(status), "free_user", status);
  for (const status of ["past_due", "incomplete", "paused", "something_new"])
    t.is(role("canceled", status), undefined, status);
  t.is(role(), "free_user");
});

test("two windows with a card each, at once: one subscription, and the other window is told", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const [one, two] = [await web.signedIn(), await web.signedIn()];
  // The first is at Stripe, and stays there, while the second comes.
  const { subscribe } = web.payments;
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    web.payments.subscribe = async (purchase) => {
      web.payments.subscribe = subscribe;
      resolve();
      await held;
      return subscribe(purchase);
    };
  });
  const first = one.post("/subscribe", { setup_intent: "seti_1" });
  await reached;
  const second = await two.post("/subscribe", { setup_intent: "seti_2" });
  goOn();
  t.is((await first).location, "/subscribe?welcome");
  t.is(second.status, 409);
  t.regex(second.text, /has not been charged/);
  t.is(web.payments.customers.get("cus_user-1")?.subscriptions.length, 1);
  t.is(web.users.users.get("user-1")?.subscribe_attempt, undefined);
});

test("a purchase whose process died is taken over under its own id, once its claim has run out", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const { subscribe } = web.payments;
  let died: () => void = () => {};
  const dying = new Promise<void>((resolve) => {
    died = resolve;
  });
  const list = web.payments.subscriptions;
  web.payments.subscribe = async (purchase) => {
    await subscribe(purchase);
    died();
    return new Promise(() => {});
  };
  client.post("/subscribe", card).catch(() => {});
  await dying;
  web.payments.subscribe = subscribe;
  // Even where Stripe's list does not show it yet.
  web.payments.subscriptions = async () => [];
  t.is((await client.post("/subscribe", { setup_intent: "seti_2" })).status, 409);
  await web.clock.advance(301_000);
  t.is((await client.post("/subscribe", { setup_intent: "seti_2" })).location, "/subscribe?welcome");
  web.payments.subscriptions = list;
  t.is(web.payments.customers.get("cus_user-1")?.subscriptions.length, 1);
});

test("a surplus subscription is refunded and ended, whichever event tells of it; the operator's stays", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  await web.signedIn({ stripe_customer_id: "cus_user-1", role: "premium_user" });
  const subscriptions = [
    { id: "sub_b", status: "active", created: 2 },
    { id: "sub_a", status: "active", created: 1 },
    { id: "sub_0", status: "canceled", created: 0 },
  ];
  web.payments.customers.set("cus_user-1", { userId: "user-1", subscriptions });
  t.is((await sendEvent(web, "evt_1")).status, 200);
  t.deepEqual(web.payments.refunded, ["sub_b"]);
  t.deepEqual(
    subscriptions.map(({ status }) => status),
    ["canceled", "active", "canceled"],
  );
  t.like(web.users.users.get("user-1"), { role: "premium_user", stripe_subscription_id: "sub_a" });

  web.payments.customers.set("cus_user-1", {
    userId: "user-1",
    subscriptions: [
      { id: "sub_a", status: "active", created: 1 },
      { id: "sub_x", status: "active", created: 9, ours: false },
      { id: "sub_y", status: "active", created: 9, ours: false },
    ],
  });
  await sendEvent(web, "evt_2");
  t.deepEqual(web.payments.refunded, ["sub_b", "sub_a"]);
  t.is(web.users.users.get("user-1")?.stripe_subscription_id, "sub_x");
  t.true(web.log.lines.some(({ message }) => message.includes("end one of them there")));
});

test("one whose payment is being retried is ended before another is bought", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ stripe_customer_id: "cus_user-1" });
  const subscriptions = [{ id: "sub_0", status: "past_due" }];
  web.payments.customers.set("cus_user-1", { userId: "user-1", subscriptions });
  t.is((await client.post("/subscribe", card)).location, "/subscribe?welcome");
  t.deepEqual(
    subscriptions.map(({ status }) => status),
    ["canceled", "active"],
  );
});

test("a customer that Stripe does not have is replaced and remembered; cancelling does not need it", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ stripe_customer_id: "cus_other_mode" });
  const setup = await client.postJson("/subscribe/setup", {});
  t.is(setup.status, 200);
  t.is(web.users.users.get("user-1")?.stripe_customer_id, "cus_other_mode_again");
  t.is((await client.post("/subscribe", card)).location, "/subscribe?welcome");

  web.payments.customers.clear();
  t.is((await client.post("/unsubscribe")).location, "/profile#plan");
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.is((await client.post("/subscribe", { setup_intent: "seti_2" })).location, "/subscribe?welcome");
});

test("an unknown setup is the browser's mistake", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const answer = await (await web.signedIn()).post("/subscribe", { setup_intent: "seti_unknown" });
  t.is(answer.status, 400);
  t.regex(answer.text, /Enter your card again/);
});

test("what only the operator can mend is no outage: nobody is told to try again", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  web.payments.wrong = "Stripe has no price price_1 in the mode of the secret key";
  for (const answer of [await client.get("/subscribe"), await client.post("/subscribe", card)]) {
    t.is(answer.status, 500);
    t.is(answer.headers.get("retry-after"), null);
    t.regex(answer.text, /not set up correctly[\s\S]*operator has been told/);
    t.false(answer.text.includes("price_1"));
  }
  t.true(web.log.lines.some(({ level }) => level === "error"));
});

test("a subscription made in Stripe's dashboard names nobody, and is honoured by its customer", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  await web.signedIn({ stripe_customer_id: "cus_1" });
  web.payments.customers.set("cus_1", {
    userId: "user-1",
    subscriptions: [{ id: "sub_1", status: "active", ours: false }],
  });
  const send = (id: string, subject: object) =>
    web.client().request("POST", "/stripe/webhook", {
      body: JSON.stringify({ id, type: "customer.subscription.created", subject }),
      headers: { "stripe-signature": goodSignature },
    });
  // A customer of somebody else's, and a name that somebody has mistyped in the dashboard.
  t.is((await send("e0", { customerId: "cus_unknown" })).status, 200);
  t.is(web.users.users.get("user-1")?.role, "free_user");
  t.is((await send("e1", { customerId: "cus_1", userId: "mistyped" })).status, 200);
  t.is(web.users.users.get("user-1")?.role, "premium_user");
});
