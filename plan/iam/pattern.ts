/** IAM's wildcards: `*` any characters, `?` one; and `${policy variables}`, which the request's context fills in. */
import type { Context } from "./context.ts";

export interface Pattern {
  /** As written. */
  readonly text: string;
  matches(value: string, context: Context): boolean;
}

function escaped(text: string): string {
  return text.replace(/[.+^${}()|[\]\\*?]/g, "\\$&");
}

function expression(parts: readonly (string | { readonly literal: string })[], flags: string): RegExp {
  const source = parts.map((part) => (typeof part === "string" ? wild(part) : escaped(part.literal))).join("");
  return new RegExp(`^${source}$`, flags);
}

function wild(text: string): string {
  return text
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
}

const variable = /\$\{([^}]*)\}/g;
const specials: Readonly<Record<string, string>> = { "*": "*", "?": "?", $: "$" };

/** Value of `${key}` or `${key, 'default'}`; `undefined` when the request has none, or several. */
function variableValue(name: string, context: Context): string | undefined {
  const special = specials[name];
  if (special !== undefined) return special;
  const [, key = "", fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(name) ?? [];
  const value = context.get(key.toLowerCase());
  return typeof value === "string" ? value : fallback;
}

/** Text and the values of its variables, apart: a `*` in a value is no wildcard. `undefined`: a variable has no value. */
function resolved(text: string, context: Context): (string | { readonly literal: string })[] | undefined {
  const parts: (string | { readonly literal: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(variable)) {
    const literal = variableValue(match[1] ?? "", context);
    if (literal === undefined) return undefined;
    parts.push(text.slice(at, match.index), { literal });
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}

/** A pattern over a whole text; compiled at once unless it has variables. */
export function textPattern(text: string, { ignoreCase = false } = {}): Pattern {
  const flags = ignoreCase ? "is" : "s";
  if (!text.includes("${")) {
    if (!ignoreCase && !/[*?]/.test(text)) return { text, matches: (value) => value === text };
    const compiled = expression([text], flags);
    return { text, matches: (value) => compiled.test(value) };
  }
  return {
    text,
    matches(value, context) {
      const parts = resolved(text, context);
      return parts !== undefined && expression(parts, flags).test(value);
    },
  };
}

/** Text with the values of its variables in place; `undefined` when one has no value. No wildcards. */
export function filledIn(text: string, context: Context): string | undefined {
  if (!text.includes("${")) return text;
  return resolved(text, context)
    ?.map((part) => (typeof part === "string" ? part : part.literal))
    .join("");
}

/** `s3:Get*`: letter case does not count. */
export function actionPattern(text: string): Pattern {
  return textPattern(text, { ignoreCase: true });
}

/** The six parts of an ARN; the last holds whatever colons are left. */
function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(":")] : [])];
}

/**
 * A pattern over ARNs, part by part: no wildcard reaches over a colon of the first five, and parts that are left out at the
 * end are `*`, as IAM completes them.
 */
export function resourcePattern(text: string): Pattern {
  if (/^\*+$/.test(text)) return { text, matches: () => true };
  // A variable may hold colons of its own, or name a default after one.
  const hidden: string[] = [];
  const masked = text.replace(variable, (whole) => `\${${hidden.push(whole) - 1}}`);
  const parts = partsOf(masked).map((part) =>
    textPattern(part.replace(/\$\{(\d+)\}/g, (_whole, index: string) => hidden[Number(index)] ?? "")),
  );
  return {
    text,
    matches(value, context) {
      const actual = partsOf(value);
      if (actual.length !== 6) return false;
      return actual.every((part, index) => parts[index]?.matches(part, context) ?? index >= parts.length);
    },
  };
}
