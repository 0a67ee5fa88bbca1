/** Buying premium at Stripe: what it costs, the card, the subscription. */
import type Stripe from "stripe";
import {
  CardDeclinedError,
  type Offer,
  type Payments,
  PaymentsMisconfiguredError,
  type Subscription,
  UnknownSetupError,
} from "./port.ts";
import { markOf } from "./stripe-customers.ts";
import { customerGone, isMissing, whereMissing } from "./stripe-errors.ts";
import { keyOf } from "./stripe-keys.ts";
import { subscriptionOf } from "./stripe-subscription.ts";

export interface Purchases {
  offer(): Promise<Offer>;
  readonly subscribe: Payments["subscribe"];
}

export function createPurchases(
  stripe: Stripe,
  { priceId, service }: { readonly priceId: string; readonly service: string },
): Purchases {
  const isPrice = priceId.startsWith("price_");
  // Both name the same thing to Stripe, but a plan's id is only sure to be understood as a plan.
  const item = isPrice ? { price: priceId } : { plan: priceId };
  const noPrice = (cause: unknown) =>
    new PaymentsMisconfiguredError(
      `Stripe has no price ${priceId} in the mode of the secret key; set stripePriceId to a price of that mode`,
      { cause },
    );

  async function offer(): Promise<Offer> {
    if (!isPrice) {
      const plan = await whereMissing(noPrice, () => stripe.plans.retrieve(priceId));
      return { amount: plan.amount ?? 0, currency: plan.currency, interval: plan.interval };
    }
    const price = await whereMissing(noPrice, () => stripe.prices.retrieve(priceId));
    return { amount: price.unit_amount ?? 0, currency: price.currency, interval: price.recurring?.interval ?? "month" };
  }

  async function attach(paymentMethodId: string, customerId: string, userId: string): Promise<void> {
    // Stripe attaches the card when the setup is confirmed; where that has not happened, it is done here.
    const method = await stripe.paymentMethods.retrieve(paymentMethodId);
    await whereMissing(customerGone(customerId), async () => {
      if (method.customer !== customerId) await stripe.paymentMethods.attach(paymentMethodId, { customer: customerId });
      await stripe.customers.update(customerId, {
        invoice_settings: { default_payment_method: paymentMethodId },
        // A customer of an earlier version has no mark yet.
        metadata: markOf(userId, service),
      });
    });
  }

  async function buy(customerId: string, userId: string, attemptId: string): Promise<Subscription> {
    const made = await whereMissing(
      // Stripe names the parameter at fault. Where it does not: the customer has just taken a card, so it is the price.
      (cause) => (isMissing(cause, "customer") ? customerGone(customerId)(cause) : noPrice(cause)),
      () =>
        stripe.subscriptions.create(
          {
            customer: customerId,
            items: [item],
            metadata: { user_id: userId },
            // A first payment that fails leaves no half-made subscription behind.
            payment_behavior: "error_if_incomplete",
          },
          { idempotencyKey: keyOf("subscribe", userId, customerId, priceId, attemptId) },
        ),
    );
    if (made.status !== "active" && made.status !== "trialing") {
      // Asked for above, but not every account's API version keeps to it: unpaid must not look like bought.
      await stripe.subscriptions.cancel(made.id);
      throw new CardDeclinedError("The card was accepted, but the first payment did not go through.");
    }
    return subscriptionOf(made);
  }

  return {
    offer,
    async subscribe({ customerId, userId, setupIntentId, attemptId }) {
      await attach(await cardOf(stripe, setupIntentId, customerId), customerId, userId);
      return buy(customerId, userId, attemptId);
    },
  };
}

/** The card of a setup that this customer has confirmed. */
async function cardOf(stripe: Stripe, setupIntentId: string, customerId: string): Promise<string> {
  const intent = await whereMissing(
    (cause) => new UnknownSetupError(`Stripe has no setup ${setupIntentId}`, { cause }),
    () => stripe.setupIntents.retrieve(setupIntentId),
  );
  const owner = typeof intent.customer === "string" ? intent.customer : intent.customer?.id;
  const method = typeof intent.payment_method === "string" ? intent.payment_method : intent.payment_method?.id;
  if (owner !== customerId || intent.status !== "succeeded" || method === undefined) {
    throw new CardDeclinedError("The card has not been confirmed. Please enter it again.");
  }
  return method;
}
