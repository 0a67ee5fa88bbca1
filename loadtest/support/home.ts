/** A visitor of the public home page, which needs no account. */
import { check, sleep } from "k6";
import http from "k6/http";
import { pause, target, timeout } from "./parameters.ts";

/** Seconds that a visitor looks at the page: the course's. */
export const think = [1, 3] as const;

export function visit(): void {
  const response = http.get(`${target}/`, { tags: { name: "home" }, timeout });
  check(response, {
    "status is 200": ({ status }) => status === 200,
    "it is the home page": ({ body }) => typeof body === "string" && body.includes("Genomics Annotation Service"),
  });
  sleep(pause(think));
}
