/**
 * Declared capacity of an instance. All processes of a local run share one machine's cores, so what an instance gets through
 * is said, not measured. The terms are those of a simulation's service (scaling/simulate/model.ts): a prediction and a live
 * run that are given the same figures mean the same. Times and rates are AWS's: with `--speed 10`, 5 requests a second are
 * 50 in a second of the wall clock.
 */
import type { Distribution } from "../../scaling/simulate/distribution.ts";
import type { WebService, WorkerService } from "../../scaling/simulate/model.ts";

interface Drawn {
  readonly distribution: Distribution;
  /** Of the chance behind the distribution. */
  readonly seed: number;
}

export interface WebCapacity extends Drawn, Pick<WebService, "rate" | "concurrency" | "queueLimit"> {
  readonly kind: "web";
  /** Something behind all instances that works on one request at a time, exponential. */
  readonly shared?: Pick<NonNullable<WebService["shared"]>, "rate">;
  /** Time of every answer that is spent beyond the balancer, so that it is in no metric. */
  readonly clientSeconds?: WebService["clientSeconds"];
}

export interface WorkerCapacity extends Drawn, Pick<WorkerService, "jobSeconds"> {
  readonly kind: "workers";
}

export type Capacity = WebCapacity | WorkerCapacity;

/** What was declared for a name, which is a service's or a group's. */
export interface NamedCapacity {
  readonly name: string;
  readonly capacity: Capacity;
}

/** For a group of the plan, by its full name. */
export type GroupCapacity = { readonly group: string } & Capacity;
