/** Each kind of mail that the service sends, with the longest words that it may have. */
import type { Mail } from "../../../runtime/jobs/mail.ts";
import { archivingMail, mailOf, restoredMail } from "../../../runtime/notifier/mail.ts";
import { createBillingMails } from "../../../runtime/web/billing-mails.ts";
import type { PaymentNotice } from "../../../runtime/web/payments/port.ts";
import { completedJob, createMemoryLog, createMemoryMailer, sampleUser } from "../../support/memory.ts";

const publicUrl = "http://localhost:8080";
const now = Date.UTC(2026, 0, 1) / 1000;
const longName = `cohort_${"batch-of-many-samples_".repeat(5)}.vcf`;
const jobs = [longName, ...Array.from({ length: 24 }, (_, at) => `sample-${at}.vcf`)].map((input_file_name) =>
  completedJob(now, { input_file_name }),
);

function withoutRecipient(sent: (Mail & { readonly to: string }) | undefined): Mail {
  if (sent === undefined) throw new Error("a mail was not sent");
  const { to: _, ...mail } = sent;
  return mail;
}

/** @returns mails by name. */
export async function productMails(): Promise<ReadonlyMap<string, Mail>> {
  const subscriptionId = "sub_1";
  const money = { amount: 999, currency: "usd" };
  const notices: readonly PaymentNotice[] = [
    { kind: "begun", subscriptionId, ...money, until: now },
    { kind: "renewed", subscriptionId, ...money, until: now },
    { kind: "failed", subscriptionId, ...money, retried: now, payUrl: `https://invoice.example/${"i".repeat(90)}` },
    { kind: "ended", subscriptionId },
  ];
  const mailer = createMemoryMailer();
  const billing = createBillingMails({ mailer, config: { publicUrl } });
  const premium = sampleUser({ role: "premium_user", stripe_subscription_id: subscriptionId });
  for (const notice of notices) {
    const user = notice.kind === "ended" ? sampleUser({ former_subscription_id: subscriptionId }) : premium;
    await billing.tell(user, notice, createMemoryLog());
  }
  return new Map<string, Mail>([
    ["completed", mailOf(jobs[0] as (typeof jobs)[number], publicUrl, now + 1_800)],
    [
      "archiving",
      archivingMail(
        jobs.map((job, at) => ({ job, due: now + 60 * at })),
        publicUrl,
      ),
    ],
    ["restored", restoredMail(jobs.slice(0, 1), publicUrl)],
    ...notices.map(({ kind }, at): [string, Mail] => [kind, withoutRecipient(mailer.sent[at])]),
  ]);
}
