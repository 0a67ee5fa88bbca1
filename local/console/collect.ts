/** Fills the console's view: from the emulator by AWS's own APIs, and from the runner's parts by plain functions. */
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { EmulatedAccount } from "../aws/account.ts";
import type { RefreshRecord } from "../aws/autoscaling/refresh-records.ts";
import type { Emulator, InstanceView, LocalClock, ReceivedMail } from "../types.ts";
import { createReadings, type TableNames } from "./readings.ts";
import type { ActivityView, BalancerView, ConsoleView, GroupView } from "./view.ts";
import { callsView, refreshView } from "./view-parts.ts";

export interface CollectOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly gateway: Pick<EmulatedAccount, "endpoint" | "mails" | "callCounts">;
  /** Accelerated: `instances` and `activities` give their times by it; the view has wall-clock times only. */
  readonly clock: Pick<LocalClock, "now" | "speed">;
  readonly instances: () => readonly InstanceView[];
  /** Scaling activities of one group. */
  readonly activities: (groupName: string) => readonly {
    readonly activityId: string;
    readonly description: string;
    readonly cause: string;
    readonly status: string;
    readonly startTime: number;
  }[];
  /** Instance refreshes of one group, newest first; omitted: none. */
  readonly refreshes?: (groupName: string) => readonly RefreshRecord[];
  /** Registered targets; more fields than the view has are left out. */
  readonly targets: () => BalancerView["targets"];
  readonly requestsPerMinute: () => readonly number[];
  /** Omitted: the program keeps no jobs. */
  readonly tables?: TableNames;
  /** Omitted: nobody keeps one. */
  readonly history?: () => ConsoleView["history"];
  readonly stack: string;
  readonly store: string;
  /** Omitted: none was declared. */
  readonly capacities?: ConsoleView["capacities"];
  readonly links: ConsoleView["links"];
  /** Wall clock, epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

export interface Collector {
  view(): Promise<ConsoleView>;
  destroy(): void;
}

const mailsShown = 50;
const activitiesShown = 12;

export function createCollector(options: CollectOptions): Collector {
  const { clock, emulator, gateway, now = Date.now } = options;
  const startedAt = now();
  const toWall = (localTime: number) => Math.round(now() - (clock.now() - localTime) / clock.speed);
  const readings = createReadings(emulator, options.tables);
  const groups = async () => (await readings.groups()).map((group) => groupView(group, options, toWall));

  return {
    async view() {
      const read = await readParts({ ...readings, groups });
      return {
        ...read,
        time: now(),
        localTime: clock.now(),
        startedAt,
        stack: options.stack,
        speed: clock.speed,
        store: options.store,
        endpoint: gateway.endpoint,
        region: emulator.region,
        capacities: options.capacities ?? [],
        links: options.links,
        instances: options.instances().map((instance) => ({ ...instance, launchedAt: toWall(instance.launchedAt) })),
        balancer: balancerView(options),
        history: options.history?.() ?? { minutes: [], groups: [], alarms: [] },
        mails: mailViews(gateway.mails()),
        calls: callsView(gateway.callCounts()),
      };
    },
    destroy: readings.destroy,
  };
}

type ReadParts = Pick<ConsoleView, "groups" | "queues" | "alarms" | "jobs">;

/** One part that cannot be read must not take the console away, least of all when something is wrong. */
async function readParts(
  readings: { readonly [Name in keyof ReadParts]: () => Promise<ReadParts[Name]> },
): Promise<ReadParts & Pick<ConsoleView, "problems">> {
  const problems: string[] = [];
  async function part<T>(what: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await read();
    } catch (error) {
      problems.push(`${what} cannot be read: ${(error as Error).message || (error as Error).name}`);
      return [];
    }
  }
  const [groups, queues, alarms, jobs] = await Promise.all([
    part("Auto Scaling groups", readings.groups),
    part("queues", readings.queues),
    part("alarms", readings.alarms),
    part("jobs", readings.jobs),
  ]);
  return { groups, queues, alarms, jobs, problems };
}

/** @param toWall from the accelerated clock to the wall's. */
function groupView(group: AutoScalingGroup, options: CollectOptions, toWall: (localTime: number) => number): GroupView {
  const name = group.AutoScalingGroupName ?? "";
  const inService = options.instances().filter((each) => each.groupName === name && each.state === "InService");
  const [refresh] = options.refreshes?.(name) ?? [];
  return {
    name,
    min: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    max: group.MaxSize ?? 0,
    inService: inService.length,
    ...(refresh === undefined ? {} : { refresh: refreshView(refresh, toWall) }),
    activities: options
      .activities(name)
      .map(({ activityId, description, cause, status, startTime }): ActivityView => {
        return { id: activityId, time: toWall(startTime), description, cause, status };
      })
      .sort((a, b) => b.time - a.time)
      .slice(0, activitiesShown),
  };
}

function balancerView({ targets, requestsPerMinute }: CollectOptions): BalancerView {
  return {
    targets: targets().map(({ instanceId, port, health }) => ({ instanceId, port, health })),
    requestsPerMinute: requestsPerMinute(),
  };
}

/** The newest messages, without what they say. */
function mailViews(mails: readonly ReceivedMail[]): ConsoleView["mails"] {
  const newest = [...mails].sort((a, b) => b.time - a.time).slice(0, mailsShown);
  return newest.map(({ id, time, to, subject }) => ({ id, time, to, subject }));
}
