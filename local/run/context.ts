/** What every part of a run is given: options, the way to tell and to end, the clock. */
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RefreshRecord } from "../aws/autoscaling/refresh-records.ts";
import type { NamedCapacity } from "../capacity/capacity.ts";
import { acceleratedClock } from "../clock.ts";
import { createGate, type Gate } from "../gate.ts";
import { type Children, startChildren } from "../process/children.ts";
import type { LocalClock } from "../types.ts";
import type { Closers } from "./closers.ts";
import { fileLog, type RunnerLog } from "./log.ts";
import type { RunStep } from "./narrator.ts";
import { lockDirectory } from "./state/lock.ts";

export interface LocalOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  /** What this run keeps: logs, people, saved jobs. One runner at a time. */
  readonly stateDirectory: string;
  readonly stack: string;
  /** Configuration over the stack's file: `key` or `namespace:key` → value. */
  readonly config: Readonly<Record<string, string>>;
  /** Seconds of AWS's time in one second. */
  readonly speed: number;
  /** First port tried for the balancer. */
  readonly port: number;
  /** Another port than that will not do. */
  readonly exactPort?: boolean;
  /** Forget what an earlier run has saved. */
  readonly fresh: boolean;
  /** Deploy through Pulumi's own engine; the stack's state is kept in the state directory. */
  readonly engine?: boolean;
  /** Declared capacity of instances, by the names of groups or services. Omitted: they are as fast as they can. */
  readonly capacities?: readonly NamedCapacity[];
  /** An emulator that runs already, instead of one of our own. */
  readonly emulatorUrl?: string;
  readonly step: RunStep;
  /** Gives up the start at the next point where it can; a service that runs is ended by `stop`. */
  readonly signal?: AbortSignal;
  /** Told what goes wrong behind the scenes, once ready; it is in `runner.log` too. */
  readonly onProblem?: (problem: string) => void;
  /** Told when an instance refresh begins, changes its status, and ends. */
  readonly onRefresh?: (refresh: RefreshRecord) => void;
}

export interface RunContext {
  readonly options: LocalOptions;
  /** Steps of a start that has been given up fail with the signal's reason. */
  readonly step: RunStep;
  readonly closers: Closers;
  readonly clock: LocalClock;
  readonly children: Children;
  readonly log: RunnerLog;
  readonly logDirectory: string;
  /** Where the run will answer: told to whoever tries to start another. */
  answersAt(url: string): void;
  /** Rejects when the run cannot go on; else it never settles. */
  readonly failed: Promise<never>;
  /** A full disk ends the run: nothing that happens from then on would be kept. Other errors are told and left at that. */
  failsOf(text: string, error: unknown): void;
  /** Closed while the emulator is gone: what fails meanwhile is logged and not told. */
  readonly whole: Gate;
  /** Logs a trouble each time, and tells whoever looks on once. */
  problem(text: string, error: unknown): void;
  /** Logs and tells what has happened. */
  tell(text: string): void;
}

/** Once the start is given up no step begins, and what the one under way fails of is that. */
function abortable(step: RunStep, signal: AbortSignal | undefined): RunStep {
  return async (title, run) => {
    signal?.throwIfAborted();
    try {
      return await step(title, run);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  };
}

function forgetEarlierRuns(stateDirectory: string): void {
  for (const name of ["engine", "identity", "instances", "payments.pickle", "saved", "secrets.json"]) {
    rmSync(join(stateDirectory, name), { recursive: true, force: true });
  }
}

/** What is to be told of a disk that is full; `undefined`: it is another error. */
function fullDisk(error: unknown, directory: string): Error | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return undefined;
  return new Error(`no space is left on the disk of ${directory}: free some and start again`, { cause: error });
}

/** @throws {Error} when another runner holds the state directory. */
export function openRun(options: LocalOptions, closers: Closers): RunContext {
  const { stateDirectory, signal } = options;
  const lock = lockDirectory(stateDirectory);
  closers.add("lock", lock.release);
  if (options.fresh) forgetEarlierRuns(stateDirectory);
  const logDirectory = join(stateDirectory, "logs");
  rmSync(logDirectory, { recursive: true, force: true });
  mkdirSync(logDirectory, { recursive: true });
  const runnerLog = createWriteStream(join(logDirectory, "runner.log"), { flags: "a" });
  closers.add("log", () => new Promise<void>((resolve) => runnerLog.end(resolve)));
  const log = fileLog(runnerLog);
  const children = startChildren();
  closers.add("child processes", () => children.stopAll());
  let told = "";
  const whole = createGate();
  let fail = (_reason: Error) => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whether or not anybody looks
  runnerLog.on("error", (error) => failsOf("the runner's log could not be written", error));

  function problem(text: string, error: unknown): void {
    log.error({ error: String(error) }, text);
    if (!whole.isOpen) return;
    const line = `${text}: ${error instanceof Error ? error.message || error.name : error}`;
    if (line !== told) options.onProblem?.(line);
    told = line;
  }

  function failsOf(text: string, error: unknown): void {
    const full = fullDisk(error, stateDirectory);
    if (full === undefined) problem(text, error);
    else fail(full);
  }

  return {
    options,
    step: abortable(options.step, signal),
    closers,
    clock: acceleratedClock(options.speed),
    children,
    log,
    logDirectory,
    answersAt: lock.answersAt,
    whole,
    tell(text) {
      log.warn({}, text);
      options.onProblem?.(text);
    },
    problem,
    failed,
    failsOf,
  };
}
