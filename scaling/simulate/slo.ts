/** Service level objectives as people write them, `p95 < 300 ms, failed < 0.1 %`, and whether a run meets them. */
import { durationOf } from "./scenario/units.ts";

const latencies = ["mean", "p50", "p90", "p95", "p99"] as const;
type LatencyName = (typeof latencies)[number];

export type Objective =
  /** Of all answers, or of jobs from being sent to being done: less than so many seconds. */
  | { readonly measure: LatencyName; readonly below: number }
  /** Less than this share of what ended has failed, 0 to 1. */
  | { readonly measure: "failed"; readonly below: number };

/** The totals of a run that objectives speak of. */
export interface SloEvidence {
  readonly ended: number;
  readonly failed: number;
  readonly latency: Readonly<Partial<Record<LatencyName, number | undefined>>>;
}

const forms = `"p95 < 300 ms", "failed < 0.1 %", or several with commas between them`;

function objectiveOf(text: string): Objective | undefined {
  const [, measure, limit = ""] = /^\s*(\w+)\s*<\s*(.+?)\s*$/.exec(text) ?? [];
  if (measure === "failed") {
    const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(limit)?.[1];
    return percent !== undefined && Number(percent) > 0 && Number(percent) <= 100
      ? { measure, below: Number(percent) / 100 }
      : undefined;
  }
  const latency = latencies.find((name) => name === measure);
  const below = durationOf(limit);
  return latency === undefined || below === undefined || below <= 0 ? undefined : { measure: latency, below };
}

/** @throws {RangeError} naming what is no objective, or stands there twice, and the forms. */
export function parseSlo(text: string): Objective[] {
  const objectives = text.split(",").map((part) => {
    const objective = objectiveOf(part);
    if (objective !== undefined) return objective;
    throw new RangeError(
      `${JSON.stringify(part.trim())} is no objective; write ${forms}, of ${latencies.join(", ")} (times above 0) and failed (above 0 to 100 %)`,
    );
  });
  const measures = objectives.map(({ measure }) => measure);
  const twice = measures.find((measure, index) => measures.indexOf(measure) < index);
  if (twice !== undefined) throw new RangeError(`${JSON.stringify(text)} has two objectives of ${twice}; give one`);
  return objectives;
}

const rounded = (value: number) => String(Number(value.toPrecision(6)));

/** The same again, as it would be read. */
export const sloText = (objectives: readonly Objective[]): string =>
  objectives
    .map(({ measure, below }) =>
      measure === "failed"
        ? `failed < ${rounded(100 * below)} %`
        : `${measure} < ${below < 1 ? `${rounded(1000 * below)} ms` : `${rounded(below)} s`}`,
    )
    .join(", ");

/** What of a run an objective speaks of: seconds, or a share; `undefined`: nothing was answered. */
export function sloValue({ measure }: Objective, { ended, failed, latency }: SloEvidence): number | undefined {
  if (measure !== "failed") return latency[measure];
  return ended === 0 ? undefined : failed / ended;
}

/** Whether a run meets all objectives. One that nothing is known of, because nothing was answered, is not met. */
export const meetsSlo = (objectives: readonly Objective[], evidence: SloEvidence): boolean =>
  objectives.every((objective) => (sloValue(objective, evidence) ?? Number.POSITIVE_INFINITY) < objective.below);
