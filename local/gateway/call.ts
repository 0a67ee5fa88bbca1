import type { Readable } from "node:stream";

/** How a service speaks; decides where the action stands in a request and what an error looks like. */
export type Protocol = "query" | "ec2" | "json" | "cbor" | "rest-json" | "rest-xml" | "s3";

/** A request as it came in, before anything is known of it. */
export interface RequestHead {
  readonly method: string;
  /** Raw path, still percent-encoded. */
  readonly path: string;
  /** Raw query string without the question mark. */
  readonly search: string;
  readonly query: URLSearchParams;
  /** Lower-case names; repeated headers are joined as HTTP joins them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Address that the request came from. */
  readonly remoteAddress: string;
}

/** What a request asks for. */
export interface Operation {
  readonly protocol: Protocol;
  /** Signing name: `sqs`, `s3`, `monitoring`, … */
  readonly service: string;
  readonly action: string;
  readonly bucket?: string;
  /** Object key, decoded. */
  readonly key?: string;
  /** Glacier vault. */
  readonly vault?: string;
}

/** An operation with everything the gateway's parts need. */
export interface Call extends RequestHead, Operation {
  readonly requestId: string;
  /** A stream for uploads, else read whole. */
  readonly body: Buffer | Readable;
  /** Parameters of query, JSON and REST-JSON requests; empty for all others. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: string;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  /** Tells a caller whose answer takes long that it is being worked on, so that it does not take silence for an end. */
  readonly stillHere: () => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
}

/** Sends a request on to the emulator as it stands. */
export type Forward = (
  request: Pick<RequestHead, "method" | "path" | "search" | "headers"> & {
    readonly body: Buffer | Readable;
    readonly signal?: AbortSignal;
  },
) => Promise<Answer>;

/** Answers a call itself or changes what `next` makes of it. */
export type Interceptor = (call: Call, next: (call: Call) => Promise<Answer>) => Promise<Answer>;

/** Does nothing about a call. */
export const pass: Interceptor = (call, next) => next(call);

/** What a value of a parsed request is, as text; empty when it is absent. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export async function readAll(body: Buffer | Readable): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same answer with its body read whole. */
export async function whole(answer: Answer): Promise<Answer & { readonly body: Buffer }> {
  return { ...answer, body: await readAll(answer.body) };
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(value)) };
}

export function emptyAnswer(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) };
}
