/**
 * Keeps a user's plan equal to what the payment provider says now. Subscribe page, cancel button and webhook all end here;
 * none of them believes an event or a form.
 */
import type { Role, User } from "../contract/user.ts";
import type { Subscription } from "./payments/port.ts";
import type { WebPorts } from "./ports.ts";

export interface Plans {
  /**
   * Asks the provider how the customer stands, and acts on it. Safe to repeat, and to be repeated after a crash anywhere.
   *
   * @param customerId undefined: the provider does not know the user, who then has no subscription.
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
export function roleOf(subscriptions: readonly Subscription[]): Role | undefined {
  if (liveOf(subscriptions) !== undefined) return "premium_user";
  return subscriptions.every(({ status }) => over.has(status)) ? "free_user" : undefined;
}

/** The subscription that is paid for, if any. */
export const liveOf = (subscriptions: readonly Subscription[]): Subscription | undefined =>
  subscriptions.find(({ status }) => status === "active" || status === "trialing");

export function createPlans(ports: Pick<WebPorts, "users" | "payments" | "topics" | "archiveQueue" | "log">): Plans {
  const { users, payments, topics, archiveQueue, log } = ports;

  const requestRestore = (user: User) => topics.jobRestore.publish({ user_id: user.user_id });

  async function subscriptionsOf(customerId: string, made: Subscription | undefined): Promise<readonly Subscription[]> {
    const listed = await payments.subscriptions(customerId);
    return made === undefined || listed.some(({ id }) => id === made.id) ? listed : [...listed, made];
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
        const role = roleOf(subscriptions);
        if (role === undefined) {
          await tell(before);
          return before;
        }
        const { user, roleChanged } = await users.setPlan(before.user_id, {
          role,
          ...(customerId === undefined ? {} : { stripe_customer_id: customerId }),
          stripe_subscription_id: liveOf(subscriptions)?.id ?? null,
        });
        if (roleChanged) log.info({ user_id: user.user_id, role }, "plan changed");
        await tell(user);
        if (!roleChanged) return user;
        // Another may have written by a newer answer just before: who has changed the role looks once more.
      }
    },
  };
}
