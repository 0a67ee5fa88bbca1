import type { Breaker } from "../jobs/breaker.ts";
import type { Clock, InstanceIdentity, JobStore, Log, ObjectStore, Queue, Topic } from "../jobs/ports.ts";
import type { Tracer } from "../jobs/tracing.ts";
import type { Engine } from "./engine/engine.ts";

/** What an annotator is given. */
export interface AnnotatorOptions {
  readonly jobs: JobStore;
  /** `job_requests`. */
  readonly queue: Queue;
  /** `job_results`. */
  readonly results: Topic;
  readonly objects: ObjectStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  readonly instance: InstanceIdentity;
  /** Who claims, unique among processes that ever ran: `i-0abc/4711.9f3c`. */
  readonly worker: string;
  readonly resultsBucket: string;
  /** Invisibility of a message in work, renewed at a third of it. The claim holds for half of it, renewed more often. */
  readonly leaseSeconds: number;
  readonly jobSecondsMax: number;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Largest input, bytes as uploaded; omitted: 10 GiB, the most that any plan takes. */
  readonly inputBytesMax?: number;
  /** Claims ended by the job's own doing, after which it fails; omitted: 4. Outages and drains do not count. */
  readonly attemptsMax?: number;
  /** How long after its submission a job is still tried again when storage fails for it; omitted: 2 days. */
  readonly patienceSeconds?: number;
  /** Watches table and storage. */
  readonly breaker: Breaker;
  /** Seconds without a job before scale-in protection is given up; omitted: 30. */
  readonly idleSeconds?: number;
}
