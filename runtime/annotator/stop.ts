/** What stops a job in work: its lease is lost, its instance goes away, its time is over. */
import type { Clock } from "../jobs/ports.ts";
import type { RunJobOptions } from "./run-job-options.ts";

export class OutOfTimeError extends Error {
  override name = "OutOfTimeError";
}
export class HurryError extends Error {
  override name = "HurryError";
}

/** @param lost aborts with its reason when the job is somebody else's. */
export function createStop(
  lost: AbortSignal,
  { clock, hurry, jobSecondsMax }: Pick<RunJobOptions, "hurry" | "jobSecondsMax"> & { readonly clock: Clock },
): { readonly signal: AbortSignal; close(): void } {
  const stop = new AbortController();
  const onLost = () => stop.abort(lost.reason);
  const onHurry = () => stop.abort(new HurryError("the instance is going away"));
  lost.addEventListener("abort", onLost, { once: true });
  hurry.addEventListener("abort", onHurry, { once: true });
  const over = new AbortController();
  void clock.sleep(jobSecondsMax * 1000, over.signal).then(() => {
    if (!over.signal.aborted) stop.abort(new OutOfTimeError());
  });
  if (hurry.aborted) onHurry();
  return {
    signal: stop.signal,
    close() {
      over.abort();
      hurry.removeEventListener("abort", onHurry);
    },
  };
}
