/** Whether a process lives, as far as another one can tell. */
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

/** A process that was killed and whose parent is gone too may wait for long until somebody takes note of its end. */
const hasEnded = (pid: number): boolean => ["Z", "X"].includes(stateOf(pid) ?? "");

/** When a process began, in ticks of the system's clock; undefined where there is no `/proc`. */
function ticksOf(pid: number | "self"): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}

const tickMilliseconds = 10;
/** Clocks are set, and files and processes are dated by different ones. */
const toleranceMilliseconds = 5_000;

/** Whether it began after that time, by this process's own beginning. */
function beganAfter(pid: number, time: number): boolean {
  const [its, own] = [ticksOf(pid), ticksOf("self")];
  if (its === undefined || own === undefined) return false;
  const began = Date.now() - process.uptime() * 1_000 + (its - own) * tickMilliseconds;
  return began > time + toleranceMilliseconds;
}

/**
 * Whether the process lives. One that has ended but was not yet waited for (a zombie) does not; neither does one that was never
 * started, which has no id.
 *
 * @param noted when its id was written down, epoch milliseconds: one that began later only has the same id. Where the system cannot
 * tell, it is taken for the one that was meant.
 */
export function isAlive(pid: number | undefined, noted?: number): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !hasEnded(pid) && (noted === undefined || !beganAfter(pid, noted));
}

/** SIGKILL to a process group, such as a detached child and what it has started in it. */
export function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch (error) {
    // ESRCH: gone. EPERM: macOS says so of a group of which only zombies are left.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
