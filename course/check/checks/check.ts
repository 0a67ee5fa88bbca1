/** What a check is: something a rubric's item can name. It looks at a service from outside and says what holds. */
import type * as z from "zod";
import type { Evidence } from "../evidence/recorder.ts";
import type { Need } from "../stage/needs.ts";
import type { Stage } from "../stage/stage.ts";

/** One thing that was looked at. An item's partial credit is the share of its parts that hold. */
export interface Part {
  /** What should hold, in words that follow "it is expected that". */
  readonly what: string;
  readonly holds: boolean;
  /** What was seen instead, for the student; said when it does not hold. */
  readonly saw: string;
}

export interface Check<Parameters = unknown> {
  /** In one sentence what is looked at, for docs and `--list`. */
  readonly about: string;
  readonly needs: readonly Need[];
  readonly parameters: z.ZodType<Parameters>;
  /** What it throws fails the item with the error's message. */
  run(stage: Stage, parameters: Parameters, evidence: Evidence): Promise<readonly Part[]>;
}

/** Keeps a check's parameters and its `run` of one type. */
export const check = <Parameters>(definition: Check<Parameters>): Check => definition as unknown as Check;

/** A part that notes what it saw. */
export const part = (what: string, holds: boolean, saw: string): Part => ({ what, holds, saw });
