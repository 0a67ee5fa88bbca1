/** Whether a process lives, as far as another one can tell. */
import { readFileSync } from "node:fs";

/** A process that was killed and whose parent is gone too may wait for long until somebody takes note of its end. */
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, ""));
  } catch {
    return false; // no Linux, or gone
  }
}

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
 * Whether the process lives.
 *
 * @param noted when its id was written down, epoch milliseconds: one that began later only has the same id. Where the system cannot
 * tell, it is taken for the one that was meant.
 */
export function isAlive(pid: number, noted?: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid) && (noted === undefined || !beganAfter(pid, noted));
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
