/** What a load test has found, as plain data: the machine-readable report, from which the page and the summary are made. */
import type { Interval } from "../../../scaling/simulate/prediction.ts";
import type { LoadTotals } from "../k6/points.ts";
import type { Threshold } from "../k6/run.ts";
import type { Measured } from "../measured.ts";
import type { JobCounts } from "../record/jobs.ts";
import type { Capacity } from "../record/target.ts";
import type { ScenarioName } from "../scenarios.ts";
import type { PredictionVerdict } from "../verdicts/judge.ts";
import type { Figure } from "./figures.ts";

export interface Overlay {
  readonly runs: number;
  readonly seed: number;
  /** Who says how fast instances are. */
  readonly source: string;
  /** By minute: instances in service. */
  readonly inService: readonly Interval[];
  /** By minute, of the first run: requests. Of the annotators a prediction knows jobs, which are none. */
  readonly rows?: readonly { readonly ended: number; readonly failed: number; readonly p95: number | undefined }[];
}

export interface Report {
  readonly scenario: ScenarioName;
  readonly target: string;
  /** Seconds of the target's time in one second; all minutes and seconds below are the target's. */
  readonly speed: number;
  /** First request, ISO 8601, AWS's time. */
  readonly begun: string;
  /** True: ended by a signal before its time. */
  readonly interrupted: boolean;
  readonly k6: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Group that expectations and prediction are of. */
  readonly group: string;
  /** Minutes until the load ended. */
  readonly loadMinutes: number;
  readonly verdicts: readonly PredictionVerdict[];
  readonly figures: readonly Figure[];
  readonly totals: LoadTotals;
  readonly thresholds: readonly Threshold[];
  readonly jobs: JobCounts | string;
  /** Handicaps that the local runner holds instances to. */
  readonly capacities: readonly Capacity[];
  /** In words, why there is none. */
  readonly prediction: Overlay | string;
  readonly measured: Measured;
}
