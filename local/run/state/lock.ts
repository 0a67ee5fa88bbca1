import { join } from "node:path";
import { takeLock } from "../../../plan/process/lock.ts";

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
  const lock = takeLock(join(directory, "runner.pid"), (pid, url) => {
    const where = url === "" ? "and is starting" : `at ${url}`;
    return (
      `annofarm already runs on this machine, ${where} (process ${pid} holds ${directory}). ` +
      "Stop it with Ctrl-C first, or start a second one with --state DIRECTORY"
    );
  });
  return { answersAt: lock.note, release: lock.release };
}
