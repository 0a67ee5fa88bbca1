/**
 * The policy of a browser's form upload, judged before the file is stored.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { Refusal } from "../../gateway/errors.ts";

/** Form fields before the file; names in lower case. */
export type FormFields = ReadonlyMap<string, string>;

export interface PostPolicy {
  readonly expiration: number;
  readonly matches: readonly { readonly kind: "eq" | "starts-with"; readonly field: string; readonly value: string }[];
  /** Bytes; both ends are allowed sizes. */
  readonly length: { readonly min: number; readonly max: number };
}

function invalid(reason: string): Refusal {
  return new Refusal(400, "InvalidPolicyDocument", `Invalid Policy: ${reason}`);
}

function denied(reason: string): Refusal {
  return new Refusal(403, "AccessDenied", `Invalid according to Policy: ${reason}`);
}

const fieldName = (name: string): string => name.replace(/^\$/, "").toLowerCase();

/** A size may be written as a number or as digits. */
function size(value: unknown): number {
  const bytes = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw invalid("content-length-range must be two whole numbers.");
  }
  return bytes;
}

/** Reads the base64 `policy` field. @throws {Refusal} InvalidPolicyDocument */
export function readPostPolicy(base64: string): PostPolicy {
  let document: { expiration?: unknown; conditions?: unknown };
  try {
    document = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof document !== "object" || document === null) throw invalid("Invalid JSON.");
  const expiration = typeof document.expiration === "string" ? Date.parse(document.expiration) : Number.NaN;
  if (Number.isNaN(expiration)) throw invalid("Policy missing expiration or expiration is no ISO 8601 date.");
  if (!Array.isArray(document.conditions)) throw invalid("Policy missing conditions.");

  const matches: { kind: "eq" | "starts-with"; field: string; value: string }[] = [];
  let length = { min: 0, max: 5 * 1024 ** 3 };
  for (const condition of document.conditions as unknown[]) {
    if (Array.isArray(condition)) {
      const [kind, first, second] = condition as unknown[];
      const named = String(kind).toLowerCase();
      if (named === "content-length-range") length = { min: size(first), max: size(second) };
      else if ((named === "eq" || named === "starts-with") && typeof first === "string" && first.startsWith("$")) {
        matches.push({ kind: named, field: fieldName(first), value: String(second) });
      } else throw invalid(`Invalid condition ${JSON.stringify(condition)}.`);
    } else if (typeof condition === "object" && condition !== null) {
      for (const [field, value] of Object.entries(condition)) {
        matches.push({ kind: "eq", field: fieldName(field), value: String(value) });
      }
    } else throw invalid(`Invalid condition ${JSON.stringify(condition)}.`);
  }
  return { expiration, matches, length };
}

/** Fields that a policy need not name. */
function isExempt(field: string): boolean {
  return field === "policy" || field === "x-amz-signature" || field === "file" || field.startsWith("x-ignore-");
}

/**
 * Judges everything but the size, which is not known yet.
 *
 * @param fields of the form, and `bucket`, which S3 takes from the URL
 * @param now epoch milliseconds
 * @throws {Refusal} AccessDenied, naming the condition
 */
export function checkPostPolicy(policy: PostPolicy, fields: FormFields, now: number): void {
  if (now >= policy.expiration) throw denied("Policy expired.");
  for (const { kind, field, value } of policy.matches) {
    const given = fields.get(field) ?? "";
    const holds = kind === "eq" ? fields.has(field) && given === value : given.startsWith(value);
    if (!holds) throw denied(`Policy Condition failed: ${JSON.stringify([kind, `$${field}`, value])}`);
  }
  const named = new Set(policy.matches.map(({ field }) => field));
  const extra = [...fields.keys()].filter((field) => field !== "bucket" && !named.has(field) && !isExempt(field));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
}

/** @throws {Refusal} EntityTooLarge, EntityTooSmall */
export function checkPostSize(policy: PostPolicy, bytes: number): void {
  if (bytes > policy.length.max) {
    throw new Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: String(bytes),
      MaxSizeAllowed: String(policy.length.max),
    });
  }
  if (bytes < policy.length.min) {
    throw new Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(bytes),
      MinSizeAllowed: String(policy.length.min),
    });
  }
}
