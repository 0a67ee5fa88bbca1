/**
 * What a scientist's program does, through the API: list the jobs, upload a small VCF, look at its job until it is done, read
 * the log, list again.
 *
 *     TOKEN=gas_… k6 run -e TARGET=https://gas.example.org loadtest/journey.ts
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (support/parameters.ts)
 * TOKEN     API tokens, separated by commas: in the environment, never on a command line
 * USERS     programs at once, 1 to 100; default 4. Each token may make 120 requests a minute at each instance
 * MINUTES   minutes, 1 to 240; default 10
 */
import { check, sleep } from "k6";
import { list, log, show, submit } from "./support/api.ts";
import { ending, lasting, optionsOf, pause, whole } from "./support/parameters.ts";

const think = [2, 6] as const;
/** Looks at one job: some ten minutes of waiting, then it is too late. */
const looksMost = 150;

const users = whole("USERS", { fallback: 4, least: 1, most: 100, unit: "programs" });
const minutes = whole("MINUTES", { fallback: 10, least: 1, most: 240, unit: "minutes" });

export const options = optionsOf(
  { journey: { executor: "constant-vus", vus: users, duration: lasting(60 * minutes), gracefulStop: ending } },
  think,
);

export default function journey(): void {
  list();
  sleep(pause(think));
  const job = submit();
  if (job === undefined) {
    sleep(pause(think));
    return;
  }
  let seen: ReturnType<typeof show>;
  for (let looks = 0; looks < looksMost && seen?.has_log !== true; looks++) {
    sleep(pause(think));
    seen = show(job.job_id);
  }
  check(seen, { "the job is done in time": (found) => found?.has_log === true });
  if (seen?.has_log !== true) return;
  sleep(pause(think));
  log(job.job_id);
  sleep(pause(think));
  list();
  sleep(pause(think));
}
