/** A short load test of one group, as it was recorded and reported. */
import { measuredOf } from "../../loadtest/measure/measured.ts";
import { figuresOf } from "../../loadtest/measure/report/figures.ts";
import type { Report } from "../../loadtest/measure/report/report.ts";
import type { GroupSize, RecordedAlarm, TimelineLine } from "../../loadtest/measure/timeline.ts";

const begun = Date.UTC(2026, 0, 1, 12, 0, 20);
export const at = (minutes: number) => begun + 60_000 * minutes;
export const size = (inService: number, desired = inService): GroupSize => ({
  name: "gas-web",
  min: 2,
  max: 4,
  desired,
  inService,
  instances: desired,
});
export const alarm: RecordedAlarm = {
  name: "gas-web-scale-out",
  group: "gas-web",
  metric: "RequestCount",
  statistic: "Sum",
  periodSeconds: 60,
  threshold: 200,
  comparison: "GreaterThanThreshold",
};
export const look = (minutes: number, group: GroupSize, state: "OK" | "ALARM"): TimelineLine => ({
  kind: "sample",
  at: at(minutes),
  groups: [group],
  alarms: { [alarm.name]: state },
});
const load = (minute: number, requests: number): TimelineLine => ({
  kind: "load",
  ...{ minute, users: 30, requests, failed: 1, dropped: 0, p50: 0.1, p95: 0.2, p99: 0.3 },
});

export const lines: TimelineLine[] = [
  look(-0.5, size(2), "OK"),
  load(1, 600),
  look(0.5, size(2), "OK"),
  look(1.2, size(2, 3), "ALARM"),
  load(2, 610),
  look(2.8, size(3), "ALARM"),
  { kind: "problem", at: at(3), message: "groups could not be read: <timeout>" },
  { kind: "problem", at: at(3.2), message: "groups could not be read: <timeout>" },
  look(4, size(2), "OK"),
  { kind: "begun", at: begun },
  {
    kind: "activity",
    ...{
      at: at(1.1),
      end: at(2.6),
      group: "gas-web",
      description: "Launching i-1",
      cause: "an <alarm>",
      status: "Failed",
    },
  },
  {
    kind: "metric",
    alarm: alarm.name,
    minutes: [{ start: begun - 20_000, sum: 600, count: 1, minimum: 600, maximum: 600 }],
  },
];
export const measured = measuredOf(lines, [alarm]);
const latency = { min: 0.1, mean: 0.15, p50: 0.1, p95: 0.2, p99: 0.3, max: 0.5 };
export const totals = { requests: 1210, failed: 2, dropped: 0, latency, failedChecks: { "status is 200": 2 } };

export const report: Report = {
  scenario: "web",
  target: "http://localhost:8080",
  speed: 10,
  begun: new Date(begun).toISOString(),
  interrupted: true,
  k6: "v1.1.0",
  parameters: { USERS: 30, SPEED: 1 },
  group: "gas-web",
  loadMinutes: 2,
  verdicts: [{ what: "reached 3 by 5 min", verdict: "held", detail: "at 2.8 min" }],
  figures: figuresOf({ measured, totals, group: "gas-web", farm: "web", jobs: "none", prediction: undefined }),
  totals,
  thresholds: [],
  jobs: "none",
  capacities: [{ group: "gas-web", kind: "web", rate: 4.9, distribution: { kind: "exponential" } }],
  prediction: "nothing says how fast an instance is",
  measured,
};
