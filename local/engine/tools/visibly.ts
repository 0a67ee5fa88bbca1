import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface VisiblyOptions {
  readonly onLine: (line: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly milliseconds?: number;
}

/**
 * Runs a command and tells each line that it writes.
 *
 * @throws {Error} with its last lines when it fails.
 */
export async function runVisibly(command: string, args: readonly string[], options: VisiblyOptions): Promise<void> {
  const { onLine, env, cwd, signal, milliseconds } = options;
  const child: ChildProcess = spawn(command, [...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
    ...(milliseconds === undefined ? {} : { timeout: milliseconds }),
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      tail.push(line);
      if (tail.length > 8) tail.shift();
      onLine(line);
    });
  }
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit, killed) => resolve(exit ?? killed));
  });
  if (code !== 0) throw new Error(`${command} failed (${code}):\n${tail.join("\n")}`);
}
