/** What values of options have to look like: refused with the value and one that would do, before anything is read or run. */
import { InvalidArgumentError } from "commander";

/** One value. `what`: as its message calls it, such as "region". */
export const oneOf = (what: string, pattern: RegExp, example: string) => (text: string) => {
  if (pattern.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is not a valid ${what}; give one such as ${example}.`);
};

/** Several values with commas between them; the option may be repeated. */
export const severalOf =
  (what: string, pattern: RegExp, example: string) => (text: string, previous: readonly string[] | undefined) => {
    const one = oneOf(what, pattern, example);
    return [...(previous ?? []), ...text.split(",").map((each) => one(each.trim()))];
  };

export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d$/;

/** An owner, and with it a stack of a course, by name or pseudonym. */
export const ownerPattern = /^[a-z][a-z0-9-]{0,19}$/;
