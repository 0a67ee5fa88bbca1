import { spawnSync } from "node:child_process";

/** True while the process runs; one that has ended but was not yet waited for (a zombie) does not. */
export function lives(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
