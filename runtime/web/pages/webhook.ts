import { type RequestHandler, raw } from "express";
import type { User } from "../../contract/user.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import type { BillingMails } from "../billing-mails.ts";
import { requestLog } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { CustomerGoneError, InvalidSignatureError, type PaymentEvent } from "../payments/port.ts";
import type { Plans } from "../plans.ts";
import type { WebPorts } from "../ports.ts";

/** Stripe repeats an event for three days at most. */
const rememberSeconds = 7 * 86_400;
/** More than applying one ever takes; after that, whoever was at it has died. */
const claimSeconds = 60;

/**
 * `POST /stripe/webhook`. The event only says whom to look at: the state is read from Stripe, so that events may come twice,
 * late or in any order; then the user is mailed what it tells. 2xx is answered only when the event has been dealt with; otherwise Stripe
 * sends it again.
 */
export function webhook(
  { users, payments, events, clock }: Pick<WebPorts, "users" | "payments" | "events" | "clock">,
  plans: Plans,
  billing: BillingMails,
): RequestHandler[] {
  return [
    raw({ type: () => true, limit: "1mb" }),
    async (request, response) => {
      const event = verified(payments, request.body, request.get("stripe-signature"));
      const log = requestLog(response);
      if (event.subject === undefined) {
        log.info({ event_id: event.id, type: event.type }, "webhook: nothing to do for this type");
        response.json({ received: true });
        return;
      }
      const now = epochSeconds(clock);
      const claim = await events.claim(event.id, { now, until: now + claimSeconds });
      if (claim === "applied") {
        log.info({ event_id: event.id }, "webhook: applied before");
        response.json({ received: true, duplicate: true });
        return;
      }
      // No 2xx: should the one who is at it die, the event has to come again.
      if (claim === "held") throw new HttpError(409, "in-work", "This event is being applied. Send it again later.");
      let user: User | undefined;
      try {
        user = await apply(event.subject);
        if (user !== undefined && event.notice !== undefined) await billing.tell(user, event.notice, log);
        await events.applied(event.id, now + rememberSeconds);
      } catch (error) {
        await events.release(event.id).catch((err) => log.warn({ err }, "webhook: the claim has to run out by itself"));
        throw error;
      }
      log.info({ event_id: event.id, type: event.type, user_id: user?.user_id }, "webhook: applied");
      response.json({ received: true });
    },
  ];

  async function apply(subject: NonNullable<PaymentEvent["subject"]>): Promise<User | undefined> {
    const user = await userOf(subject);
    return user === undefined ? undefined : plans.synchronize(user, subject.customerId);
  }

  /**
   * The user whose customer this is: named by the subscription, or (made in the dashboard, it names nobody) by the customer.
   * Nobody, where another stack uses the same Stripe account, or the customer is one of long ago.
   */
  async function userOf({ userId, customerId }: NonNullable<PaymentEvent["subject"]>): Promise<User | undefined> {
    const theirs = async (id: string | undefined) => {
      const user = id === undefined || id === "" ? undefined : await users.get(id);
      return user?.stripe_customer_id === customerId ? user : undefined;
    };
    const named = await theirs(userId);
    if (named !== undefined) return named;
    const owner = await payments.ownerOf(customerId).catch(nobodyIfGone);
    const user = owner === undefined ? undefined : await users.get(owner.userId);
    if (user?.stripe_customer_id === customerId) return user;
    // The table was put back to a state before the customer was remembered, and somebody is paying.
    const isForgotten = user !== undefined && user.stripe_customer_id === undefined && owner?.madeHere === true;
    return isForgotten ? users.setCustomer(user.user_id, customerId, undefined) : undefined;
  }
}

function verified(payments: WebPorts["payments"], body: unknown, signature: string | undefined): PaymentEvent {
  try {
    // An empty body is not read at all, and is then no buffer.
    return payments.readEvent(Buffer.isBuffer(body) ? body : Buffer.alloc(0), signature ?? "");
  } catch (error) {
    if (!(error instanceof InvalidSignatureError)) throw error;
    throw new HttpError(400, "bad-signature", "The signature does not fit the body, or is too old.", {
      cause: error,
    });
  }
}

function nobodyIfGone(error: unknown): undefined {
  if (!(error instanceof CustomerGoneError)) throw error;
}
