/**
 * Which TCP ports the runs on this machine have given to services. One that is not listened on yet, or whose service keeps ending, looks
 * free to every other run, whose service would then answer the health checks of the first.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const folder = join(tmpdir(), `annofarm-ports-${userInfo().username}`);
const fileOf = (port: number) => join(folder, String(port));
const own = new Set<number>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process that lives has it for a service. */
export function isClaimed(port: number): boolean {
  if (own.has(port)) return true;
  let pid: number;
  try {
    pid = Number(readFileSync(fileOf(port), "utf8"));
  } catch {
    return false;
  }
  return pid > 0 && pid !== process.pid && isAlive(pid);
}

function removeOwn(): void {
  for (const port of own) rmSync(fileOf(port), { force: true });
}

/** Takes a port for a service of this process. @returns false: it is another's already. */
export function claimPort(port: number): boolean {
  if (isClaimed(port)) return false;
  mkdirSync(folder, { recursive: true });
  rmSync(fileOf(port), { force: true }); // of a process that is gone
  try {
    writeFileSync(fileOf(port), String(process.pid), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  own.add(port);
  // Once, however often the process holds none in between.
  if (!process.listeners("exit").includes(removeOwn)) process.once("exit", removeOwn);
  return true;
}

export function releasePort(port: number): void {
  if (own.delete(port)) rmSync(fileOf(port), { force: true });
}
