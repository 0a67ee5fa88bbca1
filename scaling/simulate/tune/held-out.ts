/** Loads that a search never sees, made of the one that it does: they show how far what was found depends on it. */
import type { Scenario, Source } from "../model.ts";

interface HeldOutLoad {
  readonly name: string;
  /** `undefined`: it would be the same load. */
  under(scenario: Scenario): Scenario | undefined;
}

/** Of a trace: each arrival so many times, 0 or more, so that the rate is `factor` times as great. */
function repeated(times: Float64Array, factor: number): Float64Array {
  const all: number[] = [];
  times.forEach((time, index) => {
    const copies = Math.floor((index + 1) * factor) - Math.floor(index * factor);
    for (let copy = 0; copy < copies; copy++) all.push(time);
  });
  return Float64Array.from(all);
}

const scaled = (factor: number, source: Source): Source =>
  source.kind === "trace"
    ? { ...source, times: repeated(source.times, factor) }
    : {
        ...source,
        from: source.from * factor,
        stages: source.stages.map(({ seconds, to }) => ({ seconds, to: to * factor })),
      };

/** What is there at the beginning is there for as much longer. */
function later(seconds: number, source: Source): Source {
  if (source.kind === "trace") return { ...source, times: source.times.map((time) => time + seconds) };
  if (source.at > 0) return { ...source, at: source.at + seconds };
  return { ...source, stages: [{ seconds, to: source.from }, ...source.stages] };
}

const hasSchedule = ({ plan, group }: Scenario): boolean =>
  plan.groups.some(({ name, schedules }) => name === group && schedules.length > 0);

const shiftSeconds = 900;

export const heldOutLoads: readonly HeldOutLoad[] = [
  {
    name: "20 % more",
    under: (scenario) => ({ ...scenario, sources: scenario.sources.map((each) => scaled(1.2, each)) }),
  },
  {
    name: "20 % less",
    under: (scenario) => ({ ...scenario, sources: scenario.sources.map((each) => scaled(0.8, each)) }),
  },
  {
    name: "15 min later",
    under: (scenario) =>
      hasSchedule(scenario)
        ? {
            ...scenario,
            seconds: scenario.seconds + shiftSeconds,
            sources: scenario.sources.map((each) => later(shiftSeconds, each)),
          }
        : undefined,
  },
  {
    // The clock that schedules go by is behind: each runs as much later, as seen from the load.
    name: "15 min earlier",
    under: (scenario) =>
      hasSchedule(scenario) ? { ...scenario, begins: (scenario.begins ?? 0) - 1000 * shiftSeconds } : undefined,
  },
];
