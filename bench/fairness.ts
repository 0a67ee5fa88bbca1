/**
 * Does one user's heap of jobs keep another's waiting? The declared service, two annotators whose jobs take a declared time: a quiet
 * user submits one job after the other and waits for each, first on an idle farm, then while a loud user's jobs lie in the queue. The
 * peer of every wait is the idle farm of the same run.
 *
 *     npm run bench -- fairness
 *     node --import ./plan/program/source/register.js bench/fairness.ts [rounds] [loud jobs]
 */
import { setTimeout as delay } from "node:timers/promises";
import { parseCapacity } from "../local/capacity/parse.ts";
import { until } from "../local/demo/until.ts";
import { startTestService, type TestService } from "../test/support/local-service.ts";
import { apiUser, submitSample } from "./support/api-user.ts";
import { mean, writeReport } from "./support/report.ts";

const rounds = Number(process.argv[2] ?? 20);
const loudJobs = Number(process.argv[3] ?? 100);
for (const [name, value, most] of [["rounds", rounds, 100] as const, ["loud jobs", loudJobs, 100] as const]) {
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`${name}: ${value} is not 1 to ${most}`);
}
const workers = 2;
/** A job's time, so varied that workers do not stay in step: AWS's seconds. */
const jobSeconds = 30;
const capacity = `annotator=${jobSeconds}s,lognormal,variation=0.3`;
/** At this speed a job's own work is a small part of its declared time. */
const speed = 10;

/** A program of one user's. */
function client({ url, clock, backstage }: TestService, token: string) {
  const submit = () => submitSample(url, token, "one.vcf");
  return {
    submit,
    /** AWS's seconds from the submission of a job to its end. */
    async wait(): Promise<number> {
      const from = clock.now();
      const id = await submit();
      await until(`job ${id} to end`, async () => {
        const { job_status } = await backstage.job(id);
        if (job_status === "FAILED") throw new Error(`job ${id} has failed`);
        return job_status === "COMPLETED" || undefined;
      });
      return (clock.now() - from) / 1000;
    },
  };
}

/** Waits of the quiet user's jobs, with pauses in between that no worker keeps step with. */
async function waits(quiet: ReturnType<typeof client>, what: string): Promise<number[]> {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    found.push(await quiet.wait());
    process.stderr.write(`\r${what}: ${round + 1} of ${rounds}`.padEnd(79));
    await delay((((7 * round) % jobSeconds) * 1000) / speed);
  }
  return found;
}

const config = { annotatorMin: String(workers), annotatorMax: String(workers), webMin: "1" };
const service = await startTestService(19_800, config, speed, { capacities: [parseCapacity(capacity)] });
try {
  const quiet = client(service, await apiUser(service, "premium_user", "quiet"));
  const loud = client(service, await apiUser(service, "premium_user", "loud"));
  await quiet.wait();
  const idle = await waits(quiet, "idle farm");
  // The API takes 120 requests a minute of a user.
  for (let job = 0; job < loudJobs; job++) await loud.submit();
  const busy = await waits(quiet, "beside a loud user");
  const figures = {
    workers,
    jobSeconds,
    rounds,
    loudJobs,
    idle: mean(idle),
    busy: mean(busy),
    ratio: mean(busy) / mean(idle),
  };
  console.log(
    `a quiet user waits ${figures.idle.toFixed(1)} s on an idle farm, ${figures.busy.toFixed(1)} s beside ${loudJobs} jobs of another: ${figures.ratio.toFixed(2)} times`,
  );
  writeReport("fairness", figures, { speed, capacity, idle, busy });
} finally {
  await service.stop();
  for (const problem of service.problems) console.error(`! ${problem}`);
}
