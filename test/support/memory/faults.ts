/** Faults of a port, decided by the test: errors before or after the effect, delays, and the death of the process. */
import { Readable } from "node:stream";
import { UnavailableError } from "../../../runtime/jobs/errors.ts";
import type { VirtualClock } from "./clock.ts";

export type Fault =
  /** The call fails; nothing happened. */
  | { readonly kind: "refuse" }
  /** The dependency does not answer; nothing happened. */
  | { readonly kind: "unavailable" }
  /** It happened, but the caller gets an error. */
  | { readonly kind: "lose-response" }
  /** The answer got lost on the way and the SDK has repeated the call: it happened twice, the caller sees the second. */
  | { readonly kind: "repeat" }
  /** The process dies before (or after) the effect: this call and every later one of this life never returns. */
  | { readonly kind: "crash"; readonly effect: "before" | "after" }
  | { readonly kind: "delay"; readonly milliseconds: number };

/** Asked once per call, with `port.method`. */
export type FaultSource = (call: string) => Fault | undefined;

export class InjectedFault extends Error {
  override name = "InjectedFault";
}

export interface PlannedFault {
  /** `port.method`. */
  readonly call: string;
  /** Which call of that name: 0 is the first. */
  readonly nth: number;
  /** Omitted: the call works. */
  readonly fault?: Fault | undefined;
  /** Happens just before the call. */
  readonly meanwhile?: (() => void) | undefined;
}

/** Faults at chosen calls; all others work. */
export function plannedFaults(plan: readonly PlannedFault[]): FaultSource {
  const counts = new Map<string, number>();
  return (call) => {
    const nth = counts.get(call) ?? 0;
    counts.set(call, nth + 1);
    const planned = plan.find((entry) => entry.call === call && entry.nth === nth);
    planned?.meanwhile?.();
    return planned?.fault;
  };
}

/** One run of a process, from start to death. */
export interface Life {
  readonly dead: boolean;
  readonly died: Promise<void>;
  kill(): void;
}

export function createLife(): Life {
  let die = () => {};
  const life = {
    dead: false,
    died: new Promise<void>((resolve) => {
      die = resolve;
    }),
    kill() {
      life.dead = true;
      die();
    },
  };
  return life;
}

const never = () => new Promise<never>(() => {});

/**
 * The same port, seen through the faults of its calls and the life of the calling process: every asynchronous method asks
 * `source`, and once the life has ended no call has an effect or returns.
 */
export function withFaults<Port extends object>(
  name: string,
  port: Port,
  source: FaultSource,
  options: { clock: VirtualClock; life?: Life },
): Port {
  const { clock, life } = options;
  return new Proxy(port, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        if (life?.dead) return never();
        const fault = source(`${name}.${String(property)}`);
        if (fault?.kind === "delay") await clock.sleep(fault.milliseconds);
        if (fault?.kind === "crash" && fault.effect === "before") life?.kill();
        if (life?.dead) return never();
        if (fault?.kind === "unavailable") throw new UnavailableError(`${name}.${String(property)}: no answer`);
        if (fault?.kind === "refuse") throw new InjectedFault(`${name}.${String(property)} refused`);
        // What is sent as a stream cannot be sent again: the SDK repeats only what it holds.
        const repeatable = !args.some((argument) => argument instanceof Readable);
        if (fault?.kind === "repeat" && repeatable) await member.apply(target, args);
        const result: unknown = await member.apply(target, args);
        if (fault?.kind === "crash") life?.kill();
        if (life?.dead) return never();
        if (fault?.kind === "lose-response") throw new InjectedFault(`${name}.${String(property)}: response lost`);
        return result;
      };
    },
  });
}

/** A clock on which a dead process never wakes. */
export function mortalClock(clock: VirtualClock, life: Life): VirtualClock {
  return {
    ...clock,
    async sleep(milliseconds, signal) {
      await clock.sleep(milliseconds, signal);
      if (life.dead) return never();
    },
  };
}
