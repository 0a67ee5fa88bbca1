/** k6 of the system. Tests that need it say clearly why they did not run without it. */
import { existsSync } from "node:fs";
import { onPath } from "../../loadtest/measure/k6/find.ts";

const named = process.env.ANNOFARM_K6;

/** Path of k6: `ANNOFARM_K6` where set, else the first found on the search path. */
export const k6Path: string | undefined =
  named === undefined ? onPath(process.env.PATH ?? "") : existsSync(named) ? named : undefined;

export const noK6 =
  "no k6 found: install k6 1.1 or newer or set ANNOFARM_K6 to its path; tests that run it were skipped";
