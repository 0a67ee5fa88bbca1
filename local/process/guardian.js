// Guardian: ends the runner's children when the runner is gone, however it went (SIGKILL included).
//
// The runner writes `+<pid>` for a process group that it has started and `-<pid>` for one that has ended. End of input means
// that the runner no longer lives. Plain JavaScript on purpose: it starts in a few milliseconds and needs no loader.
import { createInterface } from "node:readline";

const groups = new Set();
const lines = createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) groups.add(pid);
  else groups.delete(pid);
});

lines.on("close", () => {
  for (const pid of groups) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // already gone
    }
  }
  process.exit(0);
});

// Ctrl-C reaches the whole foreground group; the guardian outlives it until the runner has closed the pipe.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
