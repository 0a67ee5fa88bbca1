/**
 * Registered targets of one target group: their health checks, the choice among them, their draining.
 *
 *   register ──▶ initial ──one check passed──▶ healthy ◀──thresholds──▶ unhealthy
 *                                     deregister ──▶ draining ──no request left, or delay over──▶ gone
 */
import { atLeastReal } from "../../clock.ts";
import type { LocalClock, Target, TargetHealth } from "../../types.ts";
import { type BalancerDeclaration, matches } from "./declaration.ts";

export interface RegisteredTarget extends Target {
  health: TargetHealth;
  /** Requests on their way. */
  outstanding: number;
  /** Local epoch milliseconds of the first passed check. */
  healthySince?: number;
}

export interface TargetsOptions {
  readonly declaration: BalancerDeclaration;
  readonly clock: LocalClock;
  readonly onHealth: (target: Target, health: TargetHealth) => void;
  /** A number in [0, 1), for the algorithm `weighted_random`. */
  readonly random?: () => number;
}

/**
 * Processes and requests take real time, however fast the clock runs: checks come at the declared interval ÷ speed but not more
 * often than this, and draining has this long (or the declared delay, if that is shorter).
 */
const leastMilliseconds = { initial: 150, interval: 1_000, drain: 5_000 };

export function createTargets({ declaration, clock, onHealth, random = Math.random }: TargetsOptions) {
  const targets = new Map<string, RegisteredTarget>();
  const timers = new Map<string, NodeJS.Timeout>();
  const drains = new Map<string, () => void>();
  let turn = 0;

  function become(target: RegisteredTarget, health: TargetHealth): void {
    if (target.health === health) return;
    target.health = health;
    if (health === "healthy") target.healthySince ??= clock.now();
    onHealth(target, health);
  }

  /** Checks until the target is gone; `run` counts equal results in a row. */
  function watch(target: RegisteredTarget): void {
    let run = { passed: true, length: 0 };
    const check = async () => {
      const { healthCheck } = declaration; // it may be read anew
      const passed = await checkOnce(target, healthCheck);
      if (targets.get(target.instanceId) !== target || target.health === "draining") return;
      run = { passed, length: run.passed === passed ? run.length + 1 : 1 };
      // A target that has just been registered needs to pass one check only.
      const needed = target.health === "initial" ? 1 : healthCheck.healthyThreshold;
      if (passed && run.length >= needed) become(target, "healthy");
      else if (!passed && target.health !== "initial" && run.length >= healthCheck.unhealthyThreshold) {
        become(target, "unhealthy");
      }
      again();
    };
    const again = () => {
      const interval = Math.max(
        leastMilliseconds.interval,
        (declaration.healthCheck.intervalSeconds * 1_000) / clock.speed,
      );
      const pause = target.health === "initial" ? leastMilliseconds.initial : interval;
      timers.set(target.instanceId, setTimeout(() => void check(), pause).unref());
    };
    void check();
  }

  function remove(target: RegisteredTarget): void {
    if (targets.get(target.instanceId) !== target) return;
    clearTimeout(timers.get(target.instanceId));
    timers.delete(target.instanceId);
    targets.delete(target.instanceId);
  }

  return {
    /** Registering a target anew (another port) begins its health anew; registering the same does nothing. */
    register({ instanceId, host, port }: Target): void {
      const known = targets.get(instanceId);
      if (known !== undefined) {
        if (known.host === host && known.port === port) return;
        remove(known);
      }
      const target: RegisteredTarget = { instanceId, host, port, health: "initial", outstanding: 0 };
      targets.set(instanceId, target);
      onHealth(target, "initial");
      watch(target);
    },

    /** No new requests; resolves when the last one is answered, or when the deregistration delay is over. */
    deregister(instanceId: string): Promise<void> {
      const target = targets.get(instanceId);
      if (target === undefined) return Promise.resolve();
      become(target, "draining");
      if (target.outstanding === 0) {
        remove(target);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const delay = atLeastReal(clock, declaration.deregistrationDelaySeconds * 1_000, leastMilliseconds.drain);
        const cancel = clock.after(delay, () => drains.get(instanceId)?.());
        drains.set(instanceId, () => {
          cancel();
          drains.delete(instanceId);
          remove(target);
          resolve();
        });
      });
    },

    /**
     * The target of the next request. When no target is healthy, the unhealthy ones are tried, as AWS does ("fail open");
     * those that have not passed their first check are not.
     */
    choose(): RegisteredTarget | undefined {
      const all = [...targets.values()];
      const healthy = all.filter((target) => target.health === "healthy");
      const fit = healthy.length > 0 ? healthy : all.filter((target) => target.health === "unhealthy");
      if (fit.length === 0) return undefined;
      turn += 1;
      const { algorithm } = declaration;
      if (algorithm === "weighted_random") return fit[Math.floor(random() * fit.length)];
      if (algorithm === "round_robin") return fit[turn % fit.length];
      const least = Math.min(...fit.map((target) => target.outstanding));
      const idlest = fit.filter((target) => target.outstanding === least);
      return idlest[turn % idlest.length];
    },

    began(target: RegisteredTarget): void {
      target.outstanding += 1;
    },
    ended(target: RegisteredTarget): void {
      target.outstanding -= 1;
      if (target.outstanding === 0 && target.health === "draining") drains.get(target.instanceId)?.();
    },

    list: (): readonly Readonly<RegisteredTarget>[] => [...targets.values()],
    stop(): void {
      for (const end of [...drains.values()]) end();
      for (const target of [...targets.values()]) remove(target);
    },
  };
}

async function checkOnce(target: Target, { path, timeoutSeconds, matcher }: BalancerDeclaration["healthCheck"]) {
  try {
    const response = await fetch(`http://${target.host}:${target.port}${path}`, {
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
      redirect: "manual",
      headers: { "user-agent": "ELB-HealthChecker/2.0" },
    });
    await response.body?.cancel();
    return matches(matcher, response.status);
  } catch {
    return false;
  }
}
