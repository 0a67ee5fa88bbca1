/**
 * Waits out the outages of a service's dependencies.
 *
 *     closed ──a watched call is UnavailableError──▶ open ──the probe gets an answer──▶ closed
 *                                                    │  ▲
 *                                                    └──┘ probe fails: asked again, ever more slowly
 *
 * While it is open, a consumer receives nothing (a receipt is one of few before the dead letters) and holds what it has
 * received, hidden, until the dependency answers; then the work is done again from its start.
 *
 * A refusal (`DeniedError`) opens it too, for a pause, since the next message would be refused alike. It is a mistake of the
 * configuration, so the log has it as an error and the health names it until the same call is let in.
 */
import { DeniedError, UnavailableError } from "./errors.ts";
import type { Check } from "./health.ts";
import type { Clock, Log } from "./ports.ts";

export interface Breaker {
  /**
   * The same port; an outage that one of its calls meets opens the breaker.
   *
   * @param dependency for people: "the annotations table".
   * @param probe a cheap call that gets an answer only when the dependency does its work. Omitted: the dependency is taken to
   *   be back after a pause, and the work that is tried again is the probe.
   */
  watch<Port extends object>(dependency: string, port: Port, probe?: (port: Port) => Promise<unknown>): Port;
  /** Degraded while a call is refused to this service: for its health. */
  readonly permissions: Check;
  /** The dependencies that do not answer, or refuse, in words; undefined when all do their work, as far as is known. */
  down(): string | undefined;
  /** Aborts when all answer again. */
  up(): AbortSignal;
}

const probeMilliseconds = { first: 1_000, most: 30_000 };
const signMilliseconds = 60_000;
const againMilliseconds = { first: 2_000, most: 300_000 };

export const doubling = ({ first, most }: { first: number; most: number }, times: number): number =>
  Math.min(most, first * 2 ** Math.min(times, 30));

/** The same port; told of how each of its asynchronous calls ends. */
function overheard<Port extends object>(
  port: Port,
  { answered, failed }: { answered: (call: string) => void; failed: (call: string, err: unknown) => void },
): Port {
  return new Proxy(port, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const answer: unknown = member.apply(target, args);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (value: unknown) => {
            answered(String(property));
            return value;
          },
          (err: unknown) => {
            failed(String(property), err);
            throw err;
          },
        );
      };
    },
  });
}

export function createBreaker({ clock, log }: { clock: Clock; log: Log }): Breaker {
  /** Dependency → since when it does not do its work. */
  const open = new Map<string, { readonly since: number; readonly denied: boolean }>();
  /** Dependency and call → what it was refused with, until it is let in. */
  const refused = new Map<string, string>();
  let up = new AbortController();
  /** Dependency → outages since it last did its work. */
  const inARow = new Map<string, number>();

  async function probing(dependency: string, probe: (() => Promise<unknown>) | undefined) {
    const { since = clock.now(), denied = false } = open.get(dependency) ?? {};
    for (let times = inARow.get(dependency) ?? 0; ; times += 1) {
      await clock.sleep(doubling(probeMilliseconds, times));
      try {
        await probe?.();
        break;
      } catch (err) {
        if (!(err instanceof UnavailableError)) break; // it answers, whatever it says
        if (err instanceof DeniedError) break; // an answer, too
      }
    }
    inARow.set(dependency, (inARow.get(dependency) ?? 0) + 1);
    open.delete(dependency);
    if (open.size === 0) up.abort();
    const seconds = Math.round((clock.now() - since) / 1000);
    if (!denied) log.info({ dependency, seconds }, "dependency answers again");
  }

  function failed(dependency: string, call: string, err: unknown, probe: (() => Promise<unknown>) | undefined): void {
    if (!(err instanceof UnavailableError)) return;
    const denied = err instanceof DeniedError;
    if (denied) refused.set(`${dependency}.${call}`, `${dependency}: ${call} is refused (${err.message})`);
    if (open.has(dependency)) return;
    if (open.size === 0) up = new AbortController();
    open.set(dependency, { since: clock.now(), denied });
    if (denied) {
      const words = "a permission, a policy or a key is missing: work waits, nothing is lost; grant it to go on";
      log.error({ err, dependency, call }, words);
    } else log.warn({ err, dependency }, "dependency does not answer: nothing is received until it does");
    // Another call says nothing of whether this one is permitted: the work that is tried again is the probe.
    void probing(dependency, denied ? undefined : probe);
  }

  return {
    watch(dependency, port, probe) {
      const ask = probe && (() => probe(port));
      return overheard(port, {
        answered(call) {
          if (!open.has(dependency)) inARow.delete(dependency);
          refused.delete(`${dependency}.${call}`);
        },
        failed: (call, err) => failed(dependency, call, err, ask),
      });
    },
    up: () => up.signal,
    down() {
      if (open.size === 0) return undefined;
      const since = new Date(Math.min(...[...open.values()].map((each) => each.since))).toISOString();
      const state = [...open.values()].every(({ denied }) => denied) ? "refusing this service" : "not answering";
      return `${[...open.keys()].join(" and ")} ${state} since ${since}`;
    },
    permissions: () => (refused.size === 0 ? undefined : { degraded: [...refused.values()].join("; ") }),
  };
}

/** Resolves when the breaker is closed or `signal` has aborted. `waiting` is called every minute until then. */
export async function closed(
  breaker: Breaker,
  { clock, signal, waiting }: { clock: Clock; signal: AbortSignal; waiting?: (down: string) => void },
): Promise<void> {
  for (let down = breaker.down(); down !== undefined && !signal.aborted; down = breaker.down()) {
    waiting?.(down);
    await clock.sleep(signMilliseconds, AbortSignal.any([signal, breaker.up()]));
  }
}

export interface Outlasting {
  readonly breaker: Breaker;
  readonly clock: Clock;
  /** Aborted: the outage is not waited out, its error is thrown. */
  readonly signal: AbortSignal;
  /** Called before each wait. */
  readonly onOutage: (err: UnavailableError, round: number) => void;
  /** Called every minute while it waits. */
  readonly waiting?: (down: string) => void;
  /** Rounds after which the error is thrown, whatever the probes say. Omitted: none. */
  readonly roundsMax?: number;
}

/**
 * Does `work`, and again from its start after each outage that it meets.
 *
 * @throws what `work` throws; an `UnavailableError` only when `signal` has aborted or `roundsMax` is reached.
 */
export async function outlasting<Value>(work: () => Promise<Value>, options: Outlasting): Promise<Value> {
  const { breaker, clock, signal, roundsMax = Number.POSITIVE_INFINITY } = options;
  for (let round = 0; ; round += 1) {
    try {
      return await work();
    } catch (err) {
      if (!(err instanceof UnavailableError) || signal.aborted || round >= roundsMax) throw err;
      options.onOutage(err, round);
      // Where the probe works and the work does not, it is not done again and again at full speed.
      await clock.sleep(doubling(againMilliseconds, round), signal);
      await closed(breaker, options);
      if (signal.aborted) throw err;
    }
  }
}
