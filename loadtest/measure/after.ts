/** How long to look on once the load has ended: until a farm has gone back, or the time is up. Pure. */
import type { GroupPlan } from "../../scaling/scaling-plan.ts";
import type { Sample } from "./record/recorder.ts";

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

/** Told each look; answers true once every group has been at its minimum for some minutes since the load ended. */
export function createQuiet(loadEnd: number): (sample: Sample) => boolean {
  let since: number | undefined;
  return (sample) => {
    since = atMinimum(sample) ? (since ?? Math.max(loadEnd, sample.at)) : undefined;
    return since !== undefined && sample.at - since >= quietMinutes * 60_000;
  };
}
