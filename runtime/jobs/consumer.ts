/**
 * The one loop by which every service works off a queue.
 *
 *     receive ─▶ parse ─▶ handle ─▶ done              delete, as the very last step
 *                  │         ├────▶ retryAfterSeconds  hidden for exactly so long
 *                  │         ├────▶ UnavailableError   held, hidden, until the dependency answers; then handled again
 *                  │         └────▶ throw              hidden for a while that grows with every receipt, then dead letters
 *                  └─ does not parse: logged and left; it reaches the dead-letter queue by itself
 *
 * From receipt until it is settled, a message's invisibility is renewed at a third of its time. While a dependency is known to
 * be down nothing is received: an outage costs no message a receipt.
 */
import type * as z from "zod";
import { type Breaker, closed, doubling, outlasting } from "./breaker.ts";
import type { LoopHealth } from "./health.ts";
import type { Clock, Delivery, Log, Queue } from "./ports.ts";
import { keepRenewing, type Renewal } from "./renewal.ts";
import { type Span, type SpanStart, type Tracer, traceFields, untraced } from "./tracing.ts";

/** What becomes of a handled message. */
export type MessageOutcome = { readonly done: true } | { readonly retryAfterSeconds: number };

export interface Handling {
  readonly delivery: Delivery;
  /** Bound to the message and, where it names one, to its job and user. */
  readonly log: Log;
  /** Aborted when the service drains: long work may give itself back. */
  readonly signal: AbortSignal;
}

export interface ConsumeOptions<Message> {
  readonly queue: Queue;
  readonly handle: (message: Message, handling: Handling) => Promise<MessageOutcome>;
  /** Body → message; throws when it is none. Omitted: `JSON.parse`. */
  readonly parse?: (body: string) => Message;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted: nothing more is received, what is in flight is finished. */
  readonly signal: AbortSignal;
  /** Messages worked on at a time, at least 1. */
  readonly concurrency: number;
  /** Seconds a received message stays hidden unless renewed: 3 to 43,200. */
  readonly visibilitySeconds: number;
  /** Long poll, 0 to 20 s. Omitted: 20. */
  readonly waitSeconds?: number;
  /**
   * A message that has to wait for the second time is sent afresh and the old one deleted, so that long waiting counts
   * neither towards the dead-letter queue nor ends with the queue's retention. Needs `sqs:SendMessage` on the queue.
   * Omitted: the message itself waits on.
   */
  readonly freshWaits?: boolean;
  readonly health?: LoopHealth;
  /** Knows whether what the handler needs is there. Omitted: outages are failures like others. */
  readonly breaker?: Breaker;
  /** Each receipt is a span, a child of what has sent the message. `name`: the queue's, in the traces. Omitted: nothing is traced. */
  readonly traces?: { readonly tracer: Tracer; readonly name: string };
}

/** SQS counts 12 h from receipt; a few seconds are left for the way there. */
const hiddenSecondsMax = 43_200 - 5;
const failureSeconds = { first: 10, most: 900 };
const receiveFailureMilliseconds = { first: 1_000, most: 30_000 };

/** Times a message is held in one receipt, for five minutes or more each after the first few: then it takes its turn with failures. */
const holdsMax = 60;

/** A `parse` for messages of one schema. The error names what is wrong with the body. */
export function messageOf<Schema extends z.ZodType>(schema: Schema): (body: string) => z.output<Schema> {
  return (body) => schema.parse(JSON.parse(body));
}

function identities(message: unknown): object {
  if (typeof message !== "object" || message === null) return {};
  const named = Object.entries(message).filter(([name]) => name === "job_id" || name === "user_id");
  return Object.fromEntries(named);
}

/** What one message needs, whatever its kind. */
type Upkeep = Omit<ConsumeOptions<never>, "handle" | "parse">;

/** A message, and when it was received: epoch milliseconds. */
interface Receipt {
  readonly delivery: Delivery;
  readonly receivedAt: number;
}

/** Seconds for which SQS still hides the message; its 12 h cannot be moved. */
const hideableSeconds = (clock: Clock, { receivedAt }: Receipt): number =>
  hiddenSecondsMax - Math.ceil((clock.now() - receivedAt) / 1000);

/** Renews the invisibility for as long as SQS lets it be hidden. */
function keepHidden(options: Upkeep, receipt: Receipt, log: Log, onShown: () => void): Renewal {
  const { queue, clock, visibilitySeconds, breaker, health } = options;
  return keepRenewing({
    clock,
    everySeconds: visibilitySeconds / 3,
    async renew() {
      if (breaker?.down() === undefined) health?.beat();
      const left = hideableSeconds(clock, receipt);
      if (left <= 0) {
        log.warn({}, "message in work for 12 h: it becomes visible to others");
        onShown();
        return false;
      }
      await queue.hide(receipt.delivery, Math.min(visibilitySeconds, left));
      return true;
    },
    onFailure: (err) => log.warn({ err }, "could not renew the message's invisibility"),
  });
}

