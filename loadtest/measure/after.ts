/** How long to look on once the load has ended: until a farm has gone back, cannot be seen, or the time is up. Pure. */
import type { GroupPlan } from "../../scaling/scaling-plan.ts";
import type { Sample } from "./record/recorder.ts";

const minute = 60_000;

/** The course's policy takes five minutes for an instance less, and its alarm's window is fifteen long. */
const minutesEach = 5;
const minutesBefore = 20;
/** A farm at its minimum for so long has gone back. */
const quietMinutes = 5;

/** Minutes in which a group may go from its maximum to its minimum. */
export const afterMinutes = ({ min, max }: Pick<GroupPlan, "min" | "max">): number =>
  minutesBefore + minutesEach * (max - min);

const atMinimum = ({ groups }: Sample): boolean =>
  groups.every(({ min, desired, instances }) => desired === min && instances <= min);

/** A farm that nobody has seen for so long is not waited for. */
const blindMinutes = 5;

/**
 * Told each look and its time, epoch milliseconds, or that it failed (`undefined`). Answers true once every group has been at its
 * minimum for some minutes since the load ended, nobody has seen them for as long, or the time is up.
 */
export function createEnd(loadEnd: number, after: number): (sample: Sample | undefined, at: number) => boolean {
  let quietSince: number | undefined;
  let seen = loadEnd;
  return (sample, at) => {
    if (sample !== undefined) {
      seen = at;
      quietSince = atMinimum(sample) ? (quietSince ?? Math.max(loadEnd, at)) : undefined;
    }
    const isQuiet = quietSince !== undefined && seen - quietSince >= quietMinutes * minute;
    return isQuiet || at - seen >= blindMinutes * minute || at - loadEnd >= after * minute;
  };
}
