import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** State letter of a process, as `ps` shows it; undefined when there is none. */
function stateOf(pid: number): string | undefined {
  if (existsSync("/proc/self/stat")) {
    try {
      // The name before it stands in brackets, and may hold any of these characters itself.
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
    } catch {
      return undefined;
    }
  }
  return spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim()[0];
}

/** True while the process runs; one that has ended but was not yet waited for (a zombie) does not. */
export function lives(pid: number | undefined): boolean {
  const state = pid === undefined ? undefined : stateOf(pid);
  return state !== undefined && state !== "Z" && state !== "X";
}
