/**
 * The end of an instance that its group takes out: the termination hook holds it for one heartbeat, a new one is sent as long as
 * jobs run, and the hook is completed once none does.
 *
 *     told to go ──▶ heartbeat, again after a third of its time … ──last job has ended──▶ completed
 */
import type { Clock, InstanceIdentity, Log } from "../jobs/ports.ts";

interface Leaving {
  readonly instance: Pick<InstanceIdentity, "targetLifecycleState" | "prolongTermination" | "completeTermination">;
  readonly clock: Clock;
  readonly log: Log;
}

const retrySeconds = 10;

/** Whether the group takes the instance out. A stop of the service alone has no hook to wait for it. */
const mustGo = async ({ instance }: Pick<Leaving, "instance">) =>
  (await instance.targetLifecycleState()) !== "InService";

/** Keeps the termination hook waiting until `signal` aborts: AWS lets it for 48 hours, or 100 heartbeats if that is less. */
export async function holdTermination(leaving: Leaving, signal: AbortSignal): Promise<void> {
  const { instance, clock, log } = leaving;
  while (!signal.aborted) {
    let pause = retrySeconds;
    try {
      if (!(await mustGo(leaving))) return;
      if (signal.aborted) return;
      const heartbeat = await instance.prolongTermination();
      if (heartbeat === undefined) return;
      pause = heartbeat / 3;
    } catch (err) {
      log.warn({ err }, "could not send the termination hook a heartbeat");
    }
    await clock.sleep(pause * 1000, signal);
  }
}

/** After a drain for the group's sake, the termination hook need not wait any longer. */
export async function endTermination(leaving: Leaving): Promise<void> {
  try {
    if (await mustGo(leaving)) await leaving.instance.completeTermination();
  } catch (err) {
    leaving.log.warn({ err }, "could not complete the termination: the hook's timeout will");
  }
}
