/** Gives back what was paid for a subscription. */
import Stripe from "stripe";

/**
 * Refunds every payment of every invoice of the subscription in full. One that has been given back already stays as it is,
 * so this may be repeated after a crash anywhere.
 */
export async function refundSubscription(stripe: Stripe, subscriptionId: string): Promise<void> {
  for await (const invoice of stripe.invoices.list({ subscription: subscriptionId, limit: 100 })) {
    if (invoice.id === undefined || (invoice.amount_paid ?? 0) === 0) continue;
    for await (const { payment, status } of stripe.invoicePayments.list({ invoice: invoice.id, limit: 100 })) {
      if (status !== "paid") continue;
      const intent = idOf(payment.payment_intent);
      const charge = idOf(payment.charge);
      if (intent !== undefined) await giveBack(stripe, { payment_intent: intent });
      else if (charge !== undefined) await giveBack(stripe, { charge });
    }
  }
}

const idOf = (reference: string | { id: string } | undefined): string | undefined =>
  typeof reference === "object" ? reference.id : reference;

async function giveBack(stripe: Stripe, of: { payment_intent: string } | { charge: string }): Promise<void> {
  try {
    await stripe.refunds.create({ ...of, reason: "duplicate" }, { idempotencyKey: `refund:${Object.values(of)[0]}` });
  } catch (error) {
    const refunded =
      error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "charge_already_refunded";
    if (!refunded) throw error;
  }
}
