import type { Plan } from "../../plan/types.ts";
import type { ServiceOptions } from "./predict.ts";
import type { Tables } from "./record/jobs.ts";
import type { Target } from "./record/target.ts";
import type { ReportFiles } from "./report/files.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { Expectation } from "./verdicts/expectation.ts";

/** What a load test is told. */
export interface LoadTestOptions {
  readonly scenario: ScenarioName;
  /** Another k6 script that does the same to the same farm, by other parameters; omitted: the scenario's own. */
  readonly file?: string;
  /** Path of k6; omitted: the first on the search path. */
  readonly k6: string | undefined;
  readonly target: Target;
  readonly plan: Plan;
  /** Of the stack, where the target is not local. */
  readonly region: string;
  /** Omitted: the plan does not declare them, so that no job can be followed. */
  readonly tables: Tables | undefined;
  /** Of the scenario, as given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** API tokens; used where the target is not local. */
  readonly token: string | undefined;
  readonly service: ServiceOptions;
  readonly expectations: readonly Expectation[];
  /** Minutes of the target's time; omitted: so that a full farm can go back to its minimum. */
  readonly after: number | undefined;
  readonly seed: number;
  readonly runs: number;
  readonly files: ReportFiles;
  /** A line of progress. */
  readonly tell: (line: string) => void;
  /** Aborted: ends the load, and reports what has run. */
  readonly signal: AbortSignal;
}
