/** The log of one stack: every operation with what it did, for `annofarm course logs`. */
import { appendFileSync, createReadStream, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const logFile = (stateDirectory: string, stack: string): string => join(stateDirectory, "logs", `${stack}.log`);

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

/** @throws {Error} when nothing has been done to the stack yet. */
export async function* lastLines(stateDirectory: string, stack: string, count: number): AsyncGenerator<string> {
  const file = logFile(stateDirectory, stack);
  if (!existsSync(file)) throw new Error(`${stack} has no log yet: no command has worked on it`);
  const kept: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    kept.push(line);
    if (kept.length > count) kept.shift();
  }
  yield* kept;
}
