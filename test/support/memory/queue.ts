import type { Delivery, Queue, Topic } from "../../../runtime/jobs/ports.ts";
import type { VirtualClock } from "./clock.ts";

const visibilityMax = 43_200;

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAt: number;
  receives: number;
  receivedAt: number;
  handle: string | undefined;
}

/** SQS as a test needs it: visibility, receipt handles that go stale, dead letters, duplicates on request. */
export interface MemoryQueue extends Queue {
  /** Everything not yet deleted, parsed where it is JSON. */
  contents(): unknown[];
  /** Seconds until each message may be received (0: now). */
  waits(): number[];
  /** Puts a body as it is, JSON or not. */
  sendRaw(body: string): void;
  /** At least once: the next message received is delivered a second time while the first delivery still works. */
  duplicateNext(): void;
  readonly deadLetters: readonly string[];
  /** How often `receive` was called. */
  receives(): number;
}

/**
 * @param options.maxReceiveCount omitted: no dead-letter queue.
 * @param options.pollSeconds how long an empty receive waits, whatever was asked; omitted: as asked. Days of virtual time
 *   pass faster when idle consumers do not wake every 20 s.
 */
export function createMemoryQueue(
  clock: VirtualClock,
  { maxReceiveCount = Number.POSITIVE_INFINITY, pollSeconds }: { maxReceiveCount?: number; pollSeconds?: number } = {},
): MemoryQueue {
  let count = 0;
  let receiveCalls = 0;
  let duplicate = false;
  let messages: Message[] = [];
  const deadLetters: string[] = [];
  const arrivals = new Set<() => void>();
  const wake = () => {
    for (const arrived of arrivals) arrived();
  };

  const put = (body: string) => {
    count += 1;
    messages.push({ id: `m${count}`, body, visibleAt: 0, receives: 0, receivedAt: 0, handle: undefined });
    wake();
  };

  const take = (max: number, visibilitySeconds: number): Delivery[] => {
    const taken: Delivery[] = [];
    for (const message of [...messages]) {
      if (taken.length >= max) break;
      if (message.visibleAt > clock.now()) continue;
      if (message.receives >= maxReceiveCount) {
        deadLetters.push(message.body);
        messages = messages.filter((other) => other !== message);
        continue;
      }
      message.receives += 1;
      message.receivedAt = clock.now();
      message.handle = `${message.id}#${message.receives}`;
      message.visibleAt = clock.now() + visibilitySeconds * 1000;
      taken.push({
        messageId: message.id,
        receiptHandle: message.handle,
        body: message.body,
        receiveCount: message.receives,
      });
      if (duplicate) {
        duplicate = false;
        put(message.body);
      }
    }
    return taken;
  };

  return {
    deadLetters,
    receives: () => receiveCalls,
    sendRaw: put,
    duplicateNext: () => {
      duplicate = true;
    },
    contents: () =>
      messages.map(({ body }) => {
        try {
          return JSON.parse(body) as unknown;
        } catch {
          return body;
        }
      }),
    waits: () => messages.map((message) => Math.max(0, message.visibleAt - clock.now()) / 1000),
    async receive({ max, waitSeconds, visibilitySeconds, signal }) {
      receiveCalls += 1;
      if (max < 1 || max > 10) throw new Error(`max is ${max}; SQS gives 1 to 10 messages`);
      if (waitSeconds > 20) throw new Error(`waitSeconds is ${waitSeconds}; SQS waits 20 s at most`);
      const end = clock.now() + (pollSeconds ?? waitSeconds) * 1000;
      for (;;) {
        if (signal?.aborted) return [];
        const taken = take(max, visibilitySeconds);
        if (taken.length > 0 || clock.now() >= end) return taken;
        const next = Math.min(end, ...messages.map((message) => message.visibleAt));
        const arrival = new AbortController();
        const arrived = () => arrival.abort();
        arrivals.add(arrived);
        signal?.addEventListener("abort", arrived, { once: true });
        await clock.sleep(next - clock.now(), arrival.signal);
        signal?.removeEventListener("abort", arrived);
        arrivals.delete(arrived);
      }
    },
    // With an old receipt handle this succeeds without deleting, as in SQS.
    async delete(delivery) {
      messages = messages.filter((message) => message.handle !== delivery.receiptHandle);
    },
    async hide(delivery, seconds) {
      const message = messages.find((candidate) => candidate.handle === delivery.receiptHandle);
      if (message === undefined) throw new Error(`${delivery.receiptHandle} is not the latest receipt of a message`);
      const total = (clock.now() - message.receivedAt) / 1000 + seconds;
      if (seconds < 0 || total > visibilityMax) {
        throw new Error(`total visibility of ${total} s is beyond the limit of ${visibilityMax} s`);
      }
      message.visibleAt = clock.now() + seconds * 1000;
      wake();
    },
    async send(message) {
      put(JSON.stringify(message));
    },
  };
}

export interface MemoryTopic extends Topic {
  readonly published: readonly object[];
}

/** Fans out to its queues, in order. */
export function createMemoryTopic(...queues: Queue[]): MemoryTopic {
  const published: object[] = [];
  return {
    published,
    async publish(message) {
      published.push(structuredClone(message));
      for (const queue of queues) await queue.send(message);
    },
  };
}
