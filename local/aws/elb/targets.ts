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

/** Equal results of health checks in a row. */
interface Run {
  readonly passed: boolean;
  readonly length: number;
}

export class Targets {
  readonly #options: TargetsOptions;
  readonly #targets = new Map<string, RegisteredTarget>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What ends the draining of each target that drains. */
  readonly #drains = new Map<string, () => void>();
  #turn = 0;

  constructor(options: TargetsOptions) {
    this.#options = options;
  }

  list(): readonly Readonly<RegisteredTarget>[] {
    return [...this.#targets.values()];
  }

  /** Registering a target anew (another port) begins its health anew; registering the same does nothing. */
  register({ instanceId, host, port }: Target): void {
    const known = this.#targets.get(instanceId);
    if (known !== undefined) {
      if (known.host === host && known.port === port) return;
      this.#remove(known);
    }
    const target: RegisteredTarget = { instanceId, host, port, health: "initial", outstanding: 0 };
    this.#targets.set(instanceId, target);
    this.#options.onHealth(target, "initial");
    void this.#check(target, { passed: true, length: 0 });
  }

  /** No new requests; resolves when the last one is answered, or when the deregistration delay is over. */
  deregister(instanceId: string): Promise<void> {
    const target = this.#targets.get(instanceId);
    if (target === undefined) return Promise.resolve();
    this.#become(target, "draining");
    if (target.outstanding > 0) return this.#drain(target);
    this.#remove(target);
    return Promise.resolve();
  }

  /** The target of the next request; `undefined`: there is none to try. */
  choose(): RegisteredTarget | undefined {
    const fit = fitOf([...this.#targets.values()]);
    if (fit.length === 0) return undefined;
    this.#turn += 1;
    const { declaration, random = Math.random } = this.#options;
    if (declaration.algorithm === "weighted_random") return fit[Math.floor(random() * fit.length)];
    const among = declaration.algorithm === "round_robin" ? fit : idlestOf(fit);
    return among[this.#turn % among.length];
  }

  began(target: RegisteredTarget): void {
    target.outstanding += 1;
  }

  ended(target: RegisteredTarget): void {
    target.outstanding -= 1;
    if (target.outstanding === 0 && target.health === "draining") this.#drains.get(target.instanceId)?.();
  }

  stop(): void {
    for (const end of [...this.#drains.values()]) end();
    for (const target of [...this.#targets.values()]) this.#remove(target);
  }

  /** Checks, and goes on until the target is gone. */
  async #check(target: RegisteredTarget, before: Run): Promise<void> {
    const { healthCheck } = this.#options.declaration; // it may be read anew
    const passed = await checkOnce(target, healthCheck);
    if (this.#targets.get(target.instanceId) !== target || target.health === "draining") return;
    const run = { passed, length: before.passed === passed ? before.length + 1 : 1 };
    this.#become(target, healthAfter(run, target.health, healthCheck));
    const timer = setTimeout(() => void this.#check(target, run), this.#pauseOf(target)).unref();
    this.#timers.set(target.instanceId, timer);
  }

  /** Milliseconds until its next check. */
  #pauseOf({ health }: RegisteredTarget): number {
    if (health === "initial") return leastMilliseconds.initial;
    const { declaration, clock } = this.#options;
    return Math.max(leastMilliseconds.interval, (declaration.healthCheck.intervalSeconds * 1_000) / clock.speed);
  }

  #become(target: RegisteredTarget, health: TargetHealth): void {
    if (target.health === health) return;
    target.health = health;
    if (health === "healthy") target.healthySince ??= this.#options.clock.now();
    this.#options.onHealth(target, health);
  }

  #drain(target: RegisteredTarget): Promise<void> {
    const { instanceId } = target;
    const { clock, declaration } = this.#options;
    return new Promise((resolve) => {
      const delay = atLeastReal(clock, declaration.deregistrationDelaySeconds * 1_000, leastMilliseconds.drain);
      const cancel = clock.after(delay, () => this.#drains.get(instanceId)?.());
      this.#drains.set(instanceId, () => {
        cancel();
        this.#drains.delete(instanceId);
        this.#remove(target);
        resolve();
      });
    });
  }

  #remove(target: RegisteredTarget): void {
    if (this.#targets.get(target.instanceId) !== target) return;
    clearTimeout(this.#timers.get(target.instanceId));
    this.#timers.delete(target.instanceId);
    this.#targets.delete(target.instanceId);
  }
}

/** A target that has just been registered needs to pass one check only. */
function healthAfter(
  { passed, length }: Run,
  health: TargetHealth,
  { healthyThreshold, unhealthyThreshold }: BalancerDeclaration["healthCheck"],
): TargetHealth {
  if (passed) return length >= (health === "initial" ? 1 : healthyThreshold) ? "healthy" : health;
  return health !== "initial" && length >= unhealthyThreshold ? "unhealthy" : health;
}

/**
 * When no target is healthy, the unhealthy ones are tried, as AWS does ("fail open"); those that have not passed their first
 * check are not.
 */
function fitOf(targets: readonly RegisteredTarget[]): readonly RegisteredTarget[] {
  const healthy = targets.filter(({ health }) => health === "healthy");
  return healthy.length > 0 ? healthy : targets.filter(({ health }) => health === "unhealthy");
}

function idlestOf(targets: readonly RegisteredTarget[]): readonly RegisteredTarget[] {
  const least = Math.min(...targets.map(({ outstanding }) => outstanding));
  return targets.filter(({ outstanding }) => outstanding === least);
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
