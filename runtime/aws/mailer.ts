import { GetAccountCommand, type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { UnavailableError } from "../jobs/errors.ts";
import type { Mailer, Probed } from "../jobs/ports.ts";

/** Mail by SES. Throttling and outages are thrown: the notice stays in its queue. The probe needs `ses:GetAccount`. */
export function createMailer(options: { client: SESv2Client; from: string }): Mailer & Probed {
  const { client, from } = options;
  const part = (Data: string) => ({ Data, Charset: "UTF-8" });
  return {
    async probe() {
      const { SendingEnabled } = await client.send(new GetAccountCommand({}));
      if (SendingEnabled === false) throw new UnavailableError("SES has paused this account's mail in this region");
    },
    async send({ to, subject, text, html }) {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: part(subject), Body: { Text: part(text), Html: part(html) } } },
        }),
      );
    },
  };
}
