import test from "ava";
import { checkPaymentEvents } from "../../operate/doctor/checks/payment-events.ts";

const url = "https://gas.example.org/stripe/webhook";
const subscriptions = ["created", "updated", "deleted"].map((what) => `customer.subscription.${what}`);
const all = [...subscriptions, "invoice.paid", "invoice.payment_failed"];
const enabled = { url, status: "enabled", enabled_events: all };

async function found(endpoints: readonly object[], status = 200) {
  const asked: string[] = [];
  const findings = await checkPaymentEvents("https://gas.example.org/", async (path) => {
    asked.push(path);
    return Response.json({ data: endpoints }, { status });
  });
  return { asked, verdicts: findings.map(({ verdict }) => verdict), text: findings.map(({ found }) => found).join() };
}

test("the endpoint of the service's own address has to send each event that is needed", async (t) => {
  t.deepEqual((await found([enabled])).verdicts, ["ok"]);
  t.deepEqual((await found([{ ...enabled, enabled_events: ["*"] }])).verdicts, ["ok"]);
  const halves = [
    { ...enabled, enabled_events: subscriptions },
    { ...enabled, enabled_events: ["invoice.paid", "invoice.payment_failed"] },
  ];
  t.deepEqual((await found(halves)).verdicts, ["ok"], "two endpoints of one address");
  const former = await found([{ ...enabled, enabled_events: subscriptions }]);
  t.deepEqual(former.verdicts, ["wrong"]);
  t.is(former.text, "does not send invoice.paid, invoice.payment_failed");
  t.deepEqual((await found([{ ...enabled, url: "https://other.example.org/stripe/webhook" }])).verdicts, ["wrong"]);
  t.regex((await found([{ ...enabled, status: "disabled" }])).text, /disabled/);
});

test("what cannot be looked at is said, and a stand-in without endpoints is left alone", async (t) => {
  t.deepEqual((await found([], 403)).verdicts, ["unknown"]);
  t.deepEqual((await found([], 404)).verdicts, []);
  t.deepEqual(await checkPaymentEvents(undefined, async () => t.fail() as never), []);
});
