/** rubric.yaml: what is graded, by which check, for how many points. */
import * as z from "zod";

const id = z
  .string()
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, "small letters, digits, dots and hyphens, such as size-limit.s3");

export const itemSchema = z.strictObject({
  id,
  title: z.string().min(1, "what the student reads as the item's name"),
  points: z
    .number("points, a number from 0 to 1000")
    .min(0, "points from 0 to 1000")
    .max(1000, "points from 0 to 1000")
    .refine((points) => Math.abs(points * 100 - Math.round(points * 100)) < 1e-9, "points with at most two decimals"),
  /** A registered check. */
  check: z.string("the name of a check"),
  /** The check's parameters. */
  with: z.record(z.string(), z.unknown(), "the check's parameters").default({}),
  /** Items that have to have passed; otherwise this one is not run. */
  needs: z.array(id, "a list of ids of earlier items").default([]),
  /** True: points by the share of parts that hold. False: all or nothing. */
  partial: z.boolean("true or false").default(false),
  /** True: not run, and no points to be had. */
  off: z.boolean("true or false").default(false),
  /** True: students learn only the sum of all hidden items. */
  hidden: z.boolean("true or false").default(false),
});

const runSchema = z.strictObject({
  /** Seconds of AWS's time in one second. */
  speed: z.number("a number from 0.1 to 10000").min(0.1, "0.1 or more").max(10_000, "10000 or less").default(60),
  /** Whose `Pulumi.<stack>.yaml` a submission runs under. */
  stack: z.string().min(1).default("local"),
  /** Over the stack's configuration. */
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  /** As `annofarm local --instance-capacity`. */
  capacity: z.array(z.string()).default([]),
  /** Of the wall clock, for everything. */
  minutes: z.number("minutes from 1 to 120").min(1, "1 or more").max(120, "120 or less").default(20),
});

export const rubricSchema = z.strictObject({
  title: z.string("what is graded, such as Archive").min(1, "what is graded, such as Archive"),
  /** How a submission is run on this machine. */
  run: runSchema.prefault({}),
  items: z.array(itemSchema, "a list of items").min(1, "at least one item"),
});

export type RubricItem = z.output<typeof itemSchema>;
export type Rubric = z.output<typeof rubricSchema>;
