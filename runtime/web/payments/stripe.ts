/** Payments on Stripe's API. */
import Stripe from "stripe";
import {
  CardDeclinedError,
  InvalidSignatureError,
  type Offer,
  type PaymentEvent,
  type Payments,
  PaymentsUnavailableError,
  type Subscription,
} from "./port.ts";

export interface StripeOptions {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** `price_…`, or the id of a plan of an older account. */
  readonly priceId: string;
  /** `https://api.stripe.com`, or a stand-in. */
  readonly apiUrl: string;
}

const toleranceSeconds = 300;

export function createStripePayments(options: StripeOptions): Payments {
  const api = new URL(options.apiUrl);
  const http = api.protocol === "http:";
  const stripe = new Stripe(options.secretKey, {
    host: api.hostname,
    port: api.port === "" ? (http ? 80 : 443) : Number(api.port),
    protocol: http ? "http" : "https",
    timeout: 10_000,
    maxNetworkRetries: 2,
    telemetry: false,
  });
  const isPrice = options.priceId.startsWith("price_");
  // Both name the same thing to Stripe, but a plan's id is only sure to be understood as a plan.
  const item = isPrice ? { price: options.priceId } : { plan: options.priceId };
  const plain = ({ id, status }: Stripe.Subscription): Subscription => ({ id, status });

  async function attach(paymentMethodId: string, customerId: string): Promise<void> {
    // Stripe attaches the card when the setup is confirmed; where that has not happened, it is done here.
    const method = await stripe.paymentMethods.retrieve(paymentMethodId);
    if (method.customer !== customerId) await stripe.paymentMethods.attach(paymentMethodId, { customer: customerId });
    await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: paymentMethodId } });
  }

  async function readOffer(): Promise<Offer> {
    if (!isPrice) {
      const plan = await stripe.plans.retrieve(options.priceId);
      return { amount: plan.amount ?? 0, currency: plan.currency, interval: plan.interval };
    }
    const price = await stripe.prices.retrieve(options.priceId);
    return { amount: price.unit_amount ?? 0, currency: price.currency, interval: price.recurring?.interval ?? "month" };
  }
  // A price never changes (a new one gets a new id), so it is asked for once.
  let offer: Promise<Offer> | undefined;

  return {
    offer() {
      offer ??= translated(readOffer).catch((error) => {
        offer = undefined;
        throw error;
      });
      return offer;
    },

    async customerFor(user) {
      if (user.stripe_customer_id !== undefined) return user.stripe_customer_id;
      return translated(async () => {
        const customer = await stripe.customers.create(
          { name: user.name, metadata: { user_id: user.user_id }, ...(user.email === "" ? {} : { email: user.email }) },
          { idempotencyKey: `customer:${user.user_id}:${user.created_time}` },
        );
        return customer.id;
      });
    },

    async beginCardSetup(customerId) {
      const intent = await translated(() => stripe.setupIntents.create({ customer: customerId, usage: "off_session" }));
      if (intent.client_secret === null) throw new PaymentsUnavailableError(`setup intent ${intent.id} has no secret`);
      return { clientSecret: intent.client_secret };
    },

    subscribe: ({ customerId, userId, setupIntentId }) =>
      translated(async () => {
        const intent = await stripe.setupIntents.retrieve(setupIntentId);
        const owner = typeof intent.customer === "string" ? intent.customer : intent.customer?.id;
        const method = typeof intent.payment_method === "string" ? intent.payment_method : intent.payment_method?.id;
        if (owner !== customerId || intent.status !== "succeeded" || method === undefined) {
          throw new CardDeclinedError("The card has not been confirmed. Please enter it again.");
        }
        await attach(method, customerId);
        const made = await stripe.subscriptions.create(
          {
            customer: customerId,
            items: [item],
            metadata: { user_id: userId },
            // A first payment that fails leaves no half-made subscription behind.
            payment_behavior: "error_if_incomplete",
          },
          { idempotencyKey: `subscribe:${setupIntentId}` },
        );
        if (made.status !== "active" && made.status !== "trialing") {
          // Asked for above, but not every account's API version keeps to it: unpaid must not look like bought.
          await stripe.subscriptions.cancel(made.id);
          throw new CardDeclinedError("The card was accepted, but the first payment did not go through.");
        }
        return plain(made);
      }),

    subscriptions: (customerId) =>
      translated(async () => {
        const found: Subscription[] = [];
        const query = { customer: customerId, status: "all", limit: 100 } as const;
        for await (const subscription of stripe.subscriptions.list(query)) found.push(plain(subscription));
        return found;
      }),

    cancel: (subscriptionId) =>
      translated(async () => {
        try {
          await stripe.subscriptions.cancel(subscriptionId);
        } catch (error) {
          if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return;
          throw error;
        }
      }),

    readEvent(rawBody, signature) {
      let event: Stripe.Event;
      try {
        event = stripe.webhooks.constructEvent(rawBody, signature, options.webhookSecret, toleranceSeconds);
      } catch (cause) {
        throw new InvalidSignatureError("webhook signature does not fit", { cause });
      }
      return reduced(event);
    },
  };
}

function reduced(event: Stripe.Event): PaymentEvent {
  const { id, type } = event;
  const object = event.data.object as {
    metadata?: Record<string, string> | null;
    customer?: string | { id: string } | null;
  };
  const userId = object.metadata?.user_id;
  const customerId = typeof object.customer === "string" ? object.customer : object.customer?.id;
  const concerns = type.startsWith("customer.subscription.") && userId !== undefined && customerId !== undefined;
  return concerns ? { id, type, subject: { userId, customerId } } : { id, type };
}

/** Stripe's errors as the port's: a declined card is the user's to mend, everything else is not. */
async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (error instanceof Stripe.errors.StripeCardError || error.statusCode === 402) {
      throw new CardDeclinedError(error.message || "Your card was declined.", { cause: error });
    }
    throw new PaymentsUnavailableError(`Stripe refused: ${error.type} ${error.statusCode ?? ""}`, { cause: error });
  }
}
