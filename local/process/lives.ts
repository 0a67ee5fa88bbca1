import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** State letter of a process, as `ps` shows it; undefined when nothing tells it. */
function stateOf(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) {
    return spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim()[0];
  }
  try {
    // The name before it stands in brackets, and may hold any of these characters itself.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}

/**
 * True while the process runs. One that has ended but was not yet waited for (a zombie) does not: where its parent is gone too,
 * that may last for long.
 */
export function lives(pid: number | undefined): boolean {
  return pid !== undefined && exists(pid) && !["Z", "X"].includes(stateOf(pid) ?? "");
}
