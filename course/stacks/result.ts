import type { StackOperation } from "./events.ts";

/** What has come of one operation on one stack. */
export interface StackResult {
  readonly stack: string;
  readonly operation: StackOperation;
  /** `stopped`: cut off on purpose; the same command goes on with it. */
  readonly outcome: "done" | "failed" | "nothing to do" | "stopped";
  readonly seconds: number;
  /** Why it failed, or why there was nothing to do. */
  readonly why?: string;
  /** How many resources by what was done to them. */
  readonly changes?: Readonly<Record<string, number>>;
}
