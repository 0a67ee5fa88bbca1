/**
 * An account on a virtual clock, as EC2 and Auto Scaling tell of it: instances are described until an hour after their end, activities
 * for six weeks. It keeps what really ran apart from what it tells, so that a cost can be integrated without any of the code that is
 * tested.
 */
import type { AccountObserver, SeenActivity, SeenGroup, SeenInstance } from "../../../course/money/account.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

interface Machine {
  readonly id: string;
  readonly owner: string;
  readonly group: string;
  readonly type: string;
  readonly spot: boolean;
  readonly launchedAt: number;
  /** From here on AWS charges. */
  readonly runningAt: number;
  endsAt: number | undefined;
}

export interface WorldOptions {
  /** Seconds from launch to running, and from the end of running to terminated. */
  readonly pendingSeconds?: number;
  readonly shuttingDownSeconds?: number;
  /** Seconds that an activity drains before the instance ends. */
  readonly drainSeconds?: number;
}

export function createWorld(options: WorldOptions = {}) {
  const { pendingSeconds = 15, shuttingDownSeconds = 30, drainSeconds = 60 } = options;
  const machines: Machine[] = [];
  const activities: SeenActivity[] = [];
  const groups = new Map<string, SeenGroup>();
  let now = 0;
  let count = 0;
  let broken: string | undefined;

  const visible = ({ launchedAt, endsAt }: Machine) =>
    launchedAt <= now && (endsAt === undefined || now < endsAt + hour);

  function seen({ endsAt, runningAt: _, ...machine }: Machine): SeenInstance {
    const ended = endsAt !== undefined && endsAt <= now;
    return { ...machine, runs: !ended, ...(ended ? { endedAt: endsAt } : {}) };
  }
  function answer<T>(value: T): Promise<T> {
    return broken === undefined ? Promise.resolve(value) : Promise.reject(new Error(broken));
  }

  const account: AccountObserver = {
    instances: (course) =>
      answer(
        machines
          .filter(({ owner }) => owner.startsWith(`${course}-`))
          .filter(visible)
          .map(seen),
      ),
    groups: () => answer([...groups.values()]),
    activities: (_, since) =>
      answer(
        activities
          .filter(({ startedAt }) => startedAt <= now && startedAt >= Math.max(since, now - 42 * day))
          .map((each): SeenActivity => {
            if (each.endedAt !== undefined && each.endedAt <= now) return each;
            const { endedAt: _end, ...open } = each;
            return { ...open, status: "under way" };
          }),
      ),
    close() {},
  };

  return {
    account,
    groups,
    machines: machines as readonly Readonly<Machine>[],
    now: () => new Date(now),
    goTo(time: number): void {
      if (time < now) throw new RangeError(`${time} is before ${now}`);
      now = time;
    },
    /** Nothing answers until `mend`. */
    fail(why: string): void {
      broken = why;
    },
    mend(): void {
      broken = undefined;
    },
    launch(owner: string, group: string, what: { type?: string; spot?: boolean; at?: number } = {}): string {
      const { type = "t4g.small", spot = false, at = now } = what;
      const id = `i-${(count++).toString(16).padStart(8, "0")}`;
      const runningAt = at + pendingSeconds * second;
      machines.push({ id, owner, group, type, spot, launchedAt: at, runningAt, endsAt: undefined });
      const activity = { id: `a-launch-${id}`, owner, group, instanceId: id, what: "launch" } as const;
      activities.push({ ...activity, startedAt: at, endedAt: runningAt, status: "done" });
      return id;
    },
    /** Auto Scaling ends it: it drains, and runs as long. */
    terminate(id: string, at = now): void {
      const machine = machines.find((each) => each.id === id);
      if (machine === undefined) throw new Error(`there is no ${id}`);
      machine.endsAt = Math.max(at + drainSeconds * second, machine.runningAt);
      const { owner, group } = machine;
      const activity = { id: `a-end-${id}`, owner, group, instanceId: id, what: "terminate" } as const;
      const endedAt = machine.endsAt + shuttingDownSeconds * second;
      activities.push({ ...activity, startedAt: at, endedAt, status: "done" });
    },
    /** It dies at once, and Auto Scaling notices two minutes later. */
    kill(id: string, at = now): void {
      const machine = machines.find((each) => each.id === id);
      if (machine === undefined) throw new Error(`there is no ${id}`);
      machine.endsAt = Math.max(at, machine.runningAt);
      const { owner, group } = machine;
      const activity = { id: `a-end-${id}`, owner, group, instanceId: id, what: "terminate" } as const;
      activities.push({ ...activity, startedAt: at + 2 * minute, endedAt: at + 3 * minute, status: "done" });
    },
    alive: (group: string) => machines.filter((each) => each.group === group && each.endsAt === undefined),
  };
}
export type World = ReturnType<typeof createWorld>;

/** What really ran: USD up to a time, by looking every `step` milliseconds which instances AWS charges for. */
export function integral(
  world: World,
  rate: (machine: Readonly<Machine>) => number,
  until: number,
  step: number,
): number {
  let usd = 0;
  for (let time = 0; time < until; time += step) {
    for (const machine of world.machines) {
      if (machine.runningAt <= time && (machine.endsAt === undefined || time < machine.endsAt)) {
        usd += (rate(machine) * step) / hour;
      }
    }
  }
  return usd;
}
