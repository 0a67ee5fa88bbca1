/**
 * Submissions through the API that set off the annotator farm: 4 a minute are 60 in the 15 minutes in which the course's alarm
 * asks for 30. They come whatever the answers are.
 *
 *     TOKEN=gas_… k6 run -e TARGET=https://gas.example.org loadtest/annotator.ts
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (support/parameters.ts)
 * TOKEN     API tokens of those who submit, separated by commas: in the environment, never on a command line
 * JOBS      jobs a minute, 1 to 120; default 4
 * MINUTES   minutes for which they come, 1 to 480; default 30
 */
import { submit } from "./support/api.ts";
import { bound, ending, lasting, optionsOf, whole } from "./support/parameters.ts";

const jobs = whole("JOBS", { fallback: 4, least: 1, most: 120, unit: "jobs a minute" });
const minutes = whole("MINUTES", { fallback: 30, least: 1, most: 480, unit: "minutes" });
bound("jobs in all", jobs * minutes, 2_000, "JOBS or MINUTES");

export const options = optionsOf(
  {
    submissions: {
      executor: "constant-arrival-rate",
      rate: jobs,
      timeUnit: lasting(60),
      duration: lasting(60 * minutes),
      preAllocatedVUs: 20,
      maxVUs: 50,
      gracefulStop: ending,
    },
  },
  [0, 0],
);

export default function submission(): void {
  submit();
}
