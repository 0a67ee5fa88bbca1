/**
 * The course's swarm on the web farm: closed users with 1 to 3 s think time on the public home page, which needs no account,
 * so that the identity provider is never attacked.
 *
 *     k6 run loadtest/web.ts                                  against http://localhost:8080
 *     k6 run -e TARGET=https://gas.example.org loadtest/web.ts
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (support/parameters.ts)
 * USERS     users at the plateau, 1 to 1,000; default 240
 * RAMP      seconds until all are there, 1 to 3,600; default 10: 24 users a second
 * PLATEAU   seconds they stay, 1 to 14,400; default 3,000
 */
import { think, visit } from "./support/home.ts";
import { boundUsers, ending, lasting, optionsOf, whole } from "./support/parameters.ts";

const users = whole("USERS", { fallback: 240, least: 1, most: 1_000, unit: "users" });
const ramp = whole("RAMP", { fallback: 10, least: 1, most: 3_600, unit: "seconds" });
const plateau = whole("PLATEAU", { fallback: 3_000, least: 1, most: 14_400, unit: "seconds" });
boundUsers(users, think);

export const options = optionsOf(
  {
    swarm: {
      executor: "ramping-vus",
      startVUs: 0,
      stages: [
        { duration: lasting(ramp), target: users },
        { duration: lasting(plateau), target: users },
      ],
      gracefulRampDown: ending,
      gracefulStop: ending,
    },
  },
  think,
);

export default visit;
