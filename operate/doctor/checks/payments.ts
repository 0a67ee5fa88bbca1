/** Whether Stripe's keys belong together and know the price, and its webhook sends what is needed. The secret key is read for one question and shown nowhere. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, note, ok, unknown, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";
import { checkPaymentEvents } from "./payment-events.ts";

const mode = (key: string) => /^[a-z]+_(test|live)_/.exec(key)?.[1];

export async function checkPayments(
  { payments, publicUrl }: Needs,
  account: AccountReader | undefined,
): Promise<CheckResult[]> {
  if (payments === undefined) return [];
  const { publishableKey, priceId, apiUrl, secretKey } = payments;
  const check = "Stripe";
  if (/replace_me/.test(`${publishableKey} ${priceId}`)) {
    const found = "the keys are still the example's";
    return [wrong(check, found, "set annofarm:stripePublishableKey and stripePriceId; Stripe's test mode is enough")];
  }
  const secret = await account?.parameter(secretKey, true).catch(() => undefined);
  if (secret === undefined) {
    return [
      unknown(
        check,
        "the secret key cannot be read, so the price was not checked",
        `allow ssm:GetParameter on ${secretKey}`,
      ),
    ];
  }
  if (mode(secret.value) !== mode(publishableKey)) {
    const found = `publishable key in ${mode(publishableKey) ?? "no"} mode, secret key in ${mode(secret.value) ?? "no"} mode`;
    return [wrong(check, found, "copy both keys from the same page of Stripe's dashboard")];
  }
  try {
    // A plan's id is also a valid price id on Stripe; stand-ins know plans only.
    const kind = priceId.startsWith("price_") ? "prices" : "plans";
    const ask = (path: string) =>
      fetch(`${apiUrl.replace(/\/$/, "")}${path}`, {
        headers: { authorization: `Bearer ${secret.value}` },
        signal: AbortSignal.timeout(10_000),
      });
    const response = await ask(`/v1/${kind}/${encodeURIComponent(priceId)}`);
    if (response.status === 401) return [wrong(check, "refuses the secret key", `put the right one into ${secretKey}`)];
    if (response.status === 404)
      return [wrong(check, `knows no price ${priceId}`, "set annofarm:stripePriceId to a recurring price")];
    if (!response.ok) return [unknown(check, `answers ${response.status}`, "try again")];
    const live = mode(publishableKey) === "live";
    const found = `knows ${priceId}, ${live ? "live" : "test"} mode`;
    const price = live ? note(check, found, "real cards are charged") : ok(check, found);
    return [price, ...(await checkPaymentEvents(publicUrl, ask))];
  } catch (error) {
    return [unknown(check, `cannot be reached from here: ${(error as Error).message}`, "check your network")];
  }
}
