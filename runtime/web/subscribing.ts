/**
 * Buying premium, and the customer that buys it.
 *
 * One subscription per user, whatever comes together, rests on four things, each of which is enough in most cases:
 *
 * 1. The purchase is claimed in the user's item by a conditional write, so one request at a time is at it.
 * 2. The claim's id is Stripe's idempotency key. When the answer got lost or the process died, the next request takes that
 *    claim over with its id, and Stripe answers with the subscription that it has made already.
 * 3. Before a customer is made, Stripe is asked for one: a table of users that was put back may have forgotten it, and with it the
 *    subscription.
 * 4. Whatever is left over is found, refunded and ended wherever the plan is synchronized (plans.ts).
 */
import { randomUUID } from "node:crypto";
import type { User } from "../contract/user.ts";
import { epochSeconds } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";
import { CustomerGoneError, PaymentsUnavailableError, type Subscription } from "./payments/port.ts";
import { isOver, liveOf, type Plans } from "./plans.ts";
import type { WebPorts } from "./ports.ts";

/** More than the calls of one purchase take with all their repetitions. */
const claimSeconds = 300;

export interface Subscribing {
  /**
   * Calls with the user's customer, which is looked for and then made when there is none, or none that the provider still has;
   * and with the user, whose plan a customer that was found may have changed.
   */
  withCustomer<Result>(user: User, call: (customerId: string, user: User) => Promise<Result>): Promise<Result>;
  /**
   * Subscribes the user, who has a subscription afterwards: the one just bought, or the one there was.
   *
   * @throws {HttpError} 409 while another request is at it.
   * @throws {CardDeclinedError}
   */
  subscribe(user: User, setupIntentId: string): Promise<Subscription>;
}

export function createSubscribing(
  { users, payments, clock, log }: Pick<WebPorts, "users" | "payments" | "clock" | "log">,
  plans: Plans,
): Subscribing {
  /**
   * Remembered as soon as it is known, so that a repetition finds it. Of two at once, one is remembered by both. What a customer
   * that was found has paid for already, the user has at once.
   */
  async function remember(user: User, insteadOf: string | undefined): Promise<readonly [id: string, user: User]> {
    const found = await payments.findCustomer(user, insteadOf);
    const customerId = found ?? (await payments.createCustomer(user, insteadOf));
    const stored = await users.setCustomer(user.user_id, customerId, insteadOf);
    const kept = stored.stripe_customer_id ?? customerId;
    if (found === undefined) return [kept, stored];
    log.warn({ user_id: user.user_id, customer: kept }, "Stripe has a customer of this user: it is used again");
    return [kept, await plans.synchronize(stored, kept)];
  }

  async function withCustomer<Result>(user: User, call: (customerId: string, user: User) => Promise<Result>) {
    const known = user.stripe_customer_id;
    const [customerId, now] = known === undefined ? await remember(user, undefined) : [known, user];
    try {
      return await call(customerId, now);
    } catch (error) {
      if (!(error instanceof CustomerGoneError)) throw error;
      log.warn({ user_id: user.user_id, customer: customerId }, "Stripe has no such customer: another is used");
      return call(...(await remember(user, customerId)));
    }
  }

  async function buy(user: User, customerId: string, setupIntentId: string, attemptId: string): Promise<Subscription> {
    const standing = await payments.subscriptions(customerId);
    // A subscription that was paid for while the answer got lost is used, not bought again.
    const paid = liveOf(standing);
    if (paid !== undefined) return paid;
    // One whose payment is being retried would be a second one as soon as that succeeds.
    for (const { id, status } of standing) if (!isOver(status)) await payments.cancel(id);
    const purchase = { customerId, userId: user.user_id, setupIntentId };
    const made = await payments.subscribe({ ...purchase, attemptId });
    // A purchase taken over was made before, and has been ended since: Stripe repeats its answer of then.
    if (!standing.some(({ id }) => id === made.id)) return made;
    return payments.subscribe({ ...purchase, attemptId: `${attemptId} after ${made.id}` });
  }

  async function subscribe(user: User, setupIntentId: string): Promise<Subscription> {
    const now = epochSeconds(clock);
    const claim = await users.claimSubscribe(user.user_id, { id: randomUUID(), now, until: now + claimSeconds });
    if (claim === undefined) throw inAnotherWindow();
    let concluded = true;
    try {
      return await withCustomer(user, async (customerId) => {
        const made = await buy(user, customerId, setupIntentId, claim.attemptId);
        await plans.synchronize(user, customerId, made);
        return made;
      });
    } catch (error) {
      concluded = !(error instanceof PaymentsUnavailableError && !error.answered);
      throw error;
    } finally {
      await users
        .releaseSubscribe(user.user_id, claim.attemptId, concluded)
        .catch((err) => log.warn({ err, user_id: user.user_id }, "the claim of a purchase has to run out by itself"));
    }
  }

  return { withCustomer, subscribe };
}

const inAnotherWindow = () =>
  new HttpError(
    409,
    "subscribing",
    "Another window is subscribing you just now, so this card has not been charged. Look at your plan in a minute.",
    { action: { href: "/subscribe", label: "Look again" } },
  );
