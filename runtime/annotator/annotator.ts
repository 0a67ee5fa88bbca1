/**
 * The annotator: works off `job_requests`. A message is deleted last, after the job has ended and `job_results` has been told.
 *
 *     message ─▶ claim ─┬─ taken: run the job ─▶ publish ─▶ delete
 *                       ├─ ended: publish if nobody has yet ─▶ delete
 *                       └─ another worker's lease lives: hidden until it ends; a duplicate that finds it alive for the fourth
 *                          time is deleted
 *
 * A message is no more than a hint: the notifier's sweep requests a job again that has not ended and seems to have none.
 */

import { type JobRequest, jobRequestSchema } from "../contract/messages.ts";
import { consume, type Handling, type MessageOutcome, messageOf } from "../jobs/consumer.ts";
import { type Check, createLoopHealth, type LoopHealth } from "../jobs/health.ts";
import { untraced } from "../jobs/tracing.ts";
import { endTermination, holdTermination } from "./farewell.ts";
import type { AnnotatorOptions } from "./options.ts";
import { createProtection } from "./protection.ts";
import { handleRequest } from "./requests.ts";

export interface Annotator {
  /** Works until `signal` aborts and every job in work has ended or was given back. */
  run(signal: AbortSignal): Promise<void>;
  /** There is little time left: jobs that have not ended after `seconds` are given back unfinished. */
  giveBackAfter(seconds: number): void;
  /** Deals with one message. */
  handle(message: JobRequest, handling: Pick<Handling, "log" | "delivery">): Promise<MessageOutcome>;
  readonly checks: Readonly<Record<string, Check>>;
}

export function createAnnotator(options: AnnotatorOptions): Annotator {
  const { clock, log, instance, leaseSeconds } = options;
  const loop = createLoopHealth(clock, Math.max(180, leaseSeconds));
  const protection = createProtection({ instance, clock, log, idleSeconds: options.idleSeconds ?? 30 });
  const hurry = new AbortController();
  const over = new AbortController();
  const running = new Set<string>();
  let draining = false;
  // A dead worker's message comes back after two thirds of its time at the earliest: then the claim is over, and no receipt
  // (of the few before the dead letters) is spent on finding that it is not.
  const work = { running, protection, hurry: hurry.signal, claimSeconds: Math.max(1, Math.floor(leaseSeconds / 2)) };
  const handle: Annotator["handle"] = (message, handling) => handleRequest(options, work, message, handling);

  return {
    handle,
    giveBackAfter(seconds) {
      void clock.sleep(seconds * 1000, over.signal).then(() => {
        if (!over.signal.aborted) hurry.abort();
      });
    },
    checks: {
      queue: loop.check,
      jobs: () => (draining ? { degraded: `draining, ${running.size} jobs in work` } : undefined),
    },
    async run(signal) {
      let holding = Promise.resolve();
      const onDrain = () => {
        draining = true;
        holding = holdTermination(options, over.signal);
      };
      if (signal.aborted) onDrain();
      else signal.addEventListener("abort", onDrain, { once: true });
      const protecting = protection.run(over.signal);
      try {
        await consumeRequests(options, handle, loop, signal);
      } finally {
        over.abort();
        await Promise.all([protecting, holding]);
      }
      await endTermination(options);
    },
  };
}

function consumeRequests(
  { queue, clock, log, concurrency, leaseSeconds, breaker, tracer = untraced }: AnnotatorOptions,
  handle: Annotator["handle"],
  health: LoopHealth,
  signal: AbortSignal,
): Promise<void> {
  return consume({
    queue,
    handle,
    parse: messageOf(jobRequestSchema),
    clock,
    log,
    signal,
    concurrency,
    visibilitySeconds: leaseSeconds,
    health,
    breaker,
    traces: { tracer, name: "job_requests" },
  });
}
