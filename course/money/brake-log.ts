/** What the brake has done, on disk: `brake.jsonl`, append-only. Steps that were taken are taken once, mails are sent once. */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { brakeSteps } from "../course-file/course.ts";
import type { HoldStep } from "../operations.ts";
import type { SizesBefore } from "../stacks/sizes.ts";

const stepEntry = z.object({
  kind: z.literal("step"),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  key: z.string(),
  scope: z.enum(["student", "class"]),
  stack: z.string().optional(),
  step: z.enum(brakeSteps),
  percent: z.number(),
  budgetUsd: z.number(),
  spentUsd: z.number(),
  /** `settled`: something stronger was done, or there was nothing to do. */
  outcome: z.enum(["done", "settled", "failed"]),
  cause: z.string().optional(),
});
const holdEntry = z.object({
  kind: z.literal("hold"),
  at: z.iso.datetime(),
  stack: z.string(),
  outcome: z.enum(["done", "failed"]),
  cause: z.string().optional(),
});
const mailEntry = z.object({ kind: z.literal("mailed"), at: z.iso.datetime(), ids: z.array(z.string()) });
const size = z.object({ min: z.number(), max: z.number(), desired: z.number() });
/** Sizes of groups before the brake held them. */
const sizesEntry = z.object({
  kind: z.literal("sizes"),
  at: z.iso.datetime(),
  stack: z.string(),
  sizes: z.record(z.string(), size),
});
/** The ledger has to be told, and was told. */
const heldEntry = z.object({
  kind: z.literal("held"),
  at: z.iso.datetime(),
  stack: z.string(),
  step: z.enum(["minimum", "freeze"]),
  why: z.string(),
});
const notedEntry = z.object({ kind: z.literal("noted"), at: z.iso.datetime(), stack: z.string() });
const entrySchema = z.discriminatedUnion("kind", [stepEntry, holdEntry, mailEntry, sizesEntry, heldEntry, notedEntry]);

export type BrakeEntry = z.output<typeof entrySchema>;
export type StepEntry = z.output<typeof stepEntry>;

export interface Held {
  readonly stack: string;
  readonly step: HoldStep;
  readonly why: string;
}

export interface BrakeLog {
  /** Keys of steps that were taken: done, or settled by something stronger. */
  taken(): ReadonlySet<string>;
  /** Steps that no mail has told of. Of a step that fails again and again, the first failure. */
  unmailed(): readonly StepEntry[];
  /** Sizes that were remembered and are not in the ledger yet. */
  sizes(stack: string): SizesBefore;
  /** Held, and not in the ledger yet. */
  unnoted(): readonly Held[];
  append(entries: readonly BrakeEntry[]): Promise<void>;
}

/** What one mail tells once. */
export const mailId = ({ key, outcome }: StepEntry): string => (outcome === "failed" ? `${key} failed` : key);

function parseEntry(line: string): BrakeEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * A line that was written half is a step that counts as not taken: every step may be taken twice.
 *
 * @param directory the course's; it is made when it is not there.
 */
export async function openBrakeLog(directory: string): Promise<BrakeLog> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, "brake.jsonl");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (text !== "" && !text.endsWith("\n")) await appendFile(file, "\n");
  const entries = text.split("\n").flatMap((line) => parseEntry(line) ?? []);
  const steps = () => entries.filter((entry) => entry.kind === "step");

  return {
    taken: () => new Set(steps().flatMap(({ key, outcome }) => (outcome === "failed" ? [] : [key]))),
    unmailed() {
      const told = new Set(entries.flatMap((entry) => (entry.kind === "mailed" ? entry.ids : [])));
      const first = new Map(steps().map((step) => [mailId(step), step]));
      return [...first].filter(([id]) => !told.has(id)).map(([, step]) => step);
    },
    sizes(stack) {
      const own = entries.filter((entry) => "stack" in entry && entry.stack === stack);
      const noted = own.findLastIndex(({ kind }) => kind === "noted");
      const found = own.slice(noted + 1).flatMap((entry) => (entry.kind === "sizes" ? [entry.sizes] : []));
      return Object.assign({}, ...found);
    },
    unnoted() {
      const waiting = new Map<string, Held>();
      for (const entry of entries) {
        if (entry.kind === "held") waiting.set(entry.stack, entry);
        if (entry.kind === "noted") waiting.delete(entry.stack);
      }
      return [...waiting.values()].map(({ stack, step, why }) => ({ stack, step, why }));
    },
    async append(more) {
      if (more.length === 0) return;
      await appendFile(file, more.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      entries.push(...more);
    },
  };
}
