/** Payments on Stripe's API. */
import { createHash } from "node:crypto";
import Stripe from "stripe";
import {
  CardDeclinedError,
  CustomerGoneError,
  InvalidSignatureError,
  type Offer,
  type PaymentEvent,
  type Payments,
  PaymentsMisconfiguredError,
  PaymentsUnavailableError,
  type Subscription,
  UnknownSetupError,
} from "./port.ts";
import { createWatch, isMissing, whereMissing } from "./stripe-errors.ts";
import { refundSubscription } from "./stripe-refund.ts";

export interface StripeOptions {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** `price_…`, or the id of a plan of an older account. */
  readonly priceId: string;
  /** `https://api.stripe.com`, or a stand-in. */
  readonly apiUrl: string;
}

const toleranceSeconds = 300;

/** Stripe answers a repeated key as it answered the first time, for 24 hours. Keys have 255 characters at most. */
const keyOf = (what: string, ...parts: readonly string[]): string =>
  `${what}:${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`;

function clientOf({ secretKey, apiUrl }: StripeOptions): Stripe {
  const api = new URL(apiUrl);
  const http = api.protocol === "http:";
  return new Stripe(secretKey, {
    host: api.hostname,
    port: api.port === "" ? (http ? 80 : 443) : Number(api.port),
    protocol: http ? "http" : "https",
    timeout: 10_000,
    maxNetworkRetries: 2,
    telemetry: false,
  });
}

const plain = ({ id, status, created, metadata }: Stripe.Subscription): Subscription => ({
  id,
  status,
  created,
  ours: metadata?.user_id !== undefined,
});

export function createStripePayments(options: StripeOptions): Payments {
  const stripe = clientOf(options);
  const { priceId } = options;
  const isPrice = priceId.startsWith("price_");
  // Both name the same thing to Stripe, but a plan's id is only sure to be understood as a plan.
  const item = isPrice ? { price: priceId } : { plan: priceId };
  const watch = createWatch();
  const gone = (customerId: string) => (cause: unknown) =>
    new CustomerGoneError(`Stripe has no customer ${customerId}`, { cause });
  const noPrice = (cause: unknown) =>
    new PaymentsMisconfiguredError(
      `Stripe has no price ${priceId} in the mode of the secret key; set stripePriceId to a price of that mode`,
      { cause },
    );

  async function readOffer(): Promise<Offer> {
    if (!isPrice) {
      const plan = await whereMissing(noPrice, () => stripe.plans.retrieve(priceId));
      return { amount: plan.amount ?? 0, currency: plan.currency, interval: plan.interval };
    }
    const price = await whereMissing(noPrice, () => stripe.prices.retrieve(priceId));
    return { amount: price.unit_amount ?? 0, currency: price.currency, interval: price.recurring?.interval ?? "month" };
  }
  // A price never changes (a new one gets a new id), so it is asked for once.
  let offer: Promise<Offer> | undefined;

  /** The card of a setup that this customer has confirmed. */
  async function cardOf(setupIntentId: string, customerId: string): Promise<string> {
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

  async function attach(paymentMethodId: string, customerId: string): Promise<void> {
    // Stripe attaches the card when the setup is confirmed; where that has not happened, it is done here.
    const method = await stripe.paymentMethods.retrieve(paymentMethodId);
    await whereMissing(gone(customerId), async () => {
      if (method.customer !== customerId) await stripe.paymentMethods.attach(paymentMethodId, { customer: customerId });
      await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: paymentMethodId } });
    });
  }

  async function buy(customerId: string, userId: string, attemptId: string): Promise<Subscription> {
    const made = await whereMissing(
      // Stripe names the parameter at fault. Where it does not: the customer has just taken a card, so it is the price.
      (cause) => (isMissing(cause, "customer") ? gone(customerId)(cause) : noPrice(cause)),
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
    return plain(made);
  }

  return {
    offer() {
      offer ??= watch.call(readOffer).catch((error) => {
        offer = undefined;
        throw error;
      });
      return offer;
    },

    createCustomer: (user, insteadOf) =>
      watch.call(async () => {
        const email = user.email === "" ? {} : { email: user.email };
        const key = keyOf("customer", user.user_id, String(user.created_time), insteadOf ?? "");
        const create = (idempotencyKey: string) =>
          stripe.customers.create(
            { name: user.name, metadata: { user_id: user.user_id }, ...email },
            { idempotencyKey },
          );
        try {
          return (await create(key)).id;
        } catch (error) {
          // A key is refused with another name or address than the first time: the user has changed it since.
          if (!(error instanceof Stripe.errors.StripeIdempotencyError)) throw error;
          return (await create(keyOf(key, user.name, user.email))).id;
        }
      }),

    beginCardSetup: (customerId) =>
      watch.call(async () => {
        const intent = await whereMissing(gone(customerId), () =>
          stripe.setupIntents.create({ customer: customerId, usage: "off_session" }),
        );
        if (intent.client_secret === null) {
          throw new PaymentsUnavailableError(`setup intent ${intent.id} has no secret`, { answered: true });
        }
        return { clientSecret: intent.client_secret };
      }),

    subscribe: ({ customerId, userId, setupIntentId, attemptId }) =>
      watch.call(async () => {
        await attach(await cardOf(setupIntentId, customerId), customerId);
        return buy(customerId, userId, attemptId);
      }),

    subscriptions: (customerId) =>
      watch.call(() =>
        whereMissing(gone(customerId), async () => {
          const found: Subscription[] = [];
          const query = { customer: customerId, status: "all", limit: 100 } as const;
          for await (const subscription of stripe.subscriptions.list(query)) found.push(plain(subscription));
          return found;
        }),
      ),

    ownerOf: (customerId) =>
      watch.call(async () => {
        const customer = await whereMissing(gone(customerId), () => stripe.customers.retrieve(customerId));
        return customer.deleted ? undefined : customer.metadata?.user_id;
      }),

    cancel: (subscriptionId) =>
      watch.call(async () => {
        try {
          await stripe.subscriptions.cancel(subscriptionId);
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      }),

    refund: (subscriptionId) => watch.call(() => refundSubscription(stripe, subscriptionId)),

    readEvent(rawBody, signature) {
      let event: Stripe.Event;
      try {
        event = stripe.webhooks.constructEvent(rawBody, signature, options.webhookSecret, toleranceSeconds);
      } catch (cause) {
        throw new InvalidSignatureError("webhook signature does not fit", { cause });
      }
      return reduced(event);
    },

    trouble: watch.trouble,
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
  if (!type.startsWith("customer.subscription.") || customerId === undefined) return { id, type };
  return { id, type, subject: { customerId, ...(userId === undefined ? {} : { userId }) } };
}
