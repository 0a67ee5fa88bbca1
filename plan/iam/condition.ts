/**
 * The condition operators of IAM.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { BlockList, isIP } from "node:net";
import type { Context } from "./context.ts";
import { type Conditions, PolicyError } from "./document.ts";
import { filledIn, resourcePattern, textPattern } from "./pattern.ts";

/** Whether a request's value is the one that a policy names. */
type Test = (actual: string, wanted: string, context: Context) => boolean;

/** Exact comparison of the wanted text, variables filled in. */
const filled =
  (test: (actual: string, wanted: string) => boolean): Test =>
  (actual, wanted, context) => {
    const text = filledIn(wanted, context);
    return text !== undefined && test(actual, text);
  };

const numbers = (test: (a: number, b: number) => boolean): Test =>
  filled((actual, wanted) => {
    const [a, b] = [Number(actual), Number(wanted)];
    return actual.trim() !== "" && wanted.trim() !== "" && test(a, b);
  });

/** ISO 8601 or seconds since the epoch. */
const instant = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text));
const dates = (test: (a: number, b: number) => boolean): Test =>
  filled((actual, wanted) => test(instant(actual), instant(wanted)));

const arnLike: Test = (actual, wanted, context) => {
  if (wanted.split(":").length < 6 || actual.split(":").length < 6) return false;
  return resourcePattern(wanted).matches(actual, context);
};

const isWithin: Test = filled((actual, wanted) => {
  const [address = "", bits] = wanted.split("/");
  const version = isIP(address);
  if (version === 0) throw new PolicyError(`${wanted} is no address range such as 10.0.0.0/8`);
  if (isIP(actual) !== version) return false;
  const list = new BlockList();
  const family = version === 6 ? "ipv6" : "ipv4";
  list.addSubnet(address, Number(bits ?? (version === 6 ? 128 : 32)), family);
  return list.check(actual, family);
});

const equals: Test = filled((actual, wanted) => actual === wanted);
const equalsIgnoringCase: Test = filled((actual, wanted) => actual.toLowerCase() === wanted.toLowerCase());
const like: Test = (actual, wanted, context) => textPattern(wanted).matches(actual, context);

const positive: Readonly<Record<string, Test>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: like,
  NumericEquals: numbers((a, b) => a === b),
  NumericLessThan: numbers((a, b) => a < b),
  NumericLessThanEquals: numbers((a, b) => a <= b),
  NumericGreaterThan: numbers((a, b) => a > b),
  NumericGreaterThanEquals: numbers((a, b) => a >= b),
  DateEquals: dates((a, b) => a === b),
  DateLessThan: dates((a, b) => a < b),
  DateLessThanEquals: dates((a, b) => a <= b),
  DateGreaterThan: dates((a, b) => a > b),
  DateGreaterThanEquals: dates((a, b) => a >= b),
  Bool: equalsIgnoringCase,
  IpAddress: isWithin,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

/** `StringNotEquals` → the operator it denies. */
const negative: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};

interface Operator {
  readonly test: Test;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly over: "one" | "all" | "any";
}

function operatorOf(written: string): Operator {
  const [, set = "", name = "", suffix = ""] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(written) ?? [];
  const base = negative[name];
  const test = positive[base ?? name];
  if (test === undefined) throw new PolicyError(`${written} is no condition operator that is known here`);
  const over = set === "ForAllValues" ? "all" : set === "ForAnyValue" ? "any" : "one";
  return { test, negated: base !== undefined, ifExists: suffix !== "", over };
}

function holds(
  operator: Operator,
  actual: string | readonly string[] | undefined,
  wanted: readonly string[],
  context: Context,
) {
  const { test, negated, over } = operator;
  const isOne = (value: string) => wanted.some((each) => test(value, each, context));
  const values = actual === undefined ? [] : typeof actual === "string" ? [actual] : actual;
  if (over === "all") return values.every((value) => isOne(value) !== negated);
  if (over === "any") return values.some((value) => isOne(value) !== negated);
  if (values.length === 0) return negated || operator.ifExists;
  // A variable without a value: the condition says nothing of this request, in the negated operators too.
  if (wanted.some((each) => filledIn(each, context) === undefined)) return false;
  return negated ? !values.some(isOne) : values.some(isOne);
}

/**
 * True when every condition holds for the request.
 *
 * @param knows whether the request would have the key if it applied: of a key that is neither there nor known, nothing can be
 *   said
 * @throws {PolicyError} on an operator or key that is not known
 */
export function conditionsHold(conditions: Conditions, context: Context, knows: (key: string) => boolean): boolean {
  return Object.entries(conditions).every(([written, keys]) => {
    const isNull = written === "Null";
    const operator = isNull ? undefined : operatorOf(written);
    return Object.entries(keys).every(([name, wanted]) => {
      const key = name.toLowerCase();
      const actual = context.get(key);
      if (actual === undefined && !knows(key)) throw new PolicyError(`the condition key ${name} is not known here`);
      if (operator === undefined)
        return wanted.some((each) => (each.toLowerCase() === "true") === (actual === undefined));
      return holds(operator, actual, wanted, context);
    });
  });
}
