/** What a user pays, and when next: for pages that tell it. */
import type { User } from "../contract/user.ts";
import type { Offer } from "./payments/port.ts";
import { liveOf } from "./plans.ts";
import type { WebPorts } from "./ports.ts";

export interface Standing {
  readonly offer: Offer;
  /** When the subscription is charged next, epoch seconds; absent: nothing will be. */
  readonly renews?: number;
}

/** `undefined` while the payment provider does not answer: a page about other things is shown all the same. */
export async function standingOf(
  { payments, log }: Pick<WebPorts, "payments" | "log">,
  user: User,
): Promise<Standing | undefined> {
  try {
    const customer = user.role === "premium_user" ? user.stripe_customer_id : undefined;
    const [offer, subscriptions] = await Promise.all([
      payments.offer(),
      customer === undefined ? [] : payments.subscriptions(customer),
    ]);
    const renews = liveOf(subscriptions)?.renews;
    return { offer, ...(renews === undefined ? {} : { renews }) };
  } catch (err) {
    log.warn({ err, user_id: user.user_id }, "price and renewal are not shown");
    return undefined;
  }
}
