import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mailer } from "../jobs/ports.ts";

/** Mail by SES. Throttling and outages are thrown: the notice stays in its queue. */
export function createMailer(options: { client: SESv2Client; from: string }): Mailer {
  const { client, from } = options;
  const part = (Data: string) => ({ Data, Charset: "UTF-8" });
  return {
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
