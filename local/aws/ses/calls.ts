/** Mail that SES in the emulator accepted, kept for the mailbox page. */

import { type Interceptor, jsonAnswer, whole } from "../../gateway/call.ts";
import type { ReceivedMail } from "../../types.ts";

/** The oldest go first. */
const keep = 1_000;

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly [list in "ToAddresses" | "CcAddresses" | "BccAddresses"]?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string }; readonly Html?: { readonly Data?: string } };
    };
    readonly Raw?: { readonly Data?: string };
  };
}

export function createMailbox() {
  const mails: ReceivedMail[] = [];
  const sendEmail: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200) return answer;
    const input = call.input as SendEmail;
    const { Simple, Raw } = input.Content ?? {};
    mails.push({
      id: (JSON.parse(answer.body.toString("utf8")) as { MessageId: string }).MessageId,
      time: Date.now(),
      from: input.FromEmailAddress ?? "",
      to: ["ToAddresses" as const, "CcAddresses" as const, "BccAddresses" as const].flatMap(
        (list) => input.Destination?.[list] ?? [],
      ),
      subject: Simple?.Subject?.Data ?? "",
      text: Simple?.Body?.Text?.Data ?? Buffer.from(Raw?.Data ?? "", "base64").toString("utf8"),
      html: Simple?.Body?.Html?.Data ?? "",
    });
    if (mails.length > keep) mails.shift();
    return answer;
  };
  /** The emulator has no such call. Here nobody pauses an account's mail. */
  const getAccount: Interceptor = async () =>
    jsonAnswer({ SendingEnabled: true, ProductionAccessEnabled: true, EnforcementStatus: "HEALTHY" });
  return {
    interceptors: { SendEmail: sendEmail, GetAccount: getAccount },
    mails: (): readonly ReceivedMail[] => mails,
  };
}
