/** Results of grading, as they lie on disk between the check and those who read marks. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type Mistake, MistakesError } from "../mistakes.ts";
import { pseudonymPattern } from "../people/pseudonym.ts";
import type { Pseudonym } from "../types.ts";

export const outcomes = ["passed", "partial", "failed", "skipped", "not-run"] as const;
export type Outcome = (typeof outcomes)[number];

const roundingError = 1e-9;
/** Points are counted in hundredths, as Canvas does. */
export const hundredths = (points: number): number => Math.round(points * 100);
const points = z
  .number()
  .min(0)
  .max(100_000)
  .refine((value) => Math.abs(value * 100 - hundredths(value)) < roundingError * 100_000, {
    error: ({ input }) => `${String(input)}: has more than two decimals; round it`,
  });
const pseudonym = z.string().regex(pseudonymPattern, { error: "is no pseudonym, such as s7k2m9x" });
const instant = z.iso.datetime({ error: "is no UTC instant, such as 2026-10-01T12:00:00Z" });

const item = z
  .strictObject({
    /** Unique in the rubric. */
    id: z.string().min(1),
    name: z.string().min(1),
    points,
    max: points,
    /** Students learn neither name, outcome nor evidence: only the sum of all hidden items. */
    hidden: z.boolean(),
    outcome: z.enum(outcomes),
    /** One line for the student; `""`: none. */
    message: z.string(),
    /** Lines of plain text: what was seen. */
    evidence: z.array(z.string()),
  })
  .refine(({ points: got, max }) => got <= max, { error: "has more points than its max" });
export type MarkedItem = z.infer<typeof item>;

const adjustment = z.strictObject({
  member: pseudonym,
  /** Added to the stack's total; below 0: taken from it. */
  points: z.number().min(-100_000).max(100_000),
  reason: z.string().min(1),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + hundredths(value), 0);

const stackMarks = z
  .strictObject({
    stack: z.string().min(1),
    members: z.array(pseudonym).min(1),
    items: z.array(item),
    total: points,
    max: points,
    /** What grading took. */
    seconds: z.number().min(0).optional(),
    /** Individual marks in a team, or a correction by staff. */
    adjustments: z.array(adjustment).default([]),
  })
  .superRefine(({ items, total, max, members, adjustments }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const [got, most] = [sum(items.map((each) => each.points)), sum(items.map((each) => each.max))];
    if (got !== hundredths(total)) refuse(["total"], `is ${total}, and the items have ${got / 100} points`);
    if (most !== hundredths(max)) refuse(["max"], `is ${max}, and the items have at most ${most / 100} points`);
    const ids = items.map(({ id }) => id);
    const twice = ids.find((id, at) => ids.indexOf(id) < at);
    if (twice !== undefined) refuse(["items"], `have the id ${twice} twice`);
    adjustments.forEach(({ member }, at) => {
      if (!members.includes(member)) refuse(["adjustments", at, "member"], `${member} is no member of the stack`);
    });
    for (const member of new Set(adjustments.map((each) => each.member))) {
      const own = adjustments.filter((each) => each.member === member).map((each) => each.points);
      const mark = hundredths(total) + sum(own);
      if (mark < 0 || mark > hundredths(max)) {
        refuse(["adjustments"], `make ${mark / 100} points for ${member}; give from 0 to ${max}`);
      }
    }
  });
/** Marks of one stack, and so of everybody who shares it. */
export type StackMarks = z.infer<typeof stackMarks>;

const marksSchema = z
  .strictObject({
    course: z.string().min(1),
    /** What was graded, for headings: "Size limit". */
    title: z.string().min(1),
    gradedAt: instant,
    stacks: z.array(stackMarks),
  })
  .superRefine(({ stacks }, context) => {
    const seen = new Map<string, string>();
    stacks.forEach(({ stack, members }, at) => {
      for (const name of [stack, ...members]) {
        const before = seen.get(name);
        const message = `${name} is in stack ${before} already`;
        if (before !== undefined) context.addIssue({ code: "custom", path: ["stacks", at], message });
        seen.set(name, stack);
      }
    });
  });
export type Marks = z.infer<typeof marksSchema>;

/** Points of one member: the stack's total and the member's own adjustments. */
export function markOf({ total, adjustments }: StackMarks, member: Pseudonym): number {
  const own = adjustments.filter((each) => each.member === member).map((each) => each.points);
  return (hundredths(total) + sum(own)) / 100;
}

const valueAt = (document: unknown, path: readonly PropertyKey[]) =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

function mistakeOf(document: unknown, { path, message, code }: z.core.$ZodIssue): Mistake {
  const value = valueAt(document, path);
  const told = code !== "custom" && typeof value !== "object" ? `${JSON.stringify(value)}: ` : "";
  return { path: z.core.toDotPath(path), reason: `${told}${message}` };
}

/** @throws {MistakesError} with everything that is wrong with the document. */
export function parseMarks(text: string, file: string): Marks {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new MistakesError(file, [{ reason: `is not JSON (${message}); give what annofarm course check wrote` }]);
  }
  const parsed = marksSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new MistakesError(
    file,
    parsed.error.issues.map((issue) => mistakeOf(document, issue)),
  );
}

/** @throws {MistakesError}; Node's error when the file cannot be read. */
export async function readMarks(file: string): Promise<Marks> {
  return parseMarks(await readFile(file, "utf8"), file);
}
