/** The payment provider, as the pages see it. Cards never pass through here: the browser gives them to the provider. */
import type { User } from "../../contract/user.ts";

export interface Subscription {
  readonly id: string;
  /**
   * In Stripe's words: active, trialing, past_due, unpaid, canceled, incomplete, incomplete_expired, paused; later versions
   * of its API may know more.
   */
  readonly status: string;
}

/** What premium costs. */
export interface Offer {
  /** In the currency's minor unit (cents). */
  readonly amount: number;
  /** ISO 4217, any case. */
  readonly currency: string;
  /** `month`, `year`, … */
  readonly interval: string;
}

/** A webhook event, reduced to whom it concerns: what is true now is asked of the provider, never read from the event. */
export interface PaymentEvent {
  readonly id: string;
  readonly type: string;
  /** Present on events about a subscription. */
  readonly subject?: { readonly userId: string; readonly customerId: string };
}

export interface Payments {
  /** @throws {PaymentsUnavailableError} as every call here may. */
  offer(): Promise<Offer>;
  /** The user's customer, made at the first call; repeating it makes no second one. */
  customerFor(user: User): Promise<string>;
  /** Begins taking a card: the browser confirms it with the returned secret, straight with the provider. */
  beginCardSetup(customerId: string): Promise<{ clientSecret: string }>;
  /**
   * Subscribes the customer with the card of a confirmed setup. Safe to repeat: one setup makes one subscription.
   *
   * @throws {CardDeclinedError} with words for the user.
   */
  subscribe(options: { customerId: string; userId: string; setupIntentId: string }): Promise<Subscription>;
  /** All subscriptions the customer has or had, whatever their state. */
  subscriptions(customerId: string): Promise<readonly Subscription[]>;
  /** Ends a subscription at once; succeeds also when it has ended already. */
  cancel(subscriptionId: string): Promise<void>;
  /**
   * The event in a webhook's raw body.
   *
   * @throws {InvalidSignatureError} when the signature does not fit the body, or is older than 300 s.
   */
  readEvent(rawBody: Buffer, signature: string): PaymentEvent;
}

/** The bank said no. `message` is fit to show. */
export class CardDeclinedError extends Error {
  override name = "CardDeclinedError";
}

export class PaymentsUnavailableError extends Error {
  override name = "PaymentsUnavailableError";
}

export class InvalidSignatureError extends Error {
  override name = "InvalidSignatureError";
}
