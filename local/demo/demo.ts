/** `npm start -- --demo`: brings the service up with each archive store, walks through the main journey, takes it down. */
import { join } from "node:path";
import { createNarrator, troubleLine } from "../run/narrator.ts";
import { type LocalOptions, startLocal } from "../run/start.ts";
import { openBackstage } from "./backstage.ts";
import { walk } from "./journey.ts";

export interface DemoOptions extends Omit<LocalOptions, "step" | "onProblem"> {
  readonly stores: readonly ("s3" | "vault")[];
  readonly write: (text: string) => void;
  /** True on a terminal. */
  readonly live: boolean;
  /** Resolves when somebody wants it to end. */
  readonly interrupted: Promise<string>;
}

/** Short enough to wait for, long enough to look at the result first; the mail before its end comes within a sweep. */
const freePeriod = { retention: "25 seconds", archiveNotice: "12 seconds" };

const storeNames = { s3: "S3 Glacier Flexible Retrieval", vault: "a Glacier vault" } as const;

/** @throws {StepError} naming the step that failed; the service is down by then. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { stores, write, live } = options;
  const begun = Date.now();
  const abort = new AbortController();
  const interruption = options.interrupted.then((signal): never => {
    const reason = new Error(`interrupted by ${signal}`);
    abort.abort(reason);
    throw reason;
  });
  // Whether or not anybody is racing it at the moment.
  interruption.catch(() => {});
  let steps = 0;

  for (const store of stores) {
    write(`\nWith ${storeNames[store]} as the archive\n`);
    const narrator = createNarrator({ write, live });
    const starting = startLocal({
      ...options,
      // Apart from what `npm start` keeps: the demo begins with nothing and leaves nothing behind.
      stateDirectory: join(options.stateDirectory, "demo"),
      fresh: true,
      // A mail that fits this period need not fit another.
      config: { ...(options.config?.retention === undefined ? freePeriod : {}), ...options.config, store },
      step: createNarrator({ write, live, numbered: false }).step,
      signal: abort.signal,
      onProblem: (problem) => write(troubleLine(problem)),
    });
    const service = await Promise.race([starting, interruption]).catch(async (error: unknown) => {
      await starting.then((late) => late.stop()).catch(() => {});
      throw error;
    });
    const backstage = openBackstage(service);
    write(`  ${service.url}  (console ${service.consoleUrl})\n`);
    const walking = Promise.race([walk({ service, backstage, narrator }), interruption, service.failed]);
    const [walked] = await Promise.allSettled([walking]);
    steps += narrator.count;
    backstage.close();
    const [stopped] = await Promise.allSettled([service.stop()]);
    // A stop after a failure may fail for the same reason: the step is what is to be told.
    for (const outcome of [walked, stopped]) if (outcome.status === "rejected") throw outcome.reason;
  }
  write(`\n${steps} steps done in ${((Date.now() - begun) / 1000).toFixed(0)} s, nothing is left running.\n`);
}
