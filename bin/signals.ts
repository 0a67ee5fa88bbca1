/** Signals that ask a long-running command to end. */
import { writeSync } from "node:fs";

/** npm passes on the signal that the terminal has sent to both: within this time a second one is the first one again. */
const echoMilliseconds = 500;

/** Exit code of what was not let to come to its end, as shells have it for Ctrl-C. */
export const interrupted = 130;

/**
 * Resolves with the name of the first signal that asks this process to end; a second one ends it at once.
 *
 * @param lastWords what is said to standard error then.
 */
export function untilAsked(lastWords: (signal: string) => string = () => ""): Promise<string> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked === undefined) {
          asked = performance.now();
          resolve(signal);
        } else if (performance.now() - asked > echoMilliseconds) {
          writeSync(2, lastWords(signal)); // at once: what is buffered would be lost
          process.exit(interrupted); // children die with this process: a guardian, or a broken pipe, sees to it
        }
      });
    }
  });
}
