/** Whether Stripe sends the service the events from which plans and mails on payments follow. */
import { type CheckResult, ok, unknown, wrong } from "../finding.ts";

const check = "Stripe's webhook";
const needed = [
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "invoice.paid",
  "invoice.payment_failed",
];

/** As Stripe lists it. */
interface Endpoint {
  readonly url: string;
  readonly status: string;
  readonly enabled_events: readonly string[];
}

/**
 * @param publicUrl of the service; undefined until it is known: nothing is found out.
 * @param ask answers a GET request of Stripe's API.
 */
export async function checkPaymentEvents(
  publicUrl: string | undefined,
  ask: (path: string) => Promise<Response>,
): Promise<CheckResult[]> {
  if (publicUrl === undefined) return [];
  const response = await ask("/v1/webhook_endpoints?limit=100");
  // A stand-in for Stripe has none.
  if (response.status === 404) return [];
  if (!response.ok) {
    const found = `Stripe answers ${response.status} when asked for webhook endpoints`;
    return [unknown(check, found, "allow the secret key to read webhook endpoints")];
  }
  const { data } = (await response.json()) as { readonly data: readonly Endpoint[] };
  const url = `${publicUrl.replace(/\/$/, "")}/stripe/webhook`;
  const here = data.filter((endpoint) => endpoint.url === url);
  if (here.length === 0) return [wrong(check, `no endpoint is ${url}`, "add it in Stripe's dashboard (docs/aws.md)")];
  const enabled = here.filter(({ status }) => status === "enabled");
  if (enabled.length === 0) return [wrong(check, `${url} is disabled`, "enable it in Stripe's dashboard")];
  const sent = new Set(enabled.flatMap(({ enabled_events }) => enabled_events));
  const missing = sent.has("*") ? [] : needed.filter((event) => !sent.has(event));
  if (missing.length === 0) return [ok(check, `sends every event that is needed to ${url}`)];
  return [wrong(check, `does not send ${missing.join(", ")}`, `add them to the endpoint ${url} in Stripe's dashboard`)];
}
