/** Fills the console's view: from the emulator by AWS's own APIs, and from the runner's parts by plain functions. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument, paginateScan } from "@aws-sdk/lib-dynamodb";
import { jobSchema } from "../../runtime/contract/job.ts";
import { userSchema } from "../../runtime/contract/user.ts";
import type { Account } from "../aws/account.ts";
import type { RefreshRecord } from "../aws/autoscaling/refreshes.ts";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator, InstanceView, LocalClock } from "../types.ts";
import { comparisonSigns } from "./comparison-signs.ts";
import { keptFresh } from "./fresh.ts";
import type {
  ActivityView,
  AlarmView,
  BalancerView,
  CallsView,
  ConsoleView,
  GroupView,
  JobView,
  QueueView,
  RefreshView,
} from "./view.ts";

export interface CollectOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly gateway: Pick<Account, "endpoint" | "mails" | "callCounts">;
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
  readonly tables?: { readonly annotations: string; readonly users: string };
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

const jobsShown = 25;
const jobsRead = 2_000;
const mailsShown = 50;
const callsShown = 10;
const activitiesShown = 12;

export function alarmView(alarm: MetricAlarm): AlarmView {
  const periods = alarm.EvaluationPeriods ?? 1;
  const expression = alarm.Metrics?.find((metric) => metric.ReturnData !== false);
  const metric =
    alarm.MetricName === undefined
      ? (expression?.Label ?? expression?.Expression ?? "metric math")
      : `${alarm.MetricName}, ${alarm.Statistic ?? alarm.ExtendedStatistic ?? ""}`;
  const period = alarm.Period ?? expression?.Period ?? expression?.MetricStat?.Period ?? 60;
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? "",
    state: alarm.StateValue ?? "INSUFFICIENT_DATA",
    reason: alarm.StateReason ?? "",
    metric,
    threshold: `${comparisonSigns[alarm.ComparisonOperator ?? ""] ?? alarm.ComparisonOperator} ${alarm.Threshold}, ${
      alarm.DatapointsToAlarm ?? periods
    } of ${periods} × ${period} s`,
    ...(since === undefined ? {} : { since: since.getTime() }),
  };
}

/** Items that are no job are left out: the table belongs to the service, the console only looks. */
export function jobView(item: unknown, nameOf: (userId: string) => string): JobView | undefined {
  const { data: job } = jobSchema.safeParse(item);
  if (job === undefined) return undefined;
  const optional = {
    resultState: job.result_state,
    completeTime: job.complete_time,
    archiveDueTime: job.archive_due_time,
    restoreExpectedTime: job.restore_expected_time,
    worker: job.worker,
    progressPercent: job.progress_percent,
    attempts: job.attempts,
    failure: job.failure_reason,
  };
  return {
    id: job.job_id,
    user: nameOf(job.user_id),
    file: job.input_file_name,
    status: job.job_status,
    submitTime: job.submit_time,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as object),
  };
}

/** @param toWall from the accelerated clock to the wall's. */
export function refreshView(refresh: RefreshRecord, toWall: (localTime: number) => number): RefreshView {
  const { status, statusReason, rollback, desired, endTime, percentageComplete: percent } = refresh;
  const reason = statusReason ?? rollback?.reason;
  return {
    status,
    percent,
    ...(reason === undefined ? {} : { reason }),
    ...(desired === undefined ? {} : { version: desired.version }),
    ...(endTime === undefined ? {} : { ended: toWall(endTime) }),
  };
}

export function callsView(counts: ReadonlyMap<string, number>): CallsView {
  const all = [...counts].map(([key, count]) => {
    const colon = key.indexOf(":");
    return { service: key.slice(0, colon), action: key.slice(colon + 1), count };
  });
  return {
    total: all.reduce((sum, { count }) => sum + count, 0),
    top: all.sort((a, b) => b.count - a.count).slice(0, callsShown),
  };
}

