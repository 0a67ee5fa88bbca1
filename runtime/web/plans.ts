/**
 * Keeps a user's plan equal to what the payment provider says now. Subscribe page, cancel button and webhook all end here;
 * none of them believes an event or a form.
 */
import type { Role, User } from "../contract/user.ts";
import { CustomerGoneError, PaymentsMisconfiguredError, type Subscription } from "./payments/port.ts";
import type { WebPorts } from "./ports.ts";

export interface Plans {
  /**
   * Asks the provider how the customer stands, and acts on it. Safe to repeat, and to be repeated after a crash anywhere.
   * Of several paid subscriptions one stays; the others that this service has made are refunded and ended.
   *
   * @param customerId undefined, or one that the provider does not have: the user has no subscription.
   * @param made a subscription made just now, which the provider's list may not show yet.
   */
  synchronize(user: User, customerId: string | undefined, made?: Subscription): Promise<User>;
  /** Asks for everything archived to come back (again). */
  requestRestore(user: User): Promise<void>;
}

const over = new Set(["canceled", "unpaid", "incomplete_expired"]);

/**
 * Role that these subscriptions give; `undefined`: as it was, since one is neither paid nor over (a payment is being
 * retried) or stands as no version of the API we know has it.
 */
export function roleOf(subscriptions: readonly Pick<Subscription, "status">[]): Role | undefined {
  if (subscriptions.some(({ status }) => isLive(status))) return "premium_user";
  return subscriptions.every(({ status }) => isOver(status)) ? "free_user" : undefined;
}

const isLive = (status: string) => status === "active" || status === "trialing";
/** It will never be charged (again). */
export const isOver = (status: string): boolean => over.has(status);

/**
 * Subscriptions that are paid for, the one that stays first. Whoever looks must choose the same one: what the operator has
 * made goes before what this service has made, then the oldest.
 */
const liveOnes = (subscriptions: readonly Subscription[]): readonly Subscription[] =>
  subscriptions
    .filter(({ status }) => isLive(status))
    .sort((a, b) => Number(a.ours) - Number(b.ours) || a.created - b.created || (a.id < b.id ? -1 : 1));

/** The subscription that is paid for, if any. */
export const liveOf = (subscriptions: readonly Subscription[]): Subscription | undefined => liveOnes(subscriptions)[0];

export function createPlans(ports: Pick<WebPorts, "users" | "payments" | "topics" | "archiveQueue" | "log">): Plans {
  const { users, payments, topics, archiveQueue, log } = ports;

  const requestRestore = (user: User) => topics.jobRestore.publish({ user_id: user.user_id });

  async function subscriptionsOf(customerId: string, made: Subscription | undefined): Promise<readonly Subscription[]> {
    const listed = await payments.subscriptions(customerId).catch((error) => {
      // The list of a purchase just made must not be taken for empty.
      if (!(error instanceof CustomerGoneError) || made !== undefined) throw error;
      return [];
    });
    return made === undefined || listed.some(({ id }) => id === made.id) ? listed : [...listed, made];
  }

  /** Refunds before it ends: what is still alive is found again after a crash in between. */
  async function endSurplus(user: User, subscriptions: readonly Subscription[]): Promise<void> {
    const [kept, ...surplus] = liveOnes(subscriptions);
    for (const { id, ours } of surplus) {
      const fields = { user_id: user.user_id, subscription: id, kept: kept?.id };
      if (!ours) {
        log.error(fields, "a second subscription was made in Stripe's dashboard: end one of them there");
        continue;
      }
      await payments.refund(id).catch((err) => {
        if (!(err instanceof PaymentsMisconfiguredError)) throw err;
        log.error({ err, ...fields }, "a surplus subscription could not be refunded: do it in Stripe's dashboard");
      });
      await payments.cancel(id);
      log.warn(fields, "a surplus subscription was refunded and ended");
    }
  }

  /** The item names the role until somebody has been told: where this fails or dies, the provider's next event repeats it. */
  async function tell(user: User): Promise<void> {
    if (user.plan_outbox === undefined) return;
    if (user.plan_outbox === "premium_user") await requestRestore(user);
    else await archiveQueue.send({ user_id: user.user_id, reason: "downgrade" });
    await users.planTold(user.user_id, user.plan_outbox);
  }

  return {
    requestRestore,
    async synchronize(before, customerId, made) {
      for (;;) {
        const subscriptions = customerId === undefined ? [] : await subscriptionsOf(customerId, made);
        await endSurplus(before, subscriptions);
        const role = roleOf(subscriptions);
        if (role === undefined) {
          await tell(before);
          return before;
        }
        const live = liveOf(subscriptions)?.id;
        const had = before.stripe_subscription_id;
        const { user, roleChanged } = await users.setPlan(before.user_id, {
          role,
          ...(customerId === undefined ? {} : { stripe_customer_id: customerId }),
          stripe_subscription_id: live ?? null,
          ...(had === undefined || had === live ? {} : { former_subscription_id: had }),
        });
        if (roleChanged) log.info({ user_id: user.user_id, role }, "plan changed");
        await tell(user);
        if (!roleChanged) return user;
        // Another may have written by a newer answer just before: who has changed the role looks once more.
      }
    },
  };
}
