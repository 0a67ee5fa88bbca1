/** What a program declares under one stack's configuration, found out without AWS. */
import { openRuns, type RunOptions, runProgram } from "./program.ts";
import { readStackConfig } from "./stack-config.ts";
import { synthesizeFunctions, synthesizeResources } from "./synthesize.ts";
import type { Plan } from "./types.ts";

export type { Plan, PlannedResource } from "./types.ts";

/** Which program, under which configuration. */
export interface ReadPlanOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  /** Which `Pulumi.<stack>.yaml` to read. */
  readonly stack: string;
  /** Replaces what the stack's file says: `key` or `namespace:key` → value. */
  readonly config?: Readonly<Record<string, string>>;
  /** What the program prints, line by line. Default: to standard error. */
  readonly onOutput?: (line: string) => void;
}

/** Region of a stack that names none; the SDK's and Pulumi's examples live there. */
export const defaultRegion = "us-east-1";

export type ReadPlan = (options: ReadPlanOptions) => Promise<Plan>;

const readBy =
  (run: (options: RunOptions) => Promise<Plan>): ReadPlan =>
  async (options) => {
    const { values } = await readStackConfig(options.directory, options.stack, options.config);
    const account = { region: values["aws:region"] ?? defaultRegion, accountId: "123456789012" };
    return run({ ...options, resources: synthesizeResources(account), functions: synthesizeFunctions(account) });
  };

/** Runs the program against synthesized answers. Encrypted values of the configuration stand as `[encrypted]`. */
export const readPlan: ReadPlan = readBy(runProgram);

/** Lets `use` read several plans: each is what `readPlan` gives, and all but the first take a fraction of its time. */
export async function withPlans<Result>(use: (read: ReadPlan) => Promise<Result>): Promise<Result> {
  const runs = openRuns();
  try {
    return await use(readBy(runs.run));
  } finally {
    runs.stop();
  }
}
