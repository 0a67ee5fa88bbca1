/**
 * A class that all at once opens the home page, stays for a while and goes: how late is the farm, and does it come back?
 *
 *     k6 run loadtest/spike.ts
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (support/parameters.ts)
 * BASE      users before and after, 1 to 1,000; default 10
 * USERS     users at the peak, 1 to 1,000; default 240
 * CALM      seconds before and after the peak, 1 to 7,200; default 600
 * PEAK      seconds at the peak, 1 to 7,200; default 600
 */
import { think, visit } from "./support/home.ts";
import { boundUsers, ending, lasting, optionsOf, whole } from "./support/parameters.ts";

const base = whole("BASE", { fallback: 10, least: 1, most: 1_000, unit: "users" });
const users = whole("USERS", { fallback: 240, least: 1, most: 1_000, unit: "users" });
const calm = whole("CALM", { fallback: 600, least: 1, most: 7_200, unit: "seconds" });
const peak = whole("PEAK", { fallback: 600, least: 1, most: 7_200, unit: "seconds" });
boundUsers(Math.max(base, users), think);

export const options = optionsOf(
  {
    spike: {
      executor: "ramping-vus",
      startVUs: base,
      stages: [
        { duration: lasting(calm), target: base },
        { duration: lasting(5), target: users },
        { duration: lasting(peak), target: users },
        { duration: lasting(5), target: base },
        { duration: lasting(calm), target: base },
      ],
      gracefulRampDown: ending,
      gracefulStop: ending,
    },
  },
  think,
);

export default visit;
