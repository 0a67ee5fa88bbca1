/** Staff's own annofarm, by its command line: the submission is its `-C`, and what it runs of it is confined. */
import { type ChildProcess, spawn } from "node:child_process";
import { confinementVariable } from "../../../plan/program/confinement.ts";

export interface Annofarm {
  /** Absolute path of bin/annofarm.js. */
  readonly command: string;
  /** File that says how its program is confined; undefined: it is not. */
  readonly confinement: string | undefined;
}

/** Variables that a command needs; staff's credentials are not among them. */
const passedOn = ["PATH", "HOME", "LANG", "TMPDIR", "NODE_OPTIONS"] as const;

function environment({ confinement }: Annofarm): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return { ...kept, ...(confinement === undefined ? {} : { [confinementVariable]: confinement }) };
}

/** The last of what a command has said to standard error; a submission's program speaks there as well. */
export interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
}

const saidMax = 16 * 1024;

export function start(annofarm: Annofarm, args: readonly string[], onOutput?: (text: string) => void): Started {
  const child = spawn(process.execPath, [annofarm.command, ...args], {
    env: environment(annofarm),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => onOutput?.(text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-saidMax);
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  ended.catch(() => {}); // whether or not anybody waits
  return { child, said: () => said, ended };
}

const outputMax = 64 * 1024 * 1024;

/**
 * Runs a command to its end.
 *
 * @returns what it printed, and the end of what it said to standard error.
 * @throws {Error} with what it said, when it ended otherwise than with one of `codes`.
 */
export async function runToEnd(
  annofarm: Annofarm,
  args: readonly string[],
  signal: AbortSignal,
  codes: readonly number[] = [0],
): Promise<{ output: string; said: string }> {
  let output = "";
  const started = start(annofarm, args, (text) => {
    if (output.length < outputMax) output += text;
  });
  const stop = () => void started.child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  const end = await started.ended.finally(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  const said = started.said().trim().slice(-600);
  if (!codes.some((code) => end === `exit code ${code}`))
    throw new Error(`annofarm ${args[0]} ended with ${end}: ${said}`);
  return { output, said };
}
