import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Asks each of these processes to end, and resolves when all have. */
export async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      child.kill("SIGTERM");
      return once(child, "exit");
    }),
  );
}
