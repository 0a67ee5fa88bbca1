/** Everything the operations console shows, as plain data: one of these a second goes to each page that is open. */
import type { GroupCapacity } from "../capacity/capacity.ts";
import type { InstanceView, TargetHealth } from "../types.ts";

export interface ActivityView {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly description: string;
  readonly cause: string;
  readonly status: string;
}

/** The latest instance refresh of a group. */
export interface RefreshView {
  /** As Auto Scaling names it: `InProgress`, `RollbackSuccessful`, … */
  readonly status: string;
  readonly percent: number;
  /** What it waits for, or why it has ended so. */
  readonly reason?: string;
  /** Launch template version that it rolls out. */
  readonly version?: string;
  /** Epoch milliseconds of its end; absent: it is under way. */
  readonly ended?: number;
}

/** One Auto Scaling group. */
export interface GroupView {
  readonly name: string;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  readonly inService: number;
  readonly refresh?: RefreshView;
  /** Newest first. */
  readonly activities: readonly ActivityView[];
}

export interface QueueView {
  readonly name: string;
  readonly visible: number;
  /** Received and not yet deleted; for the archive queue also what waits for its due time. */
  readonly inFlight: number;
  readonly delayed: number;
  /** Age of the oldest message in seconds, where known. */
  readonly oldestSeconds?: number;
  /** Absent where the queue has none. */
  readonly deadLetters?: { readonly name: string; readonly messages: number };
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface AlarmView {
  readonly name: string;
  readonly state: AlarmState;
  readonly reason: string;
  /** `RequestCount, Sum`. */
  readonly metric: string;
  /** `> 200, 1 of 1 × 60 s`. */
  readonly threshold: string;
  /** Epoch milliseconds of the last change of state. */
  readonly since?: number;
}

export interface JobView {
  readonly id: string;
  /** E-mail or name where known, otherwise the user id. */
  readonly user: string;
  readonly file: string;
  readonly status: string;
  readonly resultState?: string;
  /** Epoch seconds, as the job item has them. */
  readonly submitTime: number;
  readonly completeTime?: number;
  readonly archiveDueTime?: number;
  readonly restoreExpectedTime?: number;
  readonly worker?: string;
  readonly progressPercent?: number;
  readonly attempts?: number;
  readonly failure?: string;
}

interface MailView {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly to: readonly string[];
  readonly subject: string;
}

export interface BalancerView {
  readonly targets: readonly { readonly instanceId: string; readonly port: number; readonly health: TargetHealth }[];
  /** One count a minute of wall-clock time, oldest first; the last minute is still running. */
  readonly requestsPerMinute: readonly number[];
}

export interface CallsView {
  readonly total: number;
  /** Most frequent first. */
  readonly top: readonly { readonly service: string; readonly action: string; readonly count: number }[];
}

/** A minute's value; `null`: there was none. */
export type Point = number | null;

export interface GroupHistory {
  readonly name: string;
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly desired: readonly number[];
  readonly inService: readonly number[];
  /** Of a group behind the balancer. Latencies are seconds: AWS's where a capacity is declared, else the wall clock's. */
  readonly web?: {
    readonly requests: readonly Point[];
    readonly p50: readonly Point[];
    readonly p95: readonly Point[];
  };
  /** Queues that the group's alarms look at: messages at the end of each minute. */
  readonly queues: readonly {
    readonly name: string;
    readonly visible: readonly Point[];
    readonly inFlight: readonly Point[];
  }[];
}

export interface AlarmHistory {
  readonly name: string;
  /** Group whose policies it sets off; absent: it sets off none. */
  readonly group?: string;
  /** What those policies do with the group; absent: none, or both. */
  readonly scales?: "in" | "out";
  /** `RequestCount, Sum`. */
  readonly metric: string;
  /** `>` */
  readonly sign: string;
  readonly threshold: number;
  /** What it looks at, over the period that ends with each minute. */
  readonly values: readonly Point[];
  readonly states: readonly AlarmState[];
}

/** What the scaling loop saw of the last hour of AWS's time. All lists are as long as `minutes`. */
export interface HistoryView {
  /** Begin of each minute, epoch milliseconds of AWS's time, ascending. */
  readonly minutes: readonly number[];
  readonly groups: readonly GroupHistory[];
  readonly alarms: readonly AlarmHistory[];
}

export interface ConsoleView {
  /** Epoch milliseconds of this view. */
  readonly time: number;
  /** The same moment on AWS's side: epoch milliseconds of the accelerated clock. */
  readonly localTime: number;
  /** Epoch milliseconds at which the runner was ready. */
  readonly startedAt: number;
  readonly stack: string;
  /** Seconds of AWS's time in one second. */
  readonly speed: number;
  readonly store: string;
  /** Where AWS answers for this run: the gateway. */
  readonly endpoint: string;
  readonly region: string;
  /** Of instances, where it was declared; each a handicap that the runner holds them to. */
  readonly capacities: readonly GroupCapacity[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly groups: readonly GroupView[];
  readonly instances: readonly InstanceView[];
  readonly balancer: BalancerView;
  readonly queues: readonly QueueView[];
  readonly alarms: readonly AlarmView[];
  readonly history: HistoryView;
  /** Newest first. */
  readonly jobs: readonly JobView[];
  /** Newest first. */
  readonly mails: readonly MailView[];
  readonly calls: CallsView;
  /** What could not be read this time, in words; the parts concerned are empty. */
  readonly problems: readonly string[];
}
