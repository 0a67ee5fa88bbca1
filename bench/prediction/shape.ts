/**
 * A load of the prediction benchmark: users on the public home page.
 *
 * TARGET, SPEED, FAILURES   as every scenario has them (loadtest/support/parameters.ts)
 * SHAPE     which of shapes.ts, by its number; 0 calibrates, and is the default
 */
import { think, visit } from "../../loadtest/support/home.ts";
import { boundUsers, ending, lasting, optionsOf, whole } from "../../loadtest/support/parameters.ts";
import { byNumber, calibration } from "./shapes.ts";

const number = whole("SHAPE", { fallback: 0, least: 0, most: byNumber.length - 1, unit: "shapes" });
const { users, stages } = byNumber[number] ?? calibration;
boundUsers(Math.max(users, ...stages.map(([, to]) => to)), think);

export const options = optionsOf(
  {
    shape: {
      executor: "ramping-vus",
      startVUs: users,
      stages: stages.map(([minutes, target]) => ({ duration: lasting(60 * minutes), target })),
      gracefulRampDown: ending,
      gracefulStop: ending,
    },
  },
  think,
);

export default visit;
