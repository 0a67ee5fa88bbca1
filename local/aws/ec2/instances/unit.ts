/**
 * One service on one instance, kept running as systemd keeps a unit with `Restart=always`: an end is followed by a new start
 * after a pause that doubles from 1 s to 30 s (wall clock) and shrinks back once the service has been healthy.
 *
 *   starting ──200──▶ healthy ◀──▶ unhealthy        any of them ──end──▶ stopped ──pause──▶ starting
 */
import type { Child, ChildOptions, Children, Exit } from "../../../process/children.ts";

type UnitHealth = "starting" | "healthy" | "unhealthy" | "stopped";

export interface UnitOptions {
  readonly children: Children;
  readonly child: ChildOptions;
  readonly healthUrl: string;
  /** Before each start. */
  readonly beforeStart: () => void;
  readonly onHealth: (health: UnitHealth) => void;
  readonly onExit: (exit: Exit, restarts: number) => void;
}

export interface Unit {
  readonly pid: number | undefined;
  readonly health: UnitHealth;
  readonly restarts: number;
  /** Starts since the service was healthy last that ended before it was so again. */
  readonly failedStarts: number;
  /** SIGTERM, then SIGKILL after the time the manifest allows; it is not started again. */
  stop(): Promise<void>;
  /** SIGKILL, and not started again. */
  kill(): void;
}

const pauseMilliseconds = { least: 1_000, most: 30_000 };
/** Asked often until it answers for the first time, then at leisure. */
const askMilliseconds = { starting: 150, running: 2_000, patience: 5_000 };
const missesUntilUnhealthy = 3;

export function startUnit(options: UnitOptions): Unit {
  const { children, child: childOptions, healthUrl, onHealth, onExit } = options;
  let child: Child | undefined;
  let health: UnitHealth = "starting";
  let restarts = 0;
  let failedStarts = 0;
  let misses = 0;
  let ending = false;
  let timer: NodeJS.Timeout | undefined;
  let restart: NodeJS.Timeout | undefined;

  function become(next: UnitHealth): void {
    if (next === health) return;
    health = next;
    onHealth(next);
  }

  async function ask(asked: Child): Promise<void> {
    const fit = await answersWell(healthUrl, askMilliseconds.patience);
    if (child !== asked || ending) return;
    if (fit) {
      misses = 0;
      failedStarts = 0;
      become("healthy");
    } else if (health !== "starting" && ++misses >= missesUntilUnhealthy) become("unhealthy");
    askLater(asked);
  }

  function askLater(asked: Child): void {
    const pause = health === "starting" ? askMilliseconds.starting : askMilliseconds.running;
    timer = setTimeout(() => void ask(asked), pause).unref();
  }

  function start(): void {
    misses = 0;
    options.beforeStart();
    const started = children.start(childOptions);
    child = started;
    become("starting");
    askLater(started);
    const ended = (exit: Exit) => {
      clearTimeout(timer);
      child = undefined;
      become("stopped");
      if (!ending) {
        failedStarts += 1;
        const pause = Math.min(pauseMilliseconds.most, pauseMilliseconds.least * 2 ** (failedStarts - 1));
        restart = setTimeout(() => {
          restarts += 1;
          start();
        }, pause).unref();
      }
      onExit(exit, restarts);
    };
    started.exited.then(ended, () => ended({ code: null, signal: null }));
  }

  start();
  return {
    get pid() {
      return child?.pid;
    },
    get health() {
      return health;
    },
    get restarts() {
      return restarts;
    },
    get failedStarts() {
      return failedStarts;
    },
    async stop() {
      ending = true;
      clearTimeout(restart);
      await child?.stop();
    },
    kill() {
      ending = true;
      clearTimeout(restart);
      child?.kill();
    },
  };
}

async function answersWell(url: string, patience: number): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: "manual" });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
