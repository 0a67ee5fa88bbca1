/** What the web service needs from the world. */
import type {
  Clock,
  EventStore,
  JobStore,
  Log,
  Mailer,
  ObjectStore,
  PartStore,
  Queue,
  SubmissionKeys,
  Topic,
  UserStore,
} from "../jobs/ports.ts";
import type { Tracer } from "../jobs/tracing.ts";
import type { Assets } from "./assets.ts";
import type { WebConfig } from "./config.ts";
import type { Identity } from "./identity/port.ts";
import type { Payments } from "./payments/port.ts";

export interface WebPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  /** Stripe events already applied. */
  readonly events: EventStore;
  /** Programs' own keys of their submissions. */
  readonly submissionKeys: SubmissionKeys;
  readonly objects: ObjectStore;
  /** Uploads in parts. */
  readonly parts: PartStore;
  readonly topics: { readonly jobRequests: Topic; readonly jobRestore: Topic };
  /** Told when a subscription ends: the user's results become due for archiving again. */
  readonly archiveQueue: Pick<Queue, "send">;
  readonly identity: Identity;
  readonly payments: Payments;
  /** Omitted: addresses cannot be verified, and mail goes to those that the identity provider vouches for. */
  readonly mailer?: Mailer | undefined;
  readonly assets: Assets;
  readonly config: WebConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  /** What is wrong, and whether this instance is of use. */
  readonly health: () => Promise<HealthReport>;
}

export interface HealthReport {
  /** False takes the instance out of service. */
  readonly healthy: boolean;
  /** For operators: names what is wrong, and with it accounts and roles. */
  readonly report: { readonly status: string; readonly checks: Readonly<Record<string, string>> };
}
