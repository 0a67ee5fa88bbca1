/** What SQS and SNS refuse of a `MessageGroupId`; the emulator takes any. */
import { Refusal } from "../../gateway/errors.ts";

/** @see SendMessage in the Amazon SQS API reference: alphanumeric characters and punctuation, 128 at most */
const accepted = /^[\x21-\x7e]{1,128}$/;

export function checkMessageGroup(group: unknown): void {
  if (group === undefined || accepted.test(String(group))) return;
  throw new Refusal(
    400,
    "InvalidParameterValue",
    `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}
