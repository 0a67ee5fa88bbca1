/** Looks after what limits of single processes do not hold: the memory of all of a submission's processes together. */
import { readdirSync, readFileSync } from "node:fs";

interface Seen {
  readonly pid: number;
  readonly bytes: number;
}

/** Resident memory of each process of a user. Linux only. */
function processesOf(uid: number): Seen[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) !== uid) return [];
      const [anonymous, shared] = ["RssAnon", "RssShmem"].map((field) =>
        Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0),
      );
      return [{ pid, bytes: ((anonymous ?? 0) + (shared ?? 0)) * 1024 }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

const everyMilliseconds = 500;

/**
 * Ends the largest process of the user whenever all together have more than `bytes`.
 *
 * @returns ends the watch.
 */
export function watchMemory(uid: number, bytes: number, tell: (line: string) => void): () => void {
  const timer = setInterval(() => {
    const seen = processesOf(uid);
    const all = seen.reduce((sum, each) => sum + each.bytes, 0);
    const [largest] = seen.sort((a, b) => b.bytes - a.bytes);
    if (all <= bytes || largest === undefined) return;
    tell(
      `the submission's processes had ${Math.round(all / 1024 / 1024)} MiB of memory, more than ${bytes / 1024 / 1024}: the largest was ended`,
    );
    try {
      process.kill(largest.pid, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }, everyMilliseconds);
  return () => clearInterval(timer);
}
