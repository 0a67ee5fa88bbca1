/** Which messages of a topic a subscription with a filter policy is given. */
import type { Call } from "../../gateway/call.ts";
import { queryInput } from "../../gateway/query.ts";

/** Text attributes of a message, by name. */
export type MessageAttributes = Readonly<Record<string, string>>;

/** Of a Publish call. */
export function attributesOf({ input }: Pick<Call, "input">): MessageAttributes {
  const { MessageAttributes: sent } = queryInput(input);
  if (typeof sent !== "object" || !("entry" in sent)) return {};
  const entries = Object.values(sent.entry as object) as {
    readonly Name: string;
    readonly Value: { StringValue?: string };
  }[];
  return Object.fromEntries(entries.map(({ Name, Value }) => [Name, Value.StringValue ?? ""]));
}

/**
 * Of a policy on attributes with lists of texts, which is what we declare. Of any other it is said that everything passes.
 *
 * @param policy JSON; `undefined`: none
 */
export function passes(policy: string | undefined, attributes: MessageAttributes): boolean {
  if (policy === undefined || policy === "") return true;
  return Object.entries(JSON.parse(policy) as object).every(([name, accepted]) => {
    if (!Array.isArray(accepted) || !accepted.every((value) => typeof value === "string")) return true;
    const value = attributes[name];
    return value !== undefined && accepted.includes(value);
  });
}
