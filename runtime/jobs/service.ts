/**
 * A service's process from start to end, the same for all: environment, log, signals, drain, exit code.
 *
 *     0   drained as told (SIGTERM, SIGINT)       78  the environment is wrong: a restart will not help
 *     1   crashed: systemd starts it again        130 / 143  told twice to stop: left at once
 */
import {
  type Environment,
  EnvironmentError,
  readEnvironment,
  type ServiceName,
  type TracesEnvironment,
} from "../contract/environment.ts";
import { systemClock } from "./clock.ts";
import { createLogger } from "./log.ts";
import type { Clock, InstanceIdentity, Log } from "./ports.ts";
import type { Tracer } from "./tracing.ts";

export interface ServiceContext<S extends ServiceName> {
  readonly environment: Readonly<Environment<S>>;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the service is to drain: take nothing new, finish what is in work, return. */
  readonly signal: AbortSignal;
  /** Follows requests through the services, where the environment says so. */
  readonly tracer: Tracer;
  /** Starts the drain from inside; the process stays until it is told to stop. */
  drain(reason: string): void;
}

/** A tracer, and how its traces get away before the process ends: within a bound, whether or not somebody takes them. */
export interface Tracing {
  readonly tracer: Tracer;
  close(): Promise<void>;
}

/** What a service's process needs besides what it does. */
export interface ServiceParts {
  /** Tells the instance's id for the log; asked once, before the service runs. */
  identify(): Promise<InstanceIdentity>;
  /** Never rejects: what cannot be traced is run all the same. */
  openTracing(of: {
    readonly service: ServiceName;
    readonly environment: TracesEnvironment;
    readonly instance: string | undefined;
    readonly log: Log;
  }): Promise<Tracing>;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs `run` until it returns after a drain. Ends the process.
 */
export async function runService<S extends ServiceName>(
  service: S,
  { identify, openTracing }: ServiceParts,
  run: (context: ServiceContext<S>, identity: InstanceIdentity) => Promise<void>,
): Promise<void> {
  let log = createLogger({ service, level: "info", instance: undefined });
  const draining = new AbortController();
  const told = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (told.signal.aborted) process.exit(exitCodes[name]);
      log.info({ signal: name }, "stopping");
      told.abort();
      draining.abort();
    });
  }
  const crash = (err: unknown) => {
    log.error({ err }, "crashed");
    process.exit(1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  try {
    const environment = readEnvironment(service, process.env);
    const identity = await identify();
    log = createLogger({ service, level: environment.LOG_LEVEL, instance: identity.instanceId });
    const drain = (reason: string) => {
      if (!draining.signal.aborted) log.info({ reason }, "draining");
      draining.abort();
    };
    log.info({ node: process.version }, "starting");
    const watching = watchLifecycle({ identity, clock: systemClock, log, signal: draining.signal, drain });
    const { tracer, close } = await openTracing({ service, environment, instance: identity.instanceId, log });
    await run({ environment, log, clock: systemClock, signal: draining.signal, tracer, drain }, identity);
    await close();
    if (!draining.signal.aborted) throw new Error(`service ${service} returned without being told to`);
    await watching;
    log.info({}, "drained");
    // A process that left now would be started again by its supervisor, on an instance that is going away.
    if (!told.signal.aborted) await stopped(told.signal);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) return crash(error);
    log.error({}, error.message);
    process.exit(78);
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}

/** Asks the instance every `everySeconds` whether it is to leave its group, and then calls `drain` once. */
export async function watchLifecycle(options: {
  identity: InstanceIdentity;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  drain: (reason: string) => void;
  everySeconds?: number;
}): Promise<void> {
  const { identity, clock, log, signal, drain, everySeconds = 5 } = options;
  if (identity.instanceId === undefined) return;
  while (!signal.aborted) {
    try {
      const state = await identity.targetLifecycleState();
      if (state !== "InService") return drain(`target lifecycle state ${state}`);
    } catch (err) {
      log.warn({ err }, "could not read the target lifecycle state");
    }
    await clock.sleep(everySeconds * 1000, signal);
  }
}