/** Does the work, and again after each outage that it meets, for as long as SQS lets its message be hidden. */
async function throughOutages(
  { breaker, clock, health }: Upkeep,
  work: () => Promise<MessageOutcome>,
  log: Log,
  hideable: AbortSignal,
): Promise<MessageOutcome> {
  if (breaker === undefined) return work();
  return outlasting(work, {
    breaker,
    clock,
    signal: hideable,
    onOutage: (err, round) => log.warn({ err, round }, "a dependency does not answer: message held"),
    waiting: (down) => health?.beat(down),
    roundsMax: holdsMax,
  });
}

async function settle({ queue, clock, freshWaits }: Upkeep, receipt: Receipt, decision: MessageOutcome): Promise<void> {
  const { delivery } = receipt;
  if ("done" in decision) return queue.delete(delivery);
  if (freshWaits && delivery.receiveCount > 1) {
    await queue.send(JSON.parse(delivery.body) as object, delivery.traceparent);
    return queue.delete(delivery);
  }
  const left = hideableSeconds(clock, receipt);
  return queue.hide(delivery, Math.max(0, Math.min(Math.ceil(decision.retryAfterSeconds), left)));
}

async function giveBack(queue: Queue, delivery: Delivery, seconds: number, log: Log): Promise<void> {
  try {
    await queue.hide(delivery, seconds);
  } catch (err) {
    log.debug({ err }, "message comes back when its invisibility ends");
  }
}

/** A receipt as a span, by OpenTelemetry's conventions for messaging. */
const processing = (name: string, { receiveCount, traceparent }: Delivery): SpanStart => ({
  name: `process ${name}`,
  kind: "consumer",
  parent: traceparent,
  attributes: {
    "messaging.system": "aws_sqs",
    "messaging.destination.name": name,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "annofarm.receive_count": receiveCount,
  },
});

/** From a delivery to its end. Rejects never. */
function work<Message>(options: ConsumeOptions<Message>, receipt: Receipt): Promise<void> {
  const { tracer, name } = options.traces ?? { tracer: untraced, name: "" };
  return tracer.span(processing(name, receipt.delivery), (span) => workOff(options, receipt, span, tracer));
}

async function workOff<Message>(
  options: ConsumeOptions<Message>,
  receipt: Receipt,
  span: Span,
  tracer: Tracer,
): Promise<void> {
  const { queue, signal } = options;
  const { delivery } = receipt;
  const deliveryLog = options.log.child({
    message_id: delivery.messageId,
    receive_count: delivery.receiveCount,
    ...traceFields(span.traceparent),
  });
  if (signal.aborted) return giveBack(queue, delivery, 0, deliveryLog);
  let message: Message;
  try {
    message = options.parse === undefined ? (JSON.parse(delivery.body) as Message) : options.parse(delivery.body);
  } catch (err) {
    const found = { err, body_bytes: delivery.body.length };
    span.fail("not a message");
    return deliveryLog.error(found, "not a message of this queue: left to the dead letters");
  }
  const log = deliveryLog.child(identities(message));
  // Holding ends with a drain, or when SQS shows the message to others anyway.
  const shown = new AbortController();
  const show = () => shown.abort();
  signal.addEventListener("abort", show, { once: true });
  const hiding = tracer.outside(() => keepHidden(options, receipt, log, show));
  try {
    const handle = () => options.handle(message, { delivery, log, signal });
    // A renewal still on its way must not overtake the decision.
    const decision = await throughOutages(options, handle, log, shown.signal).finally(hiding.stop);
    span.set({ "annofarm.outcome": "done" in decision ? "done" : "waits" });
    await settle(options, receipt, decision);
  } catch (err) {
    const seconds = signal.aborted ? 0 : doubling(failureSeconds, delivery.receiveCount - 1);
    log.error({ err, retry_after_seconds: seconds }, "message failed");
    span.fail(err instanceof Error ? err.name : "unknown");
    await giveBack(queue, delivery, seconds, log);
  } finally {
    signal.removeEventListener("abort", show);
  }
}

/** Resolves when `signal` has aborted and everything in flight is settled. Rejects never. */
export async function consume<Message>(options: ConsumeOptions<Message>): Promise<void> {
  const { queue, clock, signal, concurrency, visibilitySeconds, waitSeconds = 20, health } = options;
  const inFlight = new Set<Promise<void>>();
  let failures = 0;
  while (!signal.aborted) {
    if (options.breaker !== undefined) {
      await closed(options.breaker, { clock, signal, waiting: (down) => health?.beat(down) });
      if (signal.aborted) break;
    }
    health?.beat();
    const free = concurrency - inFlight.size;
    if (free <= 0) {
      await Promise.race(inFlight);
      continue;
    }
    try {
      const deliveries = await queue.receive({ max: Math.min(10, free), waitSeconds, visibilitySeconds, signal });
      failures = 0;
      const receivedAt = clock.now();
      for (const delivery of deliveries) {
        const working: Promise<void> = work(options, { delivery, receivedAt }).finally(() => inFlight.delete(working));
        inFlight.add(working);
      }
    } catch (err) {
      if (signal.aborted) break;
      const pause = doubling(receiveFailureMilliseconds, failures);
      failures += 1;
      options.log.warn({ err, failures, pause_milliseconds: pause }, "could not receive");
      health?.beat(`the queue could not be read ${failures} times in a row`);
      await clock.sleep(pause, signal);
    }
  }
  await Promise.all(inFlight);
}
