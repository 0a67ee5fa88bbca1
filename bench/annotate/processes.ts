/** Time that a command's processes take together. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";

export interface Taken {
  /** Of all processes, user and system; seconds. */
  readonly cpu: number;
  readonly seconds: number;
  /** The last line that it wrote to standard error. */
  readonly said: string;
}

/**
 * Runs a shell command on so many cores, the last ones of the machine.
 *
 * @param output file for what it writes.
 * @throws when it fails, with what it said.
 */
export function timed(command: string, cores: number, output = "/dev/null"): Taken {
  const all = cpus().length;
  const errors = `.annofarm/bench/annotate-errors-${process.pid}.txt`;
  const script = `set -o pipefail; TIMEFORMAT='%U %S %R'; time { ${command}; } >'${output}' 2>'${errors}'`;
  const { status, stderr } = spawnSync(
    "taskset",
    ["-c", `${Math.max(0, all - cores)}-${all - 1}`, "bash", "-c", script],
    {
      encoding: "utf8",
    },
  );
  const said = readFileSync(errors, "utf8").trimEnd();
  rmSync(errors);
  if (status !== 0) throw new Error(`${command} ended with status ${status}: ${stderr}${said.slice(-2_000)}`);
  const [user = Number.NaN, system = Number.NaN, seconds = Number.NaN] = stderr.trim().split(" ").map(Number);
  return { cpu: user + system, seconds, said: said.slice(said.lastIndexOf("\n") + 1) };
}
