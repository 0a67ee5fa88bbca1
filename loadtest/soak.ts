/**
 * The same users for hours: does anything leak, drift, or swing between two sizes?
 *
 *     k6 run loadtest/soak.ts
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (support/parameters.ts)
 * USERS     users all the time, 1 to 1,000; default 40
 * MINUTES   minutes they stay, 1 to 1,440; default 180
 */
import { think, visit } from "./support/home.ts";
import { boundUsers, ending, lasting, optionsOf, whole } from "./support/parameters.ts";

const users = whole("USERS", { fallback: 40, least: 1, most: 1_000, unit: "users" });
const minutes = whole("MINUTES", { fallback: 180, least: 1, most: 1_440, unit: "minutes" });
boundUsers(users, think);

export const options = optionsOf(
  { soak: { executor: "constant-vus", vus: users, duration: lasting(60 * minutes), gracefulStop: ending } },
  think,
);

export default visit;
