/** Identity and payments in memory, as the pages see them. */
import {
  type Identity,
  type IdentityTokens,
  IdentityUnavailableError,
  SignInRefusedError,
} from "../../../../runtime/web/identity/port.ts";
import {
  CardDeclinedError,
  CustomerGoneError,
  InvalidSignatureError,
  type PaymentEvent,
  type Payments,
  PaymentsMisconfiguredError,
  PaymentsUnavailableError,
  type Subscription,
  UnknownSetupError,
} from "../../../../runtime/web/payments/port.ts";

export interface FakeIdentity extends Identity {
  /** The person who signs in next. */
  person: { subject: string; name: string; email: string; emailVerified?: boolean; institution?: string };
  down: boolean;
  refuse: boolean;
  /** Address that ends the provider's session, when it has one. */
  endSession: string | undefined;
  readonly ended: IdentityTokens[];
}

/** The provider's answer to `begin` is an address of its own; `finish` checks the state as a real one would. */
export function createFakeIdentity(
  tokens: IdentityTokens = { access: "access-1", refresh: "refresh-1" },
): FakeIdentity {
  let count = 0;
  const fake: FakeIdentity = {
    person: { subject: "user-1", name: "Rosalind", email: "rosalind@example.org" },
    down: false,
    refuse: false,
    endSession: undefined,
    ended: [],
    async begin() {
      if (fake.down) throw new IdentityUnavailableError("down");
      count += 1;
      const state = `state-${count}`;
      return {
        redirectTo: `https://issuer.test/auth?state=${state}`,
        transaction: { state, nonce: `nonce-${count}`, verifier: `verifier-${count}` },
      };
    },
    async finish(callback, transaction) {
      if (fake.down) throw new IdentityUnavailableError("down");
      if (fake.refuse || callback.searchParams.get("state") !== transaction.state)
        throw new SignInRefusedError("state");
      return { emailVerified: true, ...fake.person, tokens };
    },
    async end(given) {
      fake.ended.push(given);
      return { redirectTo: fake.endSession };
    },
  };
  return fake;
}

interface FakeSubscription {
  id: string;
  status: string;
  created?: number;
  renews?: number;
  /** Made by the service itself; omitted: yes. */
  ours?: boolean;
}

export interface FakePayments extends Payments {
  /** `subscriptions` may omit what the test does not look at; `elsewhere`: another service has made the customer. */
  readonly customers: Map<string, { userId: string; subscriptions: FakeSubscription[]; elsewhere?: boolean }>;
  /** Subscriptions whose payments have been given back. */
  readonly refunded: string[];
  /** What the operator has to mend. */
  wrong: string | undefined;
  /** Words of the bank for the next card; omitted: it says yes. */
  declines: string | undefined;
  down: boolean;
  /** The subscription is made, but its answer is lost. */
  loseAnswer: boolean;
  readonly calls: string[];
}

export const goodSignature = "signed-now";
export const staleSignature = "signed-long-ago";

export function createFakePayments(): FakePayments {
  let count = 0;
  const customers: FakePayments["customers"] = new Map();
  const byAttempt = new Map<string, Subscription>();
  const called = (name: string) => {
    fake.calls.push(name);
    if (fake.down) throw new PaymentsUnavailableError("down", { answered: true });
    if (fake.wrong !== undefined) throw new PaymentsMisconfiguredError(fake.wrong);
  };
  const customerOf = (id: string) => {
    const customer = customers.get(id);
    if (customer === undefined) throw new CustomerGoneError(id);
    return customer;
  };
  const fake: FakePayments = {
    customers,
    refunded: [],
    wrong: undefined,
    declines: undefined,
    down: false,
    loseAnswer: false,
    calls: [],
    async offer() {
      called("offer");
      return { amount: 999, currency: "usd", interval: "month" };
    },
    async findCustomer(user, insteadOf) {
      called("findCustomer");
      const theirs = [...customers].find(
        ([id, { userId, elsewhere }]) => userId === user.user_id && elsewhere !== true && id !== insteadOf,
      );
      return theirs?.[0];
    },
    async createCustomer(user, insteadOf) {
      called("createCustomer");
      const id = insteadOf === undefined ? `cus_${user.user_id}` : `${insteadOf}_again`;
      if (!customers.has(id)) customers.set(id, { userId: user.user_id, subscriptions: [] });
      return id;
    },
    async beginCardSetup(customerId) {
      called("beginCardSetup");
      customerOf(customerId);
      count += 1;
      return { clientSecret: `seti_${count}_secret_${customerId}` };
    },
    async subscribe({ customerId, setupIntentId, attemptId }) {
      called("subscribe");
      if (setupIntentId === "seti_unknown") throw new UnknownSetupError(setupIntentId);
      if (fake.declines !== undefined) throw new CardDeclinedError(fake.declines);
      const known = byAttempt.get(attemptId);
      if (known !== undefined) return known;
      count += 1;
      const made = { id: `sub_${count}`, status: "active", created: count, ours: true };
      byAttempt.set(attemptId, made);
      customerOf(customerId).subscriptions.push(made);
      if (fake.loseAnswer) throw new PaymentsUnavailableError("answer lost", { answered: false });
      return { ...made };
    },
    async subscriptions(customerId) {
      called("subscriptions");
      return customerOf(customerId).subscriptions.map((one) => ({ created: 0, ours: true, ...one }));
    },
    async ownerOf(customerId) {
      called("ownerOf");
      const { userId, elsewhere } = customerOf(customerId);
      return { userId, madeHere: elsewhere !== true };
    },
    async cancel(subscriptionId) {
      called("cancel");
      for (const { subscriptions } of customers.values()) {
        for (const one of subscriptions) if (one.id === subscriptionId) one.status = "canceled";
      }
    },
    async refund(subscriptionId) {
      called("refund");
      fake.refunded.push(subscriptionId);
    },
    trouble: () => fake.wrong,
    readEvent(rawBody, signature): PaymentEvent {
      if (signature !== goodSignature) throw new InvalidSignatureError(signature);
      return JSON.parse(rawBody.toString()) as PaymentEvent;
    },
  };
  return fake;
}
