/** A directory that one process at a time works in. The lock is a file with its holder's id: no holder that died keeps it. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isAlive } from "./alive.ts";

export interface Lock {
  /** What a process that finds it taken is told of the holder. */
  note(text: string): void;
  release(): void;
}

/**
 * Makes this process the only holder of the lock `file`. The lock of a process that no longer lives is taken over.
 *
 * @param refusal the error's message when another live process holds it; `note` is what that one has said of itself, or "".
 */
export function takeLock(file: string, refusal: (pid: number, note: string) => string): Lock {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      return {
        note: (text) => writeFileSync(file, `${process.pid}\n${text}\n`),
        release: () => rmSync(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [holder = "", note = ""] = heldBy(file).split("\n");
    const pid = Number(holder);
    const noted = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid, noted)) throw new Error(refusal(pid, note));
    rmSync(file, { force: true });
  }
}

/** Its holder may have released it since. */
function heldBy(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
