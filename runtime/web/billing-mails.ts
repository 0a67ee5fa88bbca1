/**
 * Mails on what a user pays. They follow from events of the payment provider, which come once each in effect (`pages/webhook.ts`);
 * a process that dies between a mail and its note there sends it again.
 */
import { utcTime } from "../contract/moment.ts";
import { mailAddressOf, type User } from "../contract/user.ts";
import { UnavailableError } from "../jobs/errors.ts";
import { composeMail, type Mail } from "../jobs/mail.ts";
import type { Log } from "../jobs/ports.ts";
import type { PaymentNotice } from "./payments/port.ts";
import type { WebPorts } from "./ports.ts";
import { formatPrice } from "./views/format.ts";

export interface BillingMails {
  /**
   * Mails the user what the event tells, if it holds for the user as synchronized: a subscription that was ended as surplus, or
   * was never paid for, is none of theirs.
   *
   * @throws {UnavailableError} while mail is away: the event has to come again.
   */
  tell(user: User, notice: PaymentNotice, log: Log): Promise<void>;
}

export function createBillingMails({
  mailer,
  config,
}: Pick<WebPorts, "mailer"> & { readonly config: Pick<WebPorts["config"], "publicUrl"> }): BillingMails {
  return {
    async tell(user, notice, log) {
      const to = mailAddressOf(user);
      if (!concerns(user, notice) || mailer === undefined) return;
      if (to === undefined)
        return log.warn({ user_id: user.user_id }, "no verified mail address: not told of a payment");
      try {
        await mailer.send({ to, ...mailOn(notice, config.publicUrl) });
      } catch (err) {
        if (err instanceof UnavailableError) throw err;
        // SES's sandbox, for one, refuses for good. The plan is right all the same, and Stripe would repeat its event for days.
        log.error({ err, user_id: user.user_id, notice: notice.kind }, "a mail on a payment could not be sent");
        return;
      }
      log.info({ user_id: user.user_id, notice: notice.kind }, "user told by mail of a payment");
    },
  };
}

function concerns(user: User, { kind, subscriptionId }: PaymentNotice): boolean {
  const { role, stripe_subscription_id: current, former_subscription_id: former } = user;
  switch (kind) {
    case "begun":
    case "renewed":
      return role === "premium_user" && current === subscriptionId;
    case "failed":
      return current === subscriptionId || (current === undefined && former === subscriptionId);
    case "ended":
      return role === "free_user" && former === subscriptionId;
  }
}

function mailOn(notice: PaymentNotice, publicUrl: string): Mail {
  const plan = { label: "Your plan", href: `${publicUrl}/profile#plan` };
  switch (notice.kind) {
    case "begun":
      return composeMail({
        subject: "Your premium subscription has begun",
        sentences: [
          "your premium subscription has begun.",
          ...paid(notice),
          "Archived results come back by themselves.",
        ],
        links: [plan],
      });
    case "renewed":
      return composeMail({
        subject: "Your premium subscription has been renewed",
        sentences: ["your premium subscription has been renewed.", ...paid(notice)],
        links: [plan],
      });
    case "failed": {
      const { amount, currency, retried, payUrl } = notice;
      const next =
        retried === undefined
          ? "It is not tried again by itself: premium ends unless the invoice is paid."
          : `It is tried again at ${utcTime(retried)}. Premium ends if that fails for good.`;
      return composeMail({
        subject: "Your payment has failed",
        sentences: [
          `the renewal of your premium subscription, ${formatPrice(amount, currency)}, could not be charged to your card.`,
          next,
        ],
        links: [...(payUrl === undefined ? [] : [{ label: "Pay, also with another card", href: payUrl }]), plan],
      });
    }
    case "ended":
      return composeMail({
        subject: "Your premium subscription has ended",
        sentences: [
          "your premium subscription has ended, and nothing more will be charged.",
          "Your results get one more free period, in which you can download them, and then move to the archive. Nothing is deleted.",
        ],
        links: [
          { label: "Your annotations", href: `${publicUrl}/annotations` },
          { label: "Subscribe again", href: `${publicUrl}/subscribe` },
        ],
      });
  }
}

function paid({ amount, currency, until }: Extract<PaymentNotice, { kind: "begun" | "renewed" }>): string[] {
  const through = until === undefined ? "" : `, for the time until ${utcTime(until)}`;
  return amount === 0 ? [] : [`Your card was charged ${formatPrice(amount, currency)}${through}.`];
}
