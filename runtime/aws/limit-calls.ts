/**
 * A queue in front of an SDK client's connections.
 *
 * Node's agent queues what finds no socket, but the SDK's connection timeout runs meanwhile: a burst that only has to wait
 * fails as if AWS were away. Here calls wait for their turn before they are begun, for a bounded time.
 */
import type { Readable } from "node:stream";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { OverloadedError } from "../jobs/errors.ts";

/** Counts what is at work; whoever finds it full waits in line. */
function createSlots(max: number, waitMilliseconds: number): { take(): Promise<() => void> } {
  const waiting: { start: () => void }[] = [];
  let taken = 0;

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next.start();
  }
  function once(): () => void {
    let given = false;
    return () => {
      if (!given) release();
      given = true;
    };
  }

  return {
    take() {
      if (taken < max) {
        taken += 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const one = {
          start() {
            clearTimeout(timer);
            resolve(once());
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(one), 1);
          reject(
            new OverloadedError(
              `${max} calls are at work and ${waiting.length} wait; none ended in ${waitMilliseconds} ms`,
            ),
          );
        }, waitMilliseconds);
        timer.unref();
        waiting.push(one);
      });
    },
  };
}

/** The part of an SDK client that calls pass through: in all of them the same, but for the types of what passes. */
interface Client {
  readonly middlewareStack: { clone(): unknown };
}
type Stack = SSMClient["middlewareStack"];

/**
 * Lets `max` calls of the client be at work at a time. Each repetition of a call waits for its own turn.
 *
 * @param waitMilliseconds how long for; then the call fails with {@link OverloadedError}.
 */
export function limitCalls<C extends Client>(client: C, max: number, waitMilliseconds: number): C {
  const slots = createSlots(max, waitMilliseconds);
  (client.middlewareStack as Stack).add(
    (next) => async (args) => {
      const release = await slots.take();
      try {
        const result = await next(args);
        // The connection is free again when the body has been read, or given up.
        const { body } = result.response as { body?: Partial<Readable> };
        if (typeof body?.once !== "function" || body.closed === true) release();
        else body.once("close", release).once("end", release).once("error", release);
        return result;
      } catch (error) {
        release();
        throw error;
      }
    },
    // Next to the connection: within the repetitions, before the answer is read.
    { step: "deserialize", priority: "low" },
  );
  return client;
}
