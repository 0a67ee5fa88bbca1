/** What course.yaml may say, each setting with the rule that its error names. */
import * as z from "zod";
import { isMailAddress } from "../mail-address.ts";
import { brakeSteps, isolations } from "./course.ts";

/**
 * A value under a rule in words. Whatever the schema objects to, the message is the rule, so that every error names the bound.
 *
 * @param rule what to give: "a whole number from 1 to 365".
 */
function setting<T>(schema: z.ZodType<T>, rule: string) {
  return z.unknown().transform((value, context): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push({ code: "custom", message: rule, input: value });
    return z.NEVER;
  });
}

const text = (rule: string) => setting(z.string().trim().min(1), rule);
const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  setting(z.enum(names), `one of ${names.join(", ")}`);
const yesOrNo = setting(z.boolean(), "true or false");
const whole = (unit: string, least: number, most: number) =>
  setting(z.number().int().min(least).max(most), `a whole number of ${unit} from ${least} to ${most}`);
const dollars = setting(z.number().positive().max(1_000_000), "an amount in USD above 0 and up to 1000000");

/**
 * Beginnings that AWS keeps for itself in names of parameters, security groups, balancers and buckets. The course's name is followed
 * by a hyphen, so `sg` alone is one of them.
 */
const courseName = /^(?!aws|ssm|(?:sg|internal|sthree)(?:-|$))[a-z](?:-?[a-z0-9]){1,9}$/;
const longestCourse = 10;

const domainName = /^(?=.{1,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const configValue = setting(
  z.union([scalar, z.array(z.json()), z.record(z.string(), z.json())]),
  "text, a number, true or false, a list or a map",
).transform((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)));

const brake = z.strictObject(
  {
    at: setting(z.number().positive().max(1000), "a number of per cent above 0 and up to 1000"),
    step: oneOf(brakeSteps),
  },
  { error: objectRule("at and step: { at: 80, step: minimum }") },
);

const budgets = z.strictObject(
  {
    student: dollars.optional(),
    class: dollars.optional(),
    // Without a word from staff nothing is destroyed.
    brake: z.array(brake, { error: () => "a list of steps: [{ at: 80, step: minimum }]" }).default([
      { at: 50, step: "warn" },
      { at: 80, step: "minimum" },
      { at: 95, step: "freeze" },
    ]),
  },
  { error: objectRule("student, class and brake") },
);

const lifetime = z.strictObject(
  {
    days: whole("days", 1, 365),
    extendBy: whole("days", 1, 365).default(7),
    activity: yesOrNo.default(true),
  },
  { error: objectRule("days, extendBy and activity") },
);

/** Unknown keys are reported with the nearest known one elsewhere. */
function objectRule(keys: string) {
  return (issue: { readonly code?: string | undefined }) =>
    issue.code === "unrecognized_keys" ? undefined : `a map with ${keys}`;
}

export const courseSchema = z.strictObject(
  {
    course: setting(
      z.string().max(longestCourse).regex(courseName),
      `2 to ${longestCourse} lower-case letters, digits and single hyphens, a letter first, no hyphen last, ` +
        "not beginning as AWS keeps for itself: aws, ssm, sg, internal, sthree",
    ),
    roster: text("the path of the roster, such as roster.csv"),
    program: text("the folder of Pulumi.yaml, such as .").default("."),
    stack: text("the name of a stack that has a Pulumi.<stack>.yaml, such as dev").default("dev"),
    config: z.record(z.string(), configValue, { error: () => "a map of settings: { webMax: 4 }" }).default({}),
    region: setting(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/), "an AWS region, such as us-east-1"),
    isolation: oneOf(isolations).default("own"),
    domain: setting(z.string().regex(domainName), "a domain in lower case, such as example.org").optional(),
    permissionsBoundary: yesOrNo.default(true),
    budgets: budgets.prefault({}),
    lifetime: lifetime.optional(),
    mail: setting(z.string().refine(isMailAddress), "a mail address, such as staff@example.org").optional(),
    parallel: whole("updates at a time", 1, 64).default(4),
    backend: setting(
      z.string().regex(/^(?:s3|file):\/\/\S+$/),
      "a backend of Pulumi's, such as s3://bucket/folder or file:///folder",
    ).optional(),
  },
  { error: objectRule("the settings of a course, such as course: gas26") },
);

/** Known keys of each map, by its path with lists as `[]`. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(courseSchema.shape),
  budgets: Object.keys(budgets.shape),
  "budgets.brake[]": Object.keys(brake.shape),
  lifetime: Object.keys(lifetime.shape),
};
