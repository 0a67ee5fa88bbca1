/** Machines on their way into service, or into the warm pool and out of it, as EC2 and their boot scripts bring them there. */
import type { ScalingEvent } from "../engine/events.ts";
import type { GroupPlan } from "../scaling-plan.ts";
import type { Kernel } from "./kernel.ts";
import type { Machine, machinePark } from "./machines.ts";
import type { Conditions, InstanceTimes } from "./model.ts";

const milliseconds = (seconds: number) => Math.round(seconds * 1000);

/** What becomes of a launch in a zone at this time, if it fails: in that zone alone, or in whichever. */
function launchFailure(
  { launchFailures, zoneOutages }: Conditions,
  { name: group, zones }: GroupPlan,
  zone: string,
  now: number,
): Extract<ScalingEvent, { kind: "launch-failed" }> | undefined {
  const failing = [...launchFailures, ...zoneOutages].filter(({ from, to }) => now >= from && now < to);
  const failed = { kind: "launch-failed", at: milliseconds(now), group } as const;
  if (failing.some((each) => each.zone === undefined)) return failed;
  return failing.some((each) => each.zone === zones.indexOf(zone)) ? { ...failed, zone } : undefined;
}

/** The boot script's answer to the group's launch hooks. */
const hookAnswers = ({ hooks }: GroupPlan, instanceId: string, at: number): ScalingEvent[] =>
  hooks
    .filter(({ transition }) => transition === "launching")
    .map(({ name: hook }) => ({ kind: "hook-completed", at, instanceId, hook, result: "CONTINUE" }));

export function createLaunches(
  kernel: Kernel,
  group: GroupPlan,
  { times, conditions }: { readonly times: InstanceTimes; readonly conditions: Conditions },
  park: ReturnType<typeof machinePark>,
  send: (event: ScalingEvent) => void,
) {
  const { runningSeconds, bootSeconds, startSeconds = bootSeconds } = times;
  const waitsRunning = group.warmPool?.state === "Running";
  const now = () => milliseconds(kernel.now());

  /** It runs after so many seconds, and completes its launch hooks when its services answer, or it is installed. */
  function comeUp({ id: instanceId, answersFrom }: Machine, seconds: number): void {
    kernel.timer(kernel.now() + seconds, () => {
      send({ kind: "running", at: now(), instanceId });
      // Even if its services answer at that instant, they do so after it runs.
      kernel.timer(answersFrom, () => hookAnswers(group, instanceId, now()).forEach(send));
    });
  }

  function begin(zone: string, into: { readonly into?: "pool" }): void {
    const failed = launchFailure(conditions, group, zone, kernel.now());
    if (failed !== undefined) {
      send({ ...failed, ...into });
      return;
    }
    const machine = park.add(bootSeconds, zone, into.into === "pool");
    send({ kind: "launching", at: now(), group: group.name, instanceId: machine.id, zone, ...into });
    comeUp(machine, runningSeconds);
  }

  return {
    launch: (zone: string) => begin(zone, {}),
    warm: (zone: string) => begin(zone, { into: "pool" }),
    warmed(machine: Machine): void {
      machine.pooled = true;
      if (!waitsRunning) park.stop(machine);
    },
    start(machine: Machine): void {
      machine.pooled = false;
      park.start(machine, startSeconds);
      comeUp(machine, waitsRunning ? 0 : Math.min(runningSeconds, startSeconds));
    },
  };
}
