/**
 * How fast is the simulator? Jobs a second of an M/M/10 queue against SimPy, in turn in one run, with the mean wait of both
 * beside Erlang's formula; and the time that the course's evening takes, 2.7 hours with its 89,000 requests.
 *
 *     npm run bench -- simulator
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { courseScenario } from "../scaling/simulate/course/web.ts";
import { fairConditions, type Scenario } from "../scaling/simulate/model.ts";
import { simulate } from "../scaling/simulate/simulate.ts";
import { peerPython } from "./support/peer-python.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const packages = ["simpy==4.1.2"];
const rounds = 5;
const servers = 10;
const arrivals = 8.5;
/** Ours runs longer, so that both take about as long. */
const jobs = { ours: 1_000_000, simpy: 100_000 };

const group = {
  urn: "",
  name: "queue",
  min: 1,
  max: 1,
  desired: 1,
  zones: ["a"],
  rebalances: false,
  cooldownSeconds: 300,
  graceSeconds: 300,
  checkedByBalancer: false,
  protectsNew: false,
  terminationPolicies: ["Default"],
  policies: [],
  schedules: [],
  hooks: [],
} as const;
const seconds = jobs.ours / arrivals;
const queue: Scenario = {
  title: "M/M/10",
  seconds,
  group: "queue",
  conditions: fairConditions,
  plan: { groups: [group], alarms: [], remarks: [] },
  sources: [{ kind: "open", at: 0, from: arrivals, stages: [{ seconds, to: arrivals }] }],
  service: {
    kind: "web",
    runningSeconds: 0,
    bootSeconds: 0,
    stopSeconds: 0,
    lossesPerHour: 0,
    rate: servers,
    concurrency: servers,
    distribution: { kind: "exponential" },
    queueLimit: Number.MAX_SAFE_INTEGER,
    clientSeconds: 0,
    timeoutSeconds: Number.POSITIVE_INFINITY,
    servesAbandoned: false,
    retries: { attempts: 0, pauseSeconds: 0 },
    errorShare: 0,
    healthySeconds: 0,
    deregistrationSeconds: 0,
    balancing: "round robin",
  },
};

const waits: Record<"ours" | "simpy", number[]> = { ours: [], simpy: [] };
let seed = 0;

async function ours(): Promise<number> {
  const begun = performance.now();
  const { totals } = simulate(queue, ++seed);
  waits.ours.push(totals.wait as number);
  return (1000 * totals.ended) / (performance.now() - begun);
}

const script = fileURLToPath(new URL("simulator/queue.py", import.meta.url));
const python = join(await peerPython("simulator", packages), "python");
async function simpy(): Promise<number> {
  const args = [script, String(jobs.simpy), String(arrivals), String(servers), String(++seed)];
  const { wait, jobsPerSecond } = JSON.parse(execFileSync(python, args, { encoding: "utf8" }));
  waits.simpy.push(wait);
  return jobsPerSecond;
}

/** Mean wait of M/M/c by Erlang's C formula. */
function erlangWait(): number {
  let [term, sum] = [1, 1];
  for (let n = 1; n < servers; n++) {
    term *= arrivals / n;
    sum += term;
  }
  const last = ((term * arrivals) / servers) * (servers / (servers - arrivals));
  return last / (sum + last) / (servers - arrivals);
}

await ours(); // compiled before anything counts
for (const values of Object.values(waits)) values.length = 0;
const speeds = await inTurn(rounds, { ours, simpy });
const walls: number[] = [];
const times = await inTurn(15, {
  course: async () => {
    const begun = process.cpuUsage();
    const wall = performance.now();
    simulate(courseScenario("shared", { instanceRate: 200, sharedRate: 29.4, clientSeconds: 1.9 }), ++seed);
    walls.push(performance.now() - wall);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  },
});

const speed = ratio(speeds.ours, speeds.simpy);
const evening = median(times.course);
console.log(
  `M/M/10: ${Math.round(median(speeds.ours)).toLocaleString("en-US")} jobs/s against SimPy's ` +
    `${Math.round(median(speeds.simpy)).toLocaleString("en-US")}: ${speed.median.toFixed(1)} times ` +
    `(${speed.min.toFixed(1)} to ${speed.max.toFixed(1)})`,
);
console.log(
  `mean wait: ours ${median(waits.ours).toFixed(4)} s, SimPy ${median(waits.simpy).toFixed(4)} s, ` +
    `Erlang's formula ${erlangWait().toFixed(4)} s`,
);
console.log(
  `the course's evening takes ${evening.toFixed(0)} ms of processor time (${Math.min(...times.course).toFixed(0)} at best), ` +
    `${median(walls).toFixed(0)} ms by the clock`,
);
writeReport(
  "simulator",
  {
    ratio: speed,
    wait: { ours: median(waits.ours), erlang: erlangWait() },
    course: { median: evening, min: Math.min(...times.course) },
  },
  { packages, jobs, jobsPerSecond: speeds, waits, courseMilliseconds: { processor: times.course, wall: walls } },
);
