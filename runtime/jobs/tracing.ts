/**
 * Follows one piece of work through all services: a port, which `runtime/telemetry` implements.
 *
 *     request ─▶ publish ─▶ message (`traceparent`) ─▶ process ─▶ annotate ─▶ publish ─▶ message ─▶ process ─▶ mail
 *        └─▶ item (`traceparent`): of whoever last put a topic into its outbox
 *
 * A message is handled as a child of what has sent it, however often it is received and however late. What goes on because of the item,
 * without a message, goes on in the item's trace. Attributes carry neither ids, names, addresses nor anything that a user has written: the
 * log has the ids, and with them the trace's.
 */
import type { Job } from "../contract/job.ts";
import type { JobStore } from "./ports.ts";
import type { Transition } from "./transition.ts";

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** One of few: with a route's pattern or a queue's name in it, never with what a user has sent. */
  readonly name: string;
  /** Omitted: `internal`. */
  readonly kind?: "server" | "client" | "producer" | "consumer" | "internal";
  readonly attributes?: Attributes;
  /** W3C `traceparent` from elsewhere; omitted, or malformed: the span that is being worked on here, else a trace begins. */
  readonly parent?: string | undefined;
  /** `traceparent` of what this has to do with and does not come from. */
  readonly links?: readonly (string | undefined)[];
}

export interface Span {
  /** W3C `traceparent`: by it another process goes on. `undefined`: nothing is traced. */
  readonly traceparent: string | undefined;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** It has failed. @param type class of the error, or an answer's status: never a message, which may name people and files. */
  fail(type: string): void;
}

export interface Tracer {
  /** `traceparent` of the span that is being worked on; `undefined`: none is. */
  current(): string | undefined;
  /** Does the work as a span, which fails when it throws. */
  span<Result>(start: SpanStart, work: (span: Span) => Promise<Result>): Promise<Result>;
  /** Does the work as part of no span: what is repeated while other work goes on would fill its trace. */
  outside<Result>(work: () => Result): Result;
}

const noSpan: Span = { traceparent: undefined, rename: () => {}, set: () => {}, fail: () => {} };

/** Traces nothing. */
export const untraced: Tracer = {
  current: () => undefined,
  span: (_start, work) => work(noSpan),
  outside: (work) => work(),
};

/** Of a log line: by it the trace of a job is found. */
export function traceFields(traceparent: string | undefined): { readonly trace_id?: string } {
  const [, traceId] = traceparent?.split("-") ?? [];
  return traceId === undefined ? {} : { trace_id: traceId };
}

/**
 * A store whose items remember the trace in which a topic came into their outbox, so that a sweep that publishes it goes on in that trace.
 */
export function rememberingTraces(jobs: JobStore, tracer: Tracer): JobStore {
  if (tracer === untraced) return jobs;
  const remembered = (): Pick<Job, "traceparent"> => {
    const traceparent = tracer.current();
    return traceparent === undefined ? {} : { traceparent };
  };
  return {
    ...jobs,
    create: (job) => jobs.create({ ...job, ...remembered() }),
    apply(jobId, transition) {
      const { set } = transition;
      const tells = set.outbox !== undefined || set.restore_request_id !== undefined;
      const traced: Transition = tells ? { ...transition, set: { ...set, ...remembered() } } : transition;
      return jobs.apply(jobId, traced);
    },
  };
}