/** A queue that another one names as its dead-letter queue is shown with that one. */
export function queueViews(attributes: readonly Readonly<Record<string, string>>[]): QueueView[] {
  const nameOf = (arn: string) => arn.split(":").at(-1) ?? arn;
  const byArn = new Map(attributes.map((each) => [each.QueueArn ?? "", each]));
  const deadLetterArns = new Map<string, string>();
  for (const [arn, { RedrivePolicy }] of byArn) {
    if (RedrivePolicy)
      deadLetterArns.set(arn, (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn);
  }
  const isDeadLetterQueue = new Set(deadLetterArns.values());
  return [...byArn]
    .filter(([arn]) => !isDeadLetterQueue.has(arn))
    .map(([arn, queue]) => {
      const dead = deadLetterArns.get(arn);
      return {
        name: nameOf(arn),
        visible: Number(queue.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(queue.ApproximateNumberOfMessagesNotVisible ?? 0),
        delayed: Number(queue.ApproximateNumberOfMessagesDelayed ?? 0),
        ...(dead === undefined
          ? {}
          : {
              deadLetters: {
                name: nameOf(dead),
                messages: Number(byArn.get(dead)?.ApproximateNumberOfMessages ?? 0),
              },
            }),
      };
    });
}

export function createCollector(options: CollectOptions): Collector {
  const now = options.now ?? Date.now;
  const startedAt = now();
  const toWall = (localTime: number) => Math.round(now() - (options.clock.now() - localTime) / options.clock.speed);
  const config = {
    ...administrator(options.emulator),
    maxAttempts: 1,
  };
  const sqs = new SQSClient(config);
  const cloudwatch = new CloudWatchClient(config);
  const autoscaling = new AutoScalingClient(config);
  const dynamo = new DynamoDBClient(config);
  const tables = DynamoDBDocument.from(dynamo);

  const queueUrls = keptFresh(10_000, async () => {
    const urls: string[] = [];
    for await (const page of paginateListQueues({ client: sqs }, {})) urls.push(...(page.QueueUrls ?? []));
    return urls;
  });
  const queues = keptFresh(1_000, async () => {
    const answers = (await queueUrls()).map((QueueUrl) =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
    );
    return queueViews((await Promise.all(answers)).map(({ Attributes }) => Attributes ?? {}));
  });
  const alarms = keptFresh(2_000, async () => {
    const found: AlarmView[] = [];
    for await (const page of paginateDescribeAlarms({ client: cloudwatch }, {})) {
      found.push(...(page.MetricAlarms ?? []).map(alarmView));
    }
    return found;
  });
  const groups = keptFresh(1_000, async () => {
    const found: AutoScalingGroup[] = [];
    for await (const page of paginateDescribeAutoScalingGroups({ client: autoscaling }, {})) {
      found.push(...(page.AutoScalingGroups ?? []));
    }
    return found;
  });

  async function scan(TableName: string): Promise<unknown[]> {
    const items: unknown[] = [];
    for await (const page of paginateScan({ client: tables, pageSize: 500 }, { TableName })) {
      items.push(...(page.Items ?? []));
      if (items.length >= jobsRead) break;
    }
    return items;
  }
  const users = keptFresh(10_000, async () => {
    const found = (options.tables ? await scan(options.tables.users) : []).map(
      (item) => userSchema.safeParse(item).data,
    );
    return new Map(found.map((user) => [user?.user_id, user?.email || user?.name]));
  });
  const jobs = keptFresh(1_000, async () => {
    const [items, names] = await Promise.all([options.tables ? scan(options.tables.annotations) : [], users()]);
    return items
      .map((item) => jobView(item, (userId) => names.get(userId) ?? userId))
      .filter((job) => job !== undefined)
      .sort((a, b) => b.submitTime - a.submitTime)
      .slice(0, jobsShown);
  });

  async function groupViews(): Promise<GroupView[]> {
    const instances = options.instances();
    return (await groups()).map((group) => {
      const name = group.AutoScalingGroupName ?? "";
      const [refresh] = options.refreshes?.(name) ?? [];
      return {
        name,
        min: group.MinSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        max: group.MaxSize ?? 0,
        inService: instances.filter(({ groupName, state }) => groupName === name && state === "InService").length,
        ...(refresh === undefined ? {} : { refresh: refreshView(refresh, toWall) }),
        activities: options
          .activities(name)
          .map(({ activityId, description, cause, status, startTime }): ActivityView => {
            return { id: activityId, time: toWall(startTime), description, cause, status };
          })
          .sort((a, b) => b.time - a.time)
          .slice(0, activitiesShown),
      };
    });
  }

  return {
    async view() {
      const problems: string[] = [];
      /** One part that cannot be read must not take the console away, least of all when something is wrong. */
      async function part<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
        try {
          return await read();
        } catch (error) {
          problems.push(`${what} cannot be read: ${(error as Error).message || (error as Error).name}`);
          return otherwise;
        }
      }
      const [groupList, queueList, alarmList, jobList] = await Promise.all([
        part("Auto Scaling groups", groupViews, []),
        part("queues", queues, []),
        part("alarms", alarms, []),
        part("jobs", jobs, []),
      ]);
      const mails = [...options.gateway.mails()].sort((a, b) => b.time - a.time);
      return {
        time: now(),
        localTime: options.clock.now(),
        startedAt,
        stack: options.stack,
        speed: options.clock.speed,
        store: options.store,
        endpoint: options.gateway.endpoint,
        region: options.emulator.region,
        capacities: options.capacities ?? [],
        links: options.links,
        groups: groupList,
        instances: options.instances().map((instance) => ({ ...instance, launchedAt: toWall(instance.launchedAt) })),
        balancer: {
          targets: options.targets().map(({ instanceId, port, health }) => ({ instanceId, port, health })),
          requestsPerMinute: options.requestsPerMinute(),
        },
        queues: queueList,
        alarms: alarmList,
        history: options.history?.() ?? { minutes: [], groups: [], alarms: [] },
        jobs: jobList,
        mails: mails.slice(0, mailsShown).map(({ id, time, to, subject }) => ({ id, time, to, subject })),
        calls: callsView(options.gateway.callCounts()),
        problems,
      };
    },
    destroy() {
      for (const client of [sqs, cloudwatch, autoscaling, dynamo]) client.destroy();
    },
  };
}
