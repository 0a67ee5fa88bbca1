/**
 * The course's swarm on the web farm: closed users with 1 to 3 s think time on the public home page, which needs no sign-in,
 * so that the identity provider is never attacked.
 *
 *     k6 run loadtest/web.ts                                  against http://localhost:8080
 *     k6 run -e TARGET=https://gas.example.org loadtest/web.ts
 *
 * TARGET    origin of the service; default http://localhost:8080
 * USERS     users at the plateau, 1 to 1,000; default 240
 * RAMP      seconds until all are there, 1 to 3,600; default 10
 * PLATEAU   seconds they stay, 1 to 14,400; default 60
 */
import { check, sleep } from "k6";
import http from "k6/http";

function whole(name: string, fallback: number, min: number, max: number): number {
  const value = Number(__ENV[name] ?? fallback);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name}=${__ENV[name]} is not a whole number from ${min} to ${max}`);
  }
  return value;
}

const target = (__ENV.TARGET ?? "http://localhost:8080").replace(/\/+$/, "");
const users = whole("USERS", 240, 1, 1_000);

export const options = {
  scenarios: {
    swarm: {
      executor: "ramping-vus",
      startVUs: 0,
      stages: [
        { duration: `${whole("RAMP", 10, 1, 3_600)}s`, target: users },
        { duration: `${whole("PLATEAU", 60, 1, 14_400)}s`, target: users },
      ],
      gracefulRampDown: "5s",
    },
  },
  thresholds: {
    // A failed check fails the run.
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
  },
};

export default function homePage(): void {
  const response = http.get(`${target}/`, { tags: { name: "home" }, timeout: "60s" });
  check(response, {
    "status is 200": ({ status }) => status === 200,
    "it is the home page": ({ body }) => typeof body === "string" && body.includes("Genomics Annotation Service"),
  });
  sleep(1 + Math.random() * 2);
}
