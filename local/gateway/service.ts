/** What the gateway knows of an AWS service: what is done about its calls beside passing them on to the emulator. */
import type { Answer, Call, Interceptor, RequestHead } from "./call.ts";

/** By action. */
export type Calls = Readonly<Record<string, Interceptor>>;

/**
 * @param call whose body is the form
 * @param onCaller hears who signed the policy and which key is written, before anything is stored; refuses by throwing
 * @throws {Refusal}
 */
export type PostObject = (call: Call, onCaller: (caller: string, key: string) => Promise<void>) => Promise<Answer>;

/** What browsers send that no SDK does. S3 alone has it. */
export interface BrowserCalls {
  /** @throws {Refusal} when no rule of the bucket allows it */
  preflight(head: RequestHead, bucket: string | undefined): Promise<Answer>;
  /** The answer with the headers that a page of another origin needs to read it. */
  opened(call: Pick<Call, "method" | "headers" | "bucket">, answer: Answer): Promise<Answer>;
  /** An upload by a form, which carries its signature in its fields. */
  readonly postObject: PostObject;
}

/**
 * One service. A permitted call takes this way:
 *
 *     around → calls[action] → behind → the emulator
 */
export interface Service {
  /** Signing name: `sqs`, `s3`, `monitoring`, … */
  readonly name: string;
  /** Answers a call itself, or changes what the emulator makes of it. */
  readonly calls?: Calls;
  /** Every call passes it first. */
  readonly around?: Interceptor;
  /** Every call that is passed on passes it last. */
  readonly behind?: Interceptor;
  readonly browser?: BrowserCalls;
  /** Told of every call as its answer goes out, refused ones as well. */
  readonly answered?: (call: Pick<Call, "method" | "bucket">, status: number) => void;
  /** Ends what it has under way. */
  readonly stop?: () => void;
}
