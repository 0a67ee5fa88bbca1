/** How many instances a load needs so that no queue grows, minute by minute. */
import { levelAt, piecesOf } from "../levels.ts";
import type { Scenario, Source } from "../model.ts";

/** Work that comes at an instant, each second. People who wait for their answers are counted as if they got them at once. */
function offered(source: Source, serviceSeconds: number): (seconds: number) => number {
  if (source.kind === "trace") {
    const byMinute = new Map<number, number>();
    for (const time of source.times)
      byMinute.set(Math.floor(time / 60), (byMinute.get(Math.floor(time / 60)) ?? 0) + 1 / 60);
    return (seconds) => byMinute.get(Math.floor(seconds / 60)) ?? 0;
  }
  const pieces = piecesOf(source.at, source.from, source.stages);
  if (source.kind === "open") return (seconds) => levelAt(pieces, seconds);
  const turn = (source.think[0] + source.think[1]) / 2 + serviceSeconds;
  return (seconds) => levelAt(pieces, seconds) / turn;
}

/** What one instance gets through each second, and how long one piece of work takes at least. */
function unitOf({ service }: Scenario): { readonly rate: number; readonly seconds: number } {
  if (service.kind === "workers") {
    return { rate: service.concurrency / service.jobSeconds, seconds: service.jobSeconds };
  }
  return { rate: service.rate, seconds: service.clientSeconds + service.concurrency / service.rate };
}

export interface Need {
  /** By minute, the first being the one that begins at 0: instances at its end, at most what the group may have. */
  readonly instances: readonly number[];
  /** Minute at whose end more are needed than there are at the start; `undefined`: never. */
  readonly crossing: number | undefined;
  /** Last minute at whose end more are needed than there are at the start. */
  readonly falls: number | undefined;
  readonly most: number;
}

/** @throws {RangeError} when the scenario's group is not in its plan. */
export function needOf(scenario: Scenario): Need {
  const group = scenario.plan.groups.find(({ name }) => name === scenario.group);
  if (group === undefined) throw new RangeError(`there is no group ${scenario.group} in this plan`);
  const unit = unitOf(scenario);
  const sources = scenario.sources.map((source) => offered(source, unit.seconds));
  const instances = Array.from({ length: Math.floor(scenario.seconds / 60) }, (_, minute) => {
    // Just before the end: at the last instant of a stage, not at the first of the next.
    const load = sources.reduce((sum, of) => sum + of(60 * (minute + 1) - 1e-6), 0);
    return Math.min(group.max, Math.max(1, Math.ceil(load / unit.rate - 1e-6)));
  });
  return needBeyond(instances, group.desired);
}

/** The same minutes for a farm that starts with so many. */
export function needBeyond(instances: readonly number[], start: number): Need {
  const beyond = (need: number) => need > start;
  const first = instances.findIndex(beyond);
  return {
    instances,
    crossing: first < 0 ? undefined : first + 1,
    falls: first < 0 ? undefined : instances.findLastIndex(beyond) + 1,
    most: Math.max(...instances),
  };
}
