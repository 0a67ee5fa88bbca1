import * as z from "zod";

/** A whole address, at most this long (RFC 5321, section 4.5.3.1, less the angle brackets). */
const longest = 254;

/** Whether mail could go there: what HTML's forms accept, within SMTP's length, in a domain of at least two labels. */
export function isMailAddress(text: string): boolean {
  return text.length <= longest && z.regexes.html5Email.test(text) && text.slice(text.lastIndexOf("@")).includes(".");
}
