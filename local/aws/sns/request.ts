/** What SNS refuses of a request and the emulator takes. */
import { type Interceptor, pass } from "../../gateway/call.ts";
import { checkMessageGroup } from "../sqs/message-group.ts";

/** Every call passes it. */
export const checkedTopics: Interceptor = (call, next) => {
  if (call.action === "Publish") checkMessageGroup(call.input.MessageGroupId);
  return pass(call, next);
};
