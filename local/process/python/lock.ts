/**
 * A lock between processes that cannot go stale: a small Python holds an operating system's file lock for as long as its
 * standard input is open, so it is gone as soon as its owner is, however the owner ended. Waiting for it is no polling.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

const hold = `
import sys
handle = open(sys.argv[1], "a+")
if sys.platform == "win32":
    import msvcrt
    while True:
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
            break
        except OSError:
            pass  # LK_LOCK gives up after ten seconds
else:
    import fcntl
    fcntl.flock(handle, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
`;

/** Runs `work` while no other process runs theirs under the same `file`. */
export async function withFileLock<T>(python: string, file: string, work: () => Promise<T>): Promise<T> {
  const holder = spawn(python, ["-c", hold, file], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(holder, "exit");
  let complaint = "";
  holder.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  holder.stdin.on("error", () => {}); // the holder is gone already: its end is reported below
  const locked = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
  if (!locked) throw new Error(`cannot lock ${file}: ${complaint.trim()}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
