import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lives } from "../process/lives.ts";

export interface DirectoryLock {
  /** Whoever finds the directory locked is told this address. */
  answersAt(url: string): void;
  release(): void;
}

/**
 * Makes this process the only runner on a state directory. A lock whose process no longer lives is taken over.
 *
 * @throws {Error} when another live runner holds it; the message names its process, its address and what to do.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "runner.pid");
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      return {
        answersAt: (url) => writeFileSync(file, `${process.pid}\n${url}\n`),
        release: () => rmSync(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [holder = "", url = ""] = readFileSync(file, "utf8").split("\n");
    const pid = Number(holder);
    if (Number.isInteger(pid) && pid > 0 && lives(pid)) {
      const where = url === "" ? "and is starting" : `at ${url}`;
      throw new Error(
        `annofarm already runs on this machine, ${where} (process ${pid} holds ${directory}). Stop it with Ctrl-C first, or start a second one with --state DIRECTORY`,
      );
    }
    rmSync(file, { force: true });
  }
}
