/**
 * What may be wrong with sizes that change by the clock: one reading of it for the components, which refuse such a schedule
 * before anything is made, and for the readers of a plan, which know any program's.
 */
import { checkTimeZone, parseCron } from "./cron.ts";

/** A scheduled action of a group; what it leaves out stays as it is. */
export interface SizeChange {
  /** Five fields of cron. `undefined`: it runs once. */
  readonly recurrence?: string | undefined;
  /** IANA name. @default UTC */
  readonly timeZone?: string | undefined;
  /** Instances at least. */
  readonly min?: number | undefined;
  /** Instances at most. */
  readonly max?: number | undefined;
  /** Instances wanted at that moment. */
  readonly desired?: number | undefined;
}

export interface ScheduleProblem {
  /** Which of the schedules. */
  readonly index: number;
  readonly property: keyof SizeChange;
  /** The value, the bound and the fix. */
  readonly problem: string;
}

function messageOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** What is wrong with when it runs. */
export function timingProblems({ recurrence, timeZone }: SizeChange): Omit<ScheduleProblem, "index">[] {
  const zone = messageOf(() => checkTimeZone(timeZone ?? "Etc/UTC"));
  const cron = recurrence === undefined ? undefined : messageOf(() => parseCron(recurrence));
  return [
    ...(cron === undefined ? [] : [{ property: "recurrence", problem: cron } as const]),
    ...(zone === undefined ? [] : [{ property: "timeZone", problem: zone } as const]),
  ];
}

/** What a size may be compared with: the group's own bound, or one that another schedule sets. */
interface Bound {
  readonly name: string;
  readonly value: number;
}

/**
 * Sizes that can never stand together: AWS refuses such an action each time it runs. A bound that an action leaves alone is
 * what the group or another of its schedules has made it, so only what fits none of these is a mistake.
 *
 * @param names what the bounds of the group are called by whoever declares it: `size.max`, `maxSize`.
 */
export function sizeProblems(
  bounds: { readonly min: number; readonly max: number },
  schedules: readonly SizeChange[],
  names: { readonly min: string; readonly max: string },
): ScheduleProblem[] {
  const highest = schedules.reduce<Bound>(
    (most, { max }, index) =>
      max !== undefined && max > most.value ? { name: `schedule ${index + 1}`, value: max } : most,
    { name: names.max, value: bounds.max },
  );
  const lowest = schedules.reduce<Bound>(
    (least, { min }, index) =>
      min !== undefined && min < least.value ? { name: `schedule ${index + 1}`, value: min } : least,
    { name: names.min, value: bounds.min },
  );
  return schedules.flatMap(({ min, max, desired }, index): ScheduleProblem[] => {
    const most = max === undefined ? highest : { name: "its own max", value: max };
    const least = min === undefined ? lowest : { name: "its own min", value: min };
    const above = (property: "min" | "desired", value: number | undefined): ScheduleProblem[] =>
      value === undefined || value <= most.value
        ? []
        : [
            {
              index,
              property,
              problem: `${value} is above ${most.name}, which is ${most.value}; lower it, or raise ${most.name}`,
            },
          ];
    const below = (property: "max" | "desired", value: number | undefined): ScheduleProblem[] =>
      value === undefined || value >= least.value
        ? []
        : [
            {
              index,
              property,
              problem: `${value} is below ${least.name}, which is ${least.value}; raise it, or lower ${least.name}`,
            },
          ];
    // Both of its own bounds contradict each other once.
    return [
      ...above("min", min),
      ...(min === undefined ? below("max", max) : []),
      ...above("desired", desired),
      ...below("desired", desired),
    ];
  });
}
