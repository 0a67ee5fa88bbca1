/**
 * Waits out the outages of a service's dependencies.
 *
 *     closed ──a watched call is UnavailableError──▶ open ──the probe gets an answer──▶ closed
 *                                                    │  ▲
 *                                                    └──┘ probe fails: asked again, ever more slowly
 *
 * While it is open, a consumer receives nothing (a receipt is one of few before the dead letters) and holds what it has
 * received, hidden, until the dependency answers; then the work is done again from its start.
 */
import { UnavailableError } from "./errors.ts";
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
  /** The dependencies that do not answer, in words; undefined when all do, as far as is known. */
  down(): string | undefined;
  /** Aborts when all answer again. */
  up(): AbortSignal;
}

const probeMilliseconds = { first: 1_000, most: 30_000 };
const signMilliseconds = 60_000;
const againMilliseconds = { first: 2_000, most: 300_000 };

export const doubling = ({ first, most }: { first: number; most: number }, times: number): number =>
  Math.min(most, first * 2 ** Math.min(times, 30));

export function createBreaker({ clock, log }: { clock: Clock; log: Log }): Breaker {
  /** Dependency → since when it does not answer. */
  const open = new Map<string, number>();
  let up = new AbortController();
  /** Dependency → outages since it last did its work. */
  const inARow = new Map<string, number>();

  async function probing(dependency: string, since: number, probe: (() => Promise<unknown>) | undefined) {
    for (let times = inARow.get(dependency) ?? 0; ; times += 1) {
      await clock.sleep(doubling(probeMilliseconds, times));
      try {
        await probe?.();
        break;
      } catch (err) {
        if (!(err instanceof UnavailableError)) break; // it answers, whatever it says
      }
    }
    inARow.set(dependency, (inARow.get(dependency) ?? 0) + 1);
    open.delete(dependency);
    if (open.size === 0) up.abort();
    log.info({ dependency, seconds: Math.round((clock.now() - since) / 1000) }, "dependency answers again");
  }

  function failed(dependency: string, err: unknown, probe: (() => Promise<unknown>) | undefined): void {
    if (!(err instanceof UnavailableError) || open.has(dependency)) return;
    const since = clock.now();
    if (open.size === 0) up = new AbortController();
    open.set(dependency, since);
    log.warn({ err, dependency }, "dependency does not answer: nothing is received until it does");
    void probing(dependency, since, probe);
  }

  return {
    watch(dependency, port, probe) {
      const ask = probe && (() => probe(port));
      return new Proxy(port, {
        get(target, property, receiver) {
          const member: unknown = Reflect.get(target, property, receiver);
          if (typeof member !== "function") return member;
          return (...args: unknown[]) => {
            const answer: unknown = member.apply(target, args);
            if (!(answer instanceof Promise)) return answer;
            return answer.then(
              (value: unknown) => {
                if (!open.has(dependency)) inARow.delete(dependency);
                return value;
              },
              (err: unknown) => {
                failed(dependency, err, ask);
                throw err;
              },
            );
          };
        },
      });
    },
    up: () => up.signal,
    down() {
      if (open.size === 0) return undefined;
      const since = new Date(Math.min(...open.values())).toISOString();
      return `${[...open.keys()].join(" and ")} not answering since ${since}`;
    },
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
