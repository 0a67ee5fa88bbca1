/**
 * Users as Stripe's customers. Which customer is a user's stands in the table of users; where the table has been put back to a
 * state before that, the customer is found again by the mark that it carries, so that its subscription is not bought twice.
 */
import Stripe from "stripe";
import type { User } from "../../contract/user.ts";
import type { CustomerOwner } from "./port.ts";
import { customerGone, whereMissing } from "./stripe-errors.ts";
import { keyOf } from "./stripe-keys.ts";

/** Metadata of a customer: the user, and the service that made it. Several services of one account may know the same person. */
export const markOf = (userId: string, service: string): Record<string, string> => ({ user_id: userId, service });

export interface Customers {
  find(user: User, insteadOf?: string): Promise<string | undefined>;
  create(user: User, insteadOf?: string): Promise<string>;
  ownerOf(customerId: string): Promise<CustomerOwner | undefined>;
}

/** A value in the language of Stripe's search. */
const inQuotes = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

export function createCustomers(stripe: Stripe, service: string): Customers {
  /**
   * By address: at once, but only while the user has the same one. By search: whatever the address, about a minute after the
   * customer was made.
   */
  async function* candidates(user: User): AsyncGenerator<Stripe.Customer> {
    const emails = [user.email, user.identity_email, user.verified_email];
    for (const email of new Set(emails.filter((each) => each !== undefined && each !== ""))) {
      yield* stripe.customers.list({ email: email as string, limit: 100 });
    }
    const query = Object.entries(markOf(user.user_id, service)).map(
      ([name, v]) => `metadata['${name}']:${inQuotes(v)}`,
    );
    try {
      yield* stripe.customers.search({ query: query.join(" AND "), limit: 100 });
    } catch (error) {
      // Accounts of some countries cannot search: then the addresses have to do.
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    }
  }

  /** Of several customers the one with a subscription that is not over, else the oldest. */
  async function bestOf(customers: readonly Stripe.Customer[]): Promise<string | undefined> {
    const oldestFirst = [...customers].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
    if (oldestFirst.length > 1) {
      for (const { id } of oldestFirst) {
        // Without a status Stripe lists those that have not been cancelled.
        if ((await stripe.subscriptions.list({ customer: id, limit: 1 })).data.length > 0) return id;
      }
    }
    return oldestFirst[0]?.id;
  }

  return {
    async find(user, insteadOf) {
      const found = new Map<string, Stripe.Customer>();
      for await (const customer of candidates(user)) {
        const { metadata } = customer;
        const isTheirs = metadata?.user_id === user.user_id && metadata.service === service;
        if (isTheirs && customer.id !== insteadOf) found.set(customer.id, customer);
      }
      return bestOf([...found.values()]);
    },

    async create(user, insteadOf) {
      const email = user.email === "" ? {} : { email: user.email };
      const key = keyOf("customer", user.user_id, String(user.created_time), insteadOf ?? "");
      const make = (idempotencyKey: string) =>
        stripe.customers.create(
          { name: user.name, metadata: markOf(user.user_id, service), ...email },
          { idempotencyKey },
        );
      try {
        return (await make(key)).id;
      } catch (error) {
        // A key is refused with another name or address than the first time: the user has changed it since.
        if (!(error instanceof Stripe.errors.StripeIdempotencyError)) throw error;
        return (await make(keyOf(key, user.name, user.email))).id;
      }
    },

    async ownerOf(customerId) {
      const customer = await whereMissing(customerGone(customerId), () => stripe.customers.retrieve(customerId));
      if (customer.deleted) return undefined;
      const { user_id: userId = "", service: maker } = customer.metadata ?? {};
      return userId === "" ? undefined : { userId, madeHere: maker === service };
    },
  };
}
