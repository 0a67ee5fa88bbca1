/**
 * An emulator that ends by itself is started again; the program is declared in it anew, and what was saved last put back.
 * Meanwhile calls wait at the gateway and nothing is saved. The instances of before are replaced, since EC2's are others now.
 *
 *   runs ──ended──▶ closed: gateway, groups, saving ──▶ empty emulator ──▶ declared ──▶ put back ──▶ runs
 *                                                           ▲    │ ended again, or something fails
 *                                                           └────┘ three times in a row: the run cannot go on
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Plan } from "../../plan/types.ts";
import type { Revival } from "../types.ts";
import type { RunContext } from "./context.ts";
import type { RunningFarm } from "./farm.ts";
import type { InitialData } from "./initial-data.ts";
import type { BackingServices } from "./services.ts";

export interface Reviver {
  /** Rejects when the emulator cannot be brought back; else it never settles. */
  readonly failed: Promise<never>;
}

/** Tries until the run is given up, and the pause before each but the first. */
const tries = { most: 3, pauseMilliseconds: 1_000 };

export function keepAlive(
  run: RunContext,
  services: Pick<BackingServices, "gateway" | "declareAnew">,
  farm: Pick<RunningFarm, "groups" | "balancer" | "loop">,
  initialData: InitialData | undefined,
  revival: Revival,
): Reviver {
  const { closers, whole, log } = run;
  const stopping = new AbortController();
  let reviving: Promise<void> = Promise.resolve();

  async function again(): Promise<Plan> {
    await revival.restart();
    const plan = await services.declareAnew(stopping.signal);
    await farm.balancer.follow(plan);
    return plan;
  }

  async function bringUp(): Promise<string> {
    const plan = await again();
    const back = await initialData?.bringBack(plan);
    whole.open();
    farm.groups.resume();
    initialData?.saving.resume();
    await farm.loop.replan(plan);
    if (back === undefined) return "nothing had been saved";
    return `${back.jobs.length === 1 ? "1 job is" : `${back.jobs.length} jobs are`} back, as of ${back.time}`;
  }

  async function revive(how: string): Promise<void> {
    whole.close();
    run.tell(`the AWS emulator has ended (${how}); it is started again, calls wait meanwhile`);
    await Promise.all([farm.groups.pause(), initialData?.saving.pause()]);
    services.gateway.forgetWaiting();
    for (let tried = 1; ; tried++) {
      try {
        const outcome = await bringUp();
        run.tell(`the AWS emulator runs again: ${outcome}`);
        return;
      } catch (error) {
        stopping.signal.throwIfAborted();
        log.error({ error: String(error), tried }, "the emulator could not be brought back");
        if (tried === tries.most) throw error;
        await delay(tries.pauseMilliseconds, undefined, { signal: stopping.signal });
      }
    }
  }

  async function watch(): Promise<never> {
    for (;;) {
      const how = await revival.died();
      if (stopping.signal.aborted) return new Promise<never>(() => {});
      reviving = revive(how);
      await reviving;
    }
  }

  const failed = watch().catch((cause: unknown): Promise<never> => {
    if (stopping.signal.aborted) return new Promise<never>(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the AWS emulator has ended and cannot be brought back: ${reason}`, {
      cause,
    });
  });
  failed.catch(() => {}); // whether or not anybody looks
  closers.add("watch over the emulator", async () => {
    stopping.abort(new Error("the run is being stopped"));
    await reviving.catch(() => {});
    // What waits for an emulator that does not come back fails now, unheard: the minute under way is one of those that are ended next.
    if (!whole.isOpen) await farm.groups.stop();
    whole.open();
  });
  return { failed };
}
