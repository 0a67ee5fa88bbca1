/** A thread that runs scenarios, one after the other. */
import { parentPort } from "node:worker_threads";
import { trialOf } from "../../scaling/simulate/tune/trial.ts";
import type { Answer, Task } from "./pool.ts";

parentPort?.on("message", ({ scenario, seed }: Task) => {
  let answer: Answer;
  try {
    answer = { trial: trialOf(scenario, seed) };
  } catch (error) {
    answer = { error: error instanceof Error ? error : new Error(String(error)) };
  }
  parentPort?.postMessage(answer);
});
