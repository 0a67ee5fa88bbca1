/**
 * Holds answers back until an instance of the declared capacity would have given them.
 *
 *     request ─▶ the real process ─────────▶ its answer ──┐
 *        └─────▶ the virtual server ─▶ served ────────────┴─▶ both: the client is answered
 *
 * So an answer is never earlier than the process's own, and time that the process takes counts only where it is the longer.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { generator } from "../../scaling/random.ts";
import { sampler } from "../../scaling/simulate/distribution.ts";
import type { WebCapacity } from "../capacity/capacity.ts";
import { createVirtualServer, type VirtualServer } from "../capacity/virtual-server.ts";
import type { LocalClock, Target } from "../types.ts";

/** The declared capacity of the instance behind a target; `undefined`: none was declared. */
export type CapacityOf = (instanceId: string) => WebCapacity | undefined;

/** The stream of chance for service times, as a simulation numbers it. */
const serviceStream = 2;

/** Answers the virtual server of a target, which lives as long as the target does. */
export function createVirtualServers(clock: LocalClock, capacityOf: CapacityOf) {
  const samplers = new WeakMap<WebCapacity, () => number>();
  const servers = new WeakMap<Target, VirtualServer | undefined>();

  function samplerOf(capacity: WebCapacity): () => number {
    const { distribution, concurrency, rate, seed } = capacity;
    const known = samplers.get(capacity) ?? sampler(distribution, concurrency / rate, generator(seed, serviceStream));
    samplers.set(capacity, known);
    return known;
  }

  function serverFor(target: Target): VirtualServer | undefined {
    const capacity = capacityOf(target.instanceId);
    if (capacity === undefined) return undefined;
    const { concurrency, queueLimit } = capacity;
    return createVirtualServer({ clock, concurrency, queueLimit, serviceSeconds: samplerOf(capacity) });
  }

  return function serverOf(target: Target): VirtualServer | undefined {
    if (!servers.has(target)) servers.set(target, serverFor(target));
    return servers.get(target);
  };
}

/** Joins an answer and its time: calls back once both are there. */
export function createHold(release: (answer: IncomingMessage) => void) {
  let answer: IncomingMessage | undefined;
  let served = false;
  const settle = () => {
    if (served && answer !== undefined) release(answer);
  };
  return {
    arrived(given: IncomingMessage): void {
      answer = given;
      settle();
    },
    served(): void {
      served = true;
      settle();
    },
    isServed: () => served,
  };
}
export type Hold = ReturnType<typeof createHold>;

/** Fields that belong to one connection; the balancer's connection to the client has its own. */
const ofConnection = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Passes a target's answer on to the client. */
export function sendOn(answer: IncomingMessage, response: ServerResponse): void {
  const headers = Object.entries(answer.headers).filter(([name]) => !ofConnection.has(name));
  for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = answer.statusCode ?? 502;
  response.statusMessage = answer.statusMessage ?? "";
  answer.pipe(response);
}
