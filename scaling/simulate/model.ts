/** What a simulation is given: load, service and farm, in seconds, checked and complete. */
import type { ScalingPlan } from "../scaling-plan.ts";
import type { Distribution } from "./distribution.ts";

/** A piecewise linear course: at the end of each stage the level is `to`. A stage of 0 s is a jump. */
export interface Stage {
  readonly seconds: number;
  readonly to: number;
}

export type Source =
  /** Arrivals that come whatever the answers are: Poisson, arrivals a second. */
  | { readonly kind: "open"; readonly at: number; readonly from: number; readonly stages: readonly Stage[] }
  /** Users who wait for an answer, think, and ask again. */
  | {
      readonly kind: "closed";
      readonly at: number;
      readonly from: number;
      readonly stages: readonly Stage[];
      /** Least and greatest time between an answer and the next request, evenly distributed. */
      readonly think: readonly [number, number];
    }
  /** Arrivals as they were seen, seconds from the start, ascending. */
  | { readonly kind: "trace"; readonly times: Float64Array };

export interface InstanceTimes {
  /** From the order until EC2 runs the machine: without a launch hook, Auto Scaling calls it in service from then on. */
  readonly runningSeconds: number;
  /**
   * From the order until its services answer, at least `runningSeconds`. Then its boot script completes the launch hooks, where
   * the group has some.
   */
  readonly bootSeconds: number;
  /**
   * From the order of an instance that waits in a warm pool until its services answer. As `bootSeconds` of such a group is until it is
   * installed, and its launch hook is completed for the first time. Omitted: as long as a boot.
   */
  readonly startSeconds?: number;
  /** From the end of its work until it is gone; its group's cooldown begins then. */
  readonly stopSeconds: number;
  /** Machines lost to accidents, each instance an hour. */
  readonly lossesPerHour: number;
}

/** A stretch of time, seconds from the start; infinity: to the end. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** What goes wrong around the farm, or comes late. */
export interface Conditions {
  /** Whole minutes after its end that alarms hear of a minute. AWS gives no number. */
  readonly metricDelayMinutes: number;
  /** Launches that are ordered in it fail: in one zone, by its index in the group, or in all. */
  readonly launchFailures: readonly (Window & { readonly zone?: number })[];
  /** A zone, by its index in the group, loses its instances and can launch none. */
  readonly zoneOutages: readonly (Window & { readonly zone: number })[];
  /** Counts of the balancer that have no datapoint without requests have zeros. RequestCountPerTarget has them always. */
  readonly zeroDatapoints: boolean;
}

export const fairConditions: Conditions = {
  metricDelayMinutes: 0,
  launchFailures: [],
  zoneOutages: [],
  zeroDatapoints: false,
};

export interface WebService extends InstanceTimes {
  /** Requests a second that one instance gets through when it is busy. */
  readonly rate: number;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly distribution: Distribution;
  /** Requests that may wait at one instance; beyond, it answers 503 at once. */
  readonly queueLimit: number;
  /** Something that all instances share, behind them. */
  readonly shared?: { readonly rate: number; readonly distribution: Distribution };
  /** Time of every answer that no server spends: the network's, the client's. */
  readonly clientSeconds: number;
  /** A client gives up after this. */
  readonly timeoutSeconds: number;
  /** Whether an instance works on what waits, though its client has given up: nothing tells most servers that it has. */
  readonly servesAbandoned: boolean;
  /** How often a client asks again after a failure, and the mean pause before it: 0.5 to 1.5 times as long, by chance. */
  readonly retries: { readonly attempts: number; readonly pauseSeconds: number };
  /** Share of answers that are errors by themselves, 0 to 1. */
  readonly errorShare: number;
  /** From in service until the balancer's checks have passed. */
  readonly healthySeconds: number;
  readonly deregistrationSeconds: number;
  readonly balancing: "round robin" | "least outstanding";
}

export interface WorkerService extends InstanceTimes {
  /** What one job takes on average. */
  readonly jobSeconds: number;
  readonly distribution: Distribution;
  /** Jobs that one instance works on at once. */
  readonly concurrency: number;
  /** A job whose worker is lost is seen again after this. */
  readonly visibilitySeconds: number;
  /** Times a job is tried before it is set aside. */
  readonly receives: number;
  /** Share of jobs that end as failed, 0 to 1. */
  readonly errorShare: number;
  /** Busy instances are protected from scale-in. */
  readonly protects: boolean;
}

/** A metric that the farm's own program puts into CloudWatch: what waits or is worked on, for each instance in service. */
export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  /** 10, 20, 30 or 60. */
  readonly everySeconds: number;
}

export interface Scenario {
  readonly title: string;
  readonly seconds: number;
  readonly sources: readonly Source[];
  readonly plan: ScalingPlan;
  /** Of the plan. */
  readonly group: string;
  /** Epoch milliseconds at which it begins, a whole second: scheduled actions go by it. @default midnight of a Thursday, 1970-01-01 */
  readonly begins?: number;
  /** What is taken for granted of load and service, which every report says. @default nothing */
  readonly notes?: readonly string[];
  readonly conditions: Conditions;
  /** Omitted: the program publishes nothing itself. */
  readonly publishes?: readonly PublishedMetric[];
  readonly service: ({ readonly kind: "web" } & WebService) | ({ readonly kind: "workers" } & WorkerService);
}
