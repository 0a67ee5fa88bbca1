/** Standard output and standard error that cannot be written to. */

/** As shells have it for a process that SIGPIPE ended: 128 + 13. */
const brokenPipe = 141;

/** What a stream failed of: its reader has gone, or there is no room. */
export function outputFailure(
  error: NodeJS.ErrnoException,
  failureCode: number,
): { readonly code: number; readonly message?: string } {
  if (error.code === "EPIPE") return { code: brokenPipe };
  const why = error.code === "ENOSPC" ? "no space is left on the device" : (error.code ?? error.message);
  return { code: failureCode, message: `cannot write to standard output: ${why}; make room, or send it elsewhere` };
}

/**
 * A reader that has seen enough (`| head`) ends the command without a word; any other failure is one line. A run that has
 * something to put in order first is asked to end instead, as by a signal.
 *
 * @param failureCode exit code of a command that fails.
 */
export function guardStreams(failureCode: number): void {
  let told = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (told) return;
    told = true;
    const { code, message } = outputFailure(error, failureCode);
    if (message !== undefined) process.stderr.write(`annofarm: ${message}\n`);
    process.exitCode = code;
    if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
    else process.exit(code);
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => {});
}
