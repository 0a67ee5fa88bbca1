/** What a simulation needs to know of an instance, estimated from one short run: nothing of the declared capacity is looked at. */

import type { Report } from "../../loadtest/measure/report/report.ts";
import type { LocalService } from "../../local/run/start.ts";
import { mean, median } from "../support/report.ts";
import { calibration } from "./shapes.ts";

/** As a scenario file's `service` has it. */
export interface Calibrated {
  /** Requests a second of one busy instance. */
  readonly rate: number;
  /** Seconds of every answer that no server spends. */
  readonly client: number;
  /** Seconds from an instance's order until it is in service, and until the balancer sends it requests. */
  readonly boot: number;
  readonly healthy: number;
  /** Seconds from the end of an idle instance's work until it is gone. */
  readonly stop: number;
}

/**
 * From the minutes with more users than the instances get through: what they get through. From those with few: what their answers
 * take beyond that of a simulated run of the same users, which waits in the same queues.
 *
 * @param requestsOf requests a minute that so many seconds beside the instances leave, at this rate, in the quiet minutes.
 */
export function capacityOf(
  report: Report,
  requestsOf: (service: Pick<Calibrated, "rate" | "client">, minutes: readonly [from: number, to: number]) => number,
): Pick<Calibrated, "rate" | "client"> {
  const [quiet = 0, rising = 0] = calibration.stages.map(([minutes]) => minutes);
  const rows = report.measured.load;
  const inService = report.measured.sizes[report.group]?.at(-1)?.inService ?? 0;
  // The first minute of each has the end of what was before in it.
  const full = rows.slice(Math.ceil(quiet + rising) + 1, report.loadMinutes - 1);
  const rate = mean(full.map(({ requests }) => requests)) / 60 / inService;
  const span = [1, Math.floor(quiet) - 1] as const;
  const asked = mean(rows.slice(...span).map(({ requests }) => requests));
  let [least, most] = [0, 5];
  for (let n = 0; n < 20; n++) {
    const client = (least + most) / 2;
    // More time beside the instances leaves fewer requests.
    if (requestsOf({ rate, client }, span) > asked) least = client;
    else most = client;
  }
  return { rate, client: least };
}

/** Adds an instance by hand, three times, and takes each away again; measures what both take in AWS's seconds. */
export async function lifeTimes(
  service: LocalService,
  group: string,
): Promise<Pick<Calibrated, "boot" | "healthy" | "stop">> {
  const { clock, groups, hypervisor, balancer } = service;
  const boots: number[] = [];
  const checks: number[] = [];
  const stops: number[] = [];
  const least = groups.groups().find(({ name }) => name === group)?.minSize ?? 0;

  /** The next of the group's events of this kind. */
  const next = (kind: "in-service" | "terminated") =>
    new Promise<string>((resolve) => {
      const off = hypervisor.on((event) => {
        if (event.kind !== kind || event.groupName !== group) return;
        off();
        resolve(event.instanceId);
      });
    });
  const healthy = (instanceId: string) =>
    new Promise<void>((resolve) => {
      const look = () => (balancer.health(instanceId) === "healthy" ? resolve() : void setTimeout(look, 5));
      look();
    });

  for (let n = 1; n <= 3; n++) {
    const arrival = next("in-service");
    const ordered = clock.now();
    await groups.setDesired(group, least + n, "calibration");
    const instanceId = await arrival;
    const arrived = clock.now();
    await healthy(instanceId);
    boots.push((arrived - ordered) / 1000);
    checks.push((clock.now() - arrived) / 1000);
  }
  for (let n = 2; n >= 0; n--) {
    const departure = next("terminated");
    const ordered = clock.now();
    await groups.setDesired(group, least + n, "calibration");
    await departure;
    stops.push((clock.now() - ordered) / 1000);
  }
  return { boot: median(boots), healthy: median(checks), stop: median(stops) };
}
