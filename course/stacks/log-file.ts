/** The log of one stack: every operation with what it did, for `annofarm course logs`. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

export const logFile = (stateDirectory: string, stack: string): string => join(stateDirectory, "logs", `${stack}.log`);

/** @returns writes lines, each with its time. */
export function openLog(stateDirectory: string, stack: string, now: () => Date): (text: string) => void {
  const file = logFile(stateDirectory, stack);
  mkdirSync(dirname(file), { recursive: true });
  return (text) => {
    const at = now().toISOString();
    const lines = text.split("\n").map((line) => `${at} ${line}\n`);
    appendFileSync(file, lines.join(""), { mode: 0o600 });
  };
}
