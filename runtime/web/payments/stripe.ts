/** Payments on Stripe's API. */
import Stripe from "stripe";
import {
  InvalidSignatureError,
  type Offer,
  type Payments,
  PaymentsUnavailableError,
  type Subscription,
} from "./port.ts";
import { createCustomers } from "./stripe-customers.ts";
import { createWatch, customerGone, isMissing, whereMissing } from "./stripe-errors.ts";
import { paymentEventOf } from "./stripe-event.ts";
import { createPurchases } from "./stripe-purchases.ts";
import { refundSubscription } from "./stripe-refund.ts";
import { subscriptionOf } from "./stripe-subscription.ts";

export interface StripeOptions {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** `price_…`, or the id of a plan of an older account. */
  readonly priceId: string;
  /** `https://api.stripe.com`, or a stand-in. */
  readonly apiUrl: string;
  /** Origin of the pages: marks the customers that this service makes, since an account may serve several. */
  readonly service: string;
}

const toleranceSeconds = 300;

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

export function createStripePayments(options: StripeOptions): Payments {
  const stripe = clientOf(options);
  const watch = createWatch();
  const customers = createCustomers(stripe, options.service);
  const purchases = createPurchases(stripe, options);
  // A price never changes (a new one gets a new id), so it is asked for once.
  let offer: Promise<Offer> | undefined;

  return {
    offer() {
      offer ??= watch.call(purchases.offer).catch((error) => {
        offer = undefined;
        throw error;
      });
      return offer;
    },

    findCustomer: (user, insteadOf) => watch.call(() => customers.find(user, insteadOf)),
    createCustomer: (user, insteadOf) => watch.call(() => customers.create(user, insteadOf)),
    ownerOf: (customerId) => watch.call(() => customers.ownerOf(customerId)),

    beginCardSetup: (customerId) =>
      watch.call(async () => {
        const intent = await whereMissing(customerGone(customerId), () =>
          stripe.setupIntents.create({ customer: customerId, usage: "off_session" }),
        );
        if (intent.client_secret === null) {
          throw new PaymentsUnavailableError(`setup intent ${intent.id} has no secret`, { answered: true });
        }
        return { clientSecret: intent.client_secret };
      }),

    subscribe: (purchase) => watch.call(() => purchases.subscribe(purchase)),

    subscriptions: (customerId) =>
      watch.call(() =>
        whereMissing(customerGone(customerId), async () => {
          const found: Subscription[] = [];
          const query = { customer: customerId, status: "all", limit: 100 } as const;
          for await (const subscription of stripe.subscriptions.list(query)) found.push(subscriptionOf(subscription));
          return found;
        }),
      ),

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
      return paymentEventOf(event);
    },

    trouble: watch.trouble,
  };
}
