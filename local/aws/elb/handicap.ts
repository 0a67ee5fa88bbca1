/**
 * Holds answers back until an instance of the declared capacity would have given them.
 *
 *     request ─▶ the real process ─────────▶ its answer ──┐
 *        └─────▶ the virtual server ─▶ served ────────────┴─▶ both: the client is answered
 *
 * So an answer is never earlier than the process's own, and time that the process takes counts only where it is the longer.
 */
import { generator } from "../../../scaling/random.ts";
import { sampler } from "../../../scaling/simulate/distribution.ts";
import type { WebCapacity } from "../../capacity/capacity.ts";
import { createVirtualServer, inSeries, type VirtualServer } from "../../capacity/virtual-server.ts";
import type { LocalClock, Target } from "../../types.ts";
import type { WaitingAnswer } from "./upstream.ts";

/** The declared capacity of the instance behind a target; `undefined`: none was declared. */
export type CapacityOf = (instanceId: string) => WebCapacity | undefined;

/** The streams of chance for service times, as a simulation numbers them. */
const streams = { service: 2, shared: 3 } as const;

/** Answers the virtual server of a target, which lives as long as the target does. */
export function createVirtualServers(clock: LocalClock, capacityOf: CapacityOf) {
  const samplers = new WeakMap<WebCapacity, () => number>();
  const servers = new WeakMap<Target, VirtualServer | undefined>();
  const behind = new WeakMap<WebCapacity, VirtualServer>();

  function samplerOf(capacity: WebCapacity): () => number {
    const { distribution, concurrency, rate, seed } = capacity;
    const known = samplers.get(capacity) ?? sampler(distribution, concurrency / rate, generator(seed, streams.service));
    samplers.set(capacity, known);
    return known;
  }

  function serverFor(target: Target): VirtualServer | undefined {
    const capacity = capacityOf(target.instanceId);
    if (capacity === undefined) return undefined;
    const { concurrency, queueLimit } = capacity;
    const own = createVirtualServer({ clock, concurrency, queueLimit, serviceSeconds: samplerOf(capacity) });
    const shared = behindAll(capacity);
    return shared === undefined ? own : inSeries(own, shared);
  }

  /** What all instances of the capacity share. */
  function behindAll(capacity: WebCapacity): VirtualServer | undefined {
    const { shared, seed } = capacity;
    const known = behind.get(capacity);
    if (shared === undefined || known !== undefined) return known;
    const serviceSeconds = sampler({ kind: "exponential" }, 1 / shared.rate, generator(seed, streams.shared));
    const made = createVirtualServer({ clock, concurrency: 1, queueLimit: Number.POSITIVE_INFINITY, serviceSeconds });
    behind.set(capacity, made);
    return made;
  }

  return function serverOf(target: Target): VirtualServer | undefined {
    if (!servers.has(target)) servers.set(target, serverFor(target));
    return servers.get(target);
  };
}

/** Joins an answer and its time: calls back once both are there. */
export function createHold(release: (answer: WaitingAnswer) => void) {
  let answer: WaitingAnswer | undefined;
  let served = false;
  const settle = () => {
    if (served && answer !== undefined) release(answer);
  };
  return {
    arrived(given: WaitingAnswer): void {
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
