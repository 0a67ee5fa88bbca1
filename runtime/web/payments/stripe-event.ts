import type Stripe from "stripe";
import type { PaymentEvent, PaymentNotice } from "./port.ts";

/**
 * A verified event, reduced to what this service makes of it. Which version of Stripe's API an event has is the endpoint's setting,
 * so an invoice's subscription is looked for where older versions and newer ones have it.
 */
export function paymentEventOf(event: Stripe.Event): PaymentEvent {
  const { id, type } = event;
  if (type.startsWith("customer.subscription.")) {
    const subscription = event.data.object as Partial<Stripe.Subscription>;
    const notice =
      type === "customer.subscription.deleted" && subscription.id !== undefined
        ? ({ kind: "ended", subscriptionId: subscription.id } as const)
        : undefined;
    return reduced({ id, type }, subscription, subscription.metadata, notice);
  }
  if (type !== "invoice.paid" && type !== "invoice.payment_failed") return { id, type };
  const invoice = event.data.object as Invoice;
  const details = invoice.parent?.subscription_details;
  const subscriptionId = idOf(details?.subscription) ?? idOf(invoice.subscription);
  // Not of a subscription: no plan follows from it.
  if (subscriptionId === undefined) return { id, type };
  return reduced({ id, type }, invoice, details?.metadata, noticeOf(type, invoice, subscriptionId));
}

type Reference = string | { readonly id: string } | null | undefined;
type Invoice = Partial<Stripe.Invoice> & { readonly subscription?: Reference };

const idOf = (reference: Reference): string | undefined =>
  typeof reference === "string" ? reference : (reference?.id ?? undefined);

function reduced(
  known: Pick<PaymentEvent, "id" | "type">,
  { customer }: { readonly customer?: Reference },
  metadata: Stripe.Metadata | null | undefined,
  notice: PaymentNotice | undefined,
): PaymentEvent {
  const customerId = idOf(customer);
  if (customerId === undefined) return known;
  const userId = metadata?.user_id;
  const subject = { customerId, ...(userId === undefined ? {} : { userId }) };
  return { ...known, subject, ...(notice === undefined ? {} : { notice }) };
}

/** What a user is told of an invoice: of the first payment and of renewals, not of changes that somebody makes by hand. */
function noticeOf(type: "invoice.paid" | "invoice.payment_failed", invoice: Invoice, subscriptionId: string) {
  const { billing_reason: reason, currency = "usd", amount_paid = 0, amount_due = 0 } = invoice;
  const first = reason === "subscription_create";
  if (!first && reason !== "subscription_cycle") return undefined;
  if (type === "invoice.paid") {
    const until = invoice.lines?.data.map(({ period }) => period.end).reduce((a, b) => Math.max(a, b), 0);
    const paid = { subscriptionId, currency, amount: amount_paid, ...(until ? { until } : {}) };
    return { kind: first ? "begun" : "renewed", ...paid } as const;
  }
  // The page on which the card was given has said so.
  if (first) return undefined;
  const { next_payment_attempt: retried, hosted_invoice_url: payUrl } = invoice;
  const how = { ...(retried ? { retried } : {}), ...(payUrl ? { payUrl } : {}) };
  return { kind: "failed", subscriptionId, currency, amount: amount_due, ...how } as const;
}
