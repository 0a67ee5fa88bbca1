/** Whether SES will send the service's mails, and to whom. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, note, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

/** The identities that allow an address, nearest first: itself, its domain, the domains above. */
export function identitiesOf(address: string): string[] {
  const domain = address.slice(address.indexOf("@") + 1);
  const labels = domain.split(".");
  return [address, ...labels.slice(0, -1).map((_, at) => labels.slice(at).join("."))];
}

export async function checkMail({ mailFrom, mailIdentities }: Needs, account: AccountReader): Promise<CheckResult[]> {
  if (mailFrom === undefined) return [];

  async function checkAccount(): Promise<CheckResult> {
    const check = "SES account";
    try {
      const { sandbox, sending } = await account.mail();
      if (!sending)
        return wrong(check, "sending is paused", "find the reason in the SES console, under Reputation metrics");
      if (!sandbox) return ok(check, "out of the sandbox");
      const found = "in the sandbox: SES sends to verified addresses only, at most 200 mails a day";
      return note(
        check,
        found,
        "aws sesv2 put-account-details --production-access-enabled … ; for a trial, verify the recipients",
      );
    } catch (error) {
      return unlooked(check, error, "ses:GetAccount");
    }
  }

  async function checkSender(address: string): Promise<CheckResult> {
    const check = `sender ${address}`;
    try {
      const known: string[] = [];
      for (const identity of identitiesOf(address)) {
        const verified = await account.mailIdentityVerified(identity);
        if (verified === true) return ok(check, `${identity} is verified`);
        if (verified === false) known.push(identity);
      }
      if (known.length > 0) {
        return note(check, `${known[0]} is not verified yet`, "follow the link that SES has mailed, or wait for DNS");
      }
      const own = mailIdentities.find((identity) => identitiesOf(address).includes(identity));
      if (own === undefined) {
        return wrong(
          check,
          "SES has no such identity, and the stack does not create it",
          "set annofarm:createMailIdentity to true",
        );
      }
      const isAddress = own.includes("@");
      const then = isAddress ? "follow the link that SES will mail to it" : "the stack declares its DNS records too";
      return note(check, `not verified yet; the stack creates the identity ${own}`, then);
    } catch (error) {
      return unlooked(check, error, "ses:GetEmailIdentity");
    }
  }

  return Promise.all([checkAccount(), checkSender(mailFrom)]);
}
