/** What the parts of the local runner know of one another. Each part is a factory that takes these as arguments. */

/** Time on AWS's side of the machine: runs `speed` times as fast as the wall clock. */
export interface LocalClock {
  readonly speed: number;
  /** Milliseconds since the Unix epoch, accelerated. */
  now(): number;
  /** Calls back after `milliseconds` of local time; the returned function cancels it. Does not keep the process alive. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** A moto server in a process of its own. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`: administrators only; instances go through the gateway. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** True: it keeps whole bucket policies and leaves it to the gateway to judge them. Omitted: it judges them itself. */
  readonly keepsPolicies?: boolean;
  /** Omitted: somebody else runs it, and looks after it. */
  readonly revival?: Revival;
  stop(): Promise<void>;
}

/** What can be done for an emulator of our own that ends by itself. */
export interface Revival {
  /** Resolves with how it ended (`SIGKILL`, `exit code 1`) once it does so unasked; each call waits for the next end. */
  died(): Promise<string>;
  /** Starts it again at the same endpoint. It is empty then. */
  restart(): Promise<void>;
}

export interface InstanceCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601. */
  readonly expiration: string;
}

/** One AWS call that passed the gateway. */
export interface GatewayCall {
  /** Signing name: `sqs`, `s3`, `dynamodb`, … */
  readonly service: string;
  /** API action: `ReceiveMessage`, `PutObject`, … */
  readonly action: string;
  /**
   * ARN of the calling role, which for a presigned request is the role that signed it; `administrator` for
   * `Gateway.administrator`; `anonymous` when the request is unsigned or its signature is refused.
   */
  readonly caller: string;
  /** HTTP status; 0 when the answer was lost on purpose. */
  readonly status: number;
  /** Until the answer's first byte. */
  readonly milliseconds: number;
  /** Bucket/key, queue, topic or table the call was about, where known. */
  readonly resource?: string;
}

/** A mail that SES in the emulator accepted. */
export interface ReceivedMail {
  readonly id: string;
  /** Epoch milliseconds (wall clock). */
  readonly time: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Stands in front of the emulator; every instance's call passes it. */
export interface Gateway {
  /** What an instance is given as `AWS_ENDPOINT_URL`; also reached by browsers (presigned URLs). */
  readonly endpoint: string;
  /** Of this run only: may do everything. For the runner, and for an operator's AWS CLI pointed at the endpoint. */
  readonly administrator: Pick<InstanceCredentials, "accessKeyId" | "secretAccessKey">;
  /** Fresh temporary credentials by which the gateway will know the role again. */
  credentialsFor(roleArn: string): InstanceCredentials;
  /** Tells of every call, as its answer goes out. Returns the unsubscriber. */
  onCall(listener: (call: GatewayCall) => void): () => void;
  /** Totals per `service:action` since start. */
  callCounts(): ReadonlyMap<string, number>;
  /** Faults to inject, for tests: each rule may answer instead of the emulator or delay the call. */
  inject(rule: FaultRule): () => void;
  stop(): Promise<void>;
}

export interface FaultRule {
  readonly service: string;
  readonly action?: string;
  /** Archive retrievals only: applies to requests for this tier. */
  readonly tier?: "Expedited" | "Standard" | "Bulk";
  /** Applies to the next `times` matching calls; omitted: until removed. */
  readonly times?: number;
  readonly effect:
    | { readonly kind: "error"; readonly status: number; readonly code: string }
    | { readonly kind: "delay"; readonly milliseconds: number }
    /** The emulator does it, but the caller gets no answer (connection reset). */
    | { readonly kind: "lose-response" }
    /** The emulator does it twice: a doubled delivery when a message is sent or published. Not for uploads. */
    | { readonly kind: "twice" }
    /** The caller is told that it was done, the emulator never hears of it: for calls with an empty answer (`DeleteMessage`). */
    | { readonly kind: "swallow" };
}

export type InstanceState = "Pending" | "InService" | "Terminating" | "Terminated";

/** One EC2 instance of a group, here a set of processes (one per service of its boot manifest). */
export interface InstanceView {
  readonly instanceId: string;
  readonly groupName: string;
  readonly state: InstanceState;
  readonly protectedFromScaleIn: boolean;
  /** Launch template it was launched from, and which version: a number. */
  readonly template: { readonly id: string; readonly version: string };
  readonly launchedAt: number;
  /** Where its logs go, by its manifest; `undefined`: that has not been read yet. */
  readonly logGroup: string | undefined;
  /** Its own, beside those of its services; `undefined`: there is none yet. */
  readonly logFile: string | undefined;
  readonly services: readonly {
    readonly name: string;
    readonly pid: number | undefined;
    readonly port: number;
    readonly health: "starting" | "healthy" | "unhealthy" | "stopped";
    readonly logFile: string;
    readonly restarts: number;
  }[];
}

/** An instance that the emulator has given up, and that still finishes what it has. */
export interface LeavingInstance {
  readonly groupName: string;
  readonly template: { readonly id: string; readonly version: string };
  /** A termination hook waits for its completion. */
  readonly waits: boolean;
}

/** A backend of the load balancer. */
export interface Target {
  readonly instanceId: string;
  readonly host: string;
  readonly port: number;
}

export type TargetHealth = "initial" | "healthy" | "unhealthy" | "draining";
