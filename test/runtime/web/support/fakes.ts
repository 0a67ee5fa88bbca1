/** Identity and payments in memory, as the pages see them. */
import {
  type Identity,
  type IdentityTokens,
  IdentityUnavailableError,
  SignInRefusedError,
} from "../../../../runtime/web/identity/port.ts";
import {
  CardDeclinedError,
  InvalidSignatureError,
  type PaymentEvent,
  type Payments,
  PaymentsUnavailableError,
  type Subscription,
} from "../../../../runtime/web/payments/port.ts";

export interface FakeIdentity extends Identity {
  /** The person who signs in next. */
  person: { subject: string; name: string; email: string; institution?: string };
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
      return { ...fake.person, tokens };
    },
    async end(given) {
      fake.ended.push(given);
      return { redirectTo: fake.endSession };
    },
  };
  return fake;
}

export interface FakePayments extends Payments {
  readonly customers: Map<string, { userId: string; subscriptions: { id: string; status: string }[] }>;
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
  const bySetup = new Map<string, Subscription>();
  const called = (name: string) => {
    fake.calls.push(name);
    if (fake.down) throw new PaymentsUnavailableError("down");
  };
  const fake: FakePayments = {
    customers,
    declines: undefined,
    down: false,
    loseAnswer: false,
    calls: [],
    async offer() {
      called("offer");
      return { amount: 999, currency: "usd", interval: "month" };
    },
    async customerFor(user) {
      called("customerFor");
      if (user.stripe_customer_id !== undefined) return user.stripe_customer_id;
      const id = `cus_${user.user_id}`;
      if (!customers.has(id)) customers.set(id, { userId: user.user_id, subscriptions: [] });
      return id;
    },
    async beginCardSetup(customerId) {
      called("beginCardSetup");
      count += 1;
      return { clientSecret: `seti_${count}_secret_${customerId}` };
    },
    async subscribe({ customerId, setupIntentId }) {
      called("subscribe");
      if (fake.declines !== undefined) throw new CardDeclinedError(fake.declines);
      const known = bySetup.get(setupIntentId);
      if (known !== undefined) return known;
      count += 1;
      const made = { id: `sub_${count}`, status: "active" };
      bySetup.set(setupIntentId, made);
      customers.get(customerId)?.subscriptions.push(made);
      if (fake.loseAnswer) throw new PaymentsUnavailableError("answer lost");
      return { ...made };
    },
    async subscriptions(customerId) {
      called("subscriptions");
      return structuredClone(customers.get(customerId)?.subscriptions ?? []);
    },
    async cancel(subscriptionId) {
      called("cancel");
      for (const { subscriptions } of customers.values()) {
        for (const one of subscriptions) if (one.id === subscriptionId) one.status = "canceled";
      }
    },
    readEvent(rawBody, signature): PaymentEvent {
      if (signature !== goodSignature) throw new InvalidSignatureError(signature);
      return JSON.parse(rawBody.toString()) as PaymentEvent;
    },
  };
  return fake;
}
