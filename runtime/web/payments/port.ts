/** The payment provider, as the pages see it. Cards never pass through here: the browser gives them to the provider. */
import type { User } from "../../contract/user.ts";

export interface Subscription {
  readonly id: string;
  /**
   * In Stripe's words: active, trialing, past_due, unpaid, canceled, incomplete, incomplete_expired, paused; later versions
   * of its API may know more.
   */
  readonly status: string;
  /** Epoch seconds. */
  readonly created: number;
  /** When it is charged next, epoch seconds; absent where it ends by then, or the provider does not say. */
  readonly renews?: number;
  /** Made by this service; others were made in Stripe's dashboard, and are not ours to end without being asked. */
  readonly ours: boolean;
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
  /** Present on events about a subscription. `userId` is a hint only: what the dashboard makes carries none. */
  readonly subject?: { readonly userId?: string; readonly customerId: string };
  /** What its user is told by mail, if it is so; absent: nothing. */
  readonly notice?: PaymentNotice;
}

/** What has happened to a subscription. Amounts are in the currency's minor unit (cents), times in epoch seconds. */
export type PaymentNotice = { readonly subscriptionId: string } & (
  | {
      readonly kind: "begun" | "renewed";
      readonly amount: number;
      readonly currency: string;
      /** End of the time that is paid for; absent: the provider does not say. */
      readonly until?: number;
    }
  | {
      readonly kind: "failed";
      readonly amount: number;
      readonly currency: string;
      /** When the provider tries again by itself; absent: it does not. */
      readonly retried?: number;
      /** The provider's own page, on which it can be paid. */
      readonly payUrl?: string;
    }
  | { readonly kind: "ended" }
);

/** Whose customer it is. */
export interface CustomerOwner {
  readonly userId: string;
  /** This service has made it, no other one of the same account. */
  readonly madeHere: boolean;
}

/**
 * Any call may throw {@link PaymentsUnavailableError} (an outage: it passes by itself) or {@link PaymentsMisconfiguredError}
 * (it stays until the operator mends it); those that name a customer also {@link CustomerGoneError}.
 */
export interface Payments {
  offer(): Promise<Offer>;
  /**
   * A customer that this service has made for the user, though the user's item does not name it: the table was put back to a
   * state before it did. Looked for before one is made.
   *
   * @param insteadOf a customer that the provider does not have (any more).
   */
  findCustomer(user: User, insteadOf?: string): Promise<string | undefined>;
  /**
   * Makes the user's customer; repeating it makes no second one.
   *
   * @param insteadOf a customer that the provider does not have (any more).
   */
  createCustomer(user: User, insteadOf?: string): Promise<string>;
  /** Begins taking a card: the browser confirms it with the returned secret, straight with the provider. */
  beginCardSetup(customerId: string): Promise<{ clientSecret: string }>;
  /**
   * Subscribes the customer with the card of a confirmed setup. Safe to repeat: one attempt makes one subscription,
   * whatever the card.
   *
   * @throws {CardDeclinedError} with words for the user.
   * @throws {UnknownSetupError}
   */
  subscribe(options: {
    customerId: string;
    userId: string;
    setupIntentId: string;
    attemptId: string;
  }): Promise<Subscription>;
  /** All subscriptions the customer has or had, whatever their state. */
  subscriptions(customerId: string): Promise<readonly Subscription[]>;
  /** The user for whom the customer was made; `undefined` for a customer of somebody else's. */
  ownerOf(customerId: string): Promise<CustomerOwner | undefined>;
  /** Ends a subscription at once; succeeds also when it has ended already. */
  cancel(subscriptionId: string): Promise<void>;
  /** Gives back everything that was ever paid for this subscription. Safe to repeat. */
  refund(subscriptionId: string): Promise<void>;
  /**
   * The event in a webhook's raw body.
   *
   * @throws {InvalidSignatureError} when the signature does not fit the body, or is older than 300 s.
   */
  readEvent(rawBody: Buffer, signature: string): PaymentEvent;
  /** What the operator has to mend, in words: set by a refusal of the provider, gone once a call succeeds. */
  trouble(): string | undefined;
}

/** The bank said no. `message` is fit to show. */
export class CardDeclinedError extends Error {
  override name = "CardDeclinedError";
}

/** An outage: the call may be repeated. */
export class PaymentsUnavailableError extends Error {
  override name = "PaymentsUnavailableError";
  /** False: nobody knows whether the provider has done what it was asked to do. */
  readonly answered: boolean;
  constructor(message: string, options: { answered: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.answered = options.answered;
  }
}

/** The provider refuses what this service asks: a wrong key, an unknown price. Only the operator can mend it. */
export class PaymentsMisconfiguredError extends Error {
  override name = "PaymentsMisconfiguredError";
}

/** The provider has no such customer: made in its other mode, deleted there, or remembered by a restored table. */
export class CustomerGoneError extends Error {
  override name = "CustomerGoneError";
}

/** The browser names a card setup that the provider has never made. */
export class UnknownSetupError extends Error {
  override name = "UnknownSetupError";
}

export class InvalidSignatureError extends Error {
  override name = "InvalidSignatureError";
}
