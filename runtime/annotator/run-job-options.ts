import type { Breaker } from "../jobs/breaker.ts";
import type { Clock, JobStore, Log, ObjectStore } from "../jobs/ports.ts";
import type { Tracer } from "../jobs/tracing.ts";
import type { Engine } from "./engine/engine.ts";

/** What the run of a job is given. */
export interface RunJobOptions {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  readonly resultsBucket: string;
  readonly leaseSeconds: number;
  readonly jobSecondsMax: number;
  readonly inputBytesMax: number;
  /** Claims that end by the job's own doing, after which it is given up. */
  readonly attemptsMax: number;
  /** How long after its submission a job is still tried again that no outage explains. */
  readonly patienceSeconds: number;
  readonly breaker: Breaker;
  /** Aborted: give the job back, there is no time left to finish it. */
  readonly hurry: AbortSignal;
}

/** `ended`: the item is COMPLETED or FAILED by this run. `lost`: it is somebody else's or ended otherwise, and names none of its files. */
export type RunOutcome = "ended" | "lost" | "released";
