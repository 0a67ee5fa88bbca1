/** A process group seen from outside: its memory, and its end. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Resident memory of all processes of a group, MiB; 0 once it is gone. Resident memory and not address space (`ulimit -v`),
 * because runtimes such as Java and Node reserve far more addresses than they use.
 */
export async function groupMemoryMib(groupId: number): Promise<number> {
  const { stdout } = await run("ps", ["-A", "-o", "pgid=,rss="]);
  let kib = 0;
  for (const line of stdout.split("\n")) {
    const [group, resident] = line.trim().split(/\s+/);
    if (Number(group) === groupId) kib += Number(resident);
  }
  return kib / 1024;
}

/** SIGKILL to every process of the group; nothing when none is left. */
export function killGroup(groupId: number): void {
  try {
    process.kill(-groupId, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
