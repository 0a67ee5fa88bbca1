/** Machines on the virtual clock: launched, stopped in a warm pool and started again, lost to accidents, gone. */
import type { Kernel } from "./kernel.ts";
import type { InstanceTimes } from "./model.ts";

export interface Machine {
  readonly index: number;
  readonly id: string;
  readonly zone: string;
  readonly launchedAt: number;
  /** Seconds: its services answer from then on, whatever Auto Scaling calls it. Of one in a warm pool: it is installed. */
  answersFrom: number;
  /** Seconds; infinity as long as it is there. */
  goneAt: number;
  /** Since when it has been stopped; `undefined`: it runs. */
  stoppedAt: number | undefined;
  /** Seconds that it was stopped for before that. */
  stoppedSeconds: number;
  /** In a group's warm pool, and not in the group. */
  pooled: boolean;
  /** It has been told to go, and is not gone yet. */
  leaving: boolean;
}

/** Seconds of a machine within the first `end`: until it is gone, and how many of those it was stopped. */
export function lifeOf({ launchedAt, goneAt, stoppedAt, stoppedSeconds }: Machine, end: number) {
  const until = Math.min(goneAt, end);
  const stopped = stoppedSeconds + (stoppedAt === undefined ? 0 : Math.max(0, until - stoppedAt));
  return { stopped, running: until - launchedAt - stopped };
}

const idOf = (index: number) => `i-${index}`;
export const indexOf = (id: string) => Number(id.slice(idOf(0).length - 1));

/** Adds machines to those that there are; each that runs may be lost to an accident at any time. */
export function machinePark(
  kernel: Kernel,
  { lossesPerHour }: Pick<InstanceTimes, "lossesPerHour">,
  random: () => number,
  lose: (machine: Machine) => void,
) {
  const machines: Machine[] = [];

  function mayBeLost(machine: Machine): void {
    if (lossesPerHour === 0) return;
    const { stoppedSeconds } = machine;
    const life = (-3600 * Math.log(1 - random())) / lossesPerHour;
    kernel.timer(kernel.now() + life, () => {
      // One that has been stopped since has another life.
      if (machine.stoppedAt === undefined && machine.stoppedSeconds === stoppedSeconds) lose(machine);
    });
  }

  return {
    machines: machines as readonly Machine[],
    add(bootSeconds: number, zone: string, pooled = false): Machine {
      const index = machines.length;
      const launchedAt = kernel.now();
      const machine: Machine = {
        index,
        id: idOf(index),
        zone,
        launchedAt,
        answersFrom: launchedAt + bootSeconds,
        goneAt: Number.POSITIVE_INFINITY,
        stoppedAt: undefined,
        stoppedSeconds: 0,
        pooled,
        leaving: false,
      };
      machines.push(machine);
      mayBeLost(machine);
      return machine;
    },
    stop(machine: Machine): void {
      machine.stoppedAt = kernel.now();
    },
    /** Its services answer after `startSeconds`, and after what it still had to install when it was stopped. */
    start(machine: Machine, startSeconds: number): void {
      const now = kernel.now();
      const { stoppedAt = now } = machine;
      machine.answersFrom = now + startSeconds + Math.max(0, machine.answersFrom - stoppedAt);
      if (machine.stoppedAt === undefined) return;
      machine.stoppedSeconds += now - stoppedAt;
      machine.stoppedAt = undefined;
      mayBeLost(machine);
    },
  };
}
