/** Threads that run scenarios: each run is a task, and whichever thread is idle takes the next. */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { ownLoaders } from "../../plan/program/loaders.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { RunTrials, Trial } from "../../scaling/simulate/tune/trial.ts";

export interface Task {
  readonly scenario: Scenario;
  readonly seed: number;
}

export type Answer = { readonly trial: Trial } | { readonly error: Error };

export interface Pool {
  readonly run: RunTrials;
  close(): Promise<void>;
}

interface Waiting extends Task {
  resolve(trial: Trial): void;
  reject(error: Error): void;
}

/** TypeScript in the repository, JavaScript once the package is built: like this module. */
const module = new URL(`worker${extname(import.meta.url)}`, import.meta.url);

/** @param onRun told after each run. */
export function openPool(threads: number, onRun: () => void): Pool {
  const queue: Waiting[] = [];
  const under = new Map<Worker, Waiting>();
  const idle: Worker[] = [];
  let broken: Error | undefined;

  function next(): void {
    for (let worker = idle.at(-1); worker !== undefined && queue.length > 0; worker = idle.at(-1)) {
      idle.pop();
      const task = queue.shift() as Waiting;
      under.set(worker, task);
      worker.postMessage({ scenario: task.scenario, seed: task.seed } satisfies Task);
    }
  }

  /** A thread that is lost takes the search with it: whatever it ran would end another in the same way. */
  function fail(error: Error): void {
    broken ??= error;
    for (const task of [...under.values(), ...queue.splice(0)]) task.reject(error);
    under.clear();
  }

  function answered(worker: Worker, answer: Answer): void {
    const task = under.get(worker);
    under.delete(worker);
    idle.push(worker);
    if ("trial" in answer) {
      onRun();
      task?.resolve(answer.trial);
    } else task?.reject(answer.error);
    next();
  }

  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(module, { execArgv: [...ownLoaders] });
    worker.on("message", (answer: Answer) => answered(worker, answer));
    worker.on("error", fail);
    idle.push(worker);
    return worker;
  });

  const one = (scenario: Scenario, seed: number) =>
    new Promise<Trial>((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      queue.push({ scenario, seed, resolve, reject });
      next();
    });

  return {
    run: (scenario, seeds) => Promise.all(seeds.map((seed) => one(scenario, seed))),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
