/** Progress of runs, for people who wait. */
import { setImmediate as breath } from "node:timers/promises";

/** On standard error, once a run takes long enough to wonder; a terminal's line is written over. */
export function progress(runs: number) {
  const began = performance.now();
  let told = began;
  return async (done: number): Promise<void> => {
    const now = performance.now();
    const { isTTY } = process.stderr;
    const due = now - told > (isTTY ? 200 : 5000);
    if (due && done < runs) {
      const left = Math.ceil(((now - began) / done) * (runs - done) * 0.001);
      process.stderr.write(`${isTTY ? "\r" : ""}run ${done} of ${runs}, about ${left} s left${isTTY ? " " : "\n"}`);
      told = now;
    }
    if (done === runs && told > began && isTTY) process.stderr.write(`\r${" ".repeat(50)}\r`);
    await breath(); // Ctrl-C is heard between runs
  };
}
