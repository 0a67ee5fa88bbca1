/**
 * Parameters of a scenario, from the environment, checked before any load: a wrong value is refused by its name, its bounds and
 * what to do. Times are AWS's; against a local run whose time is accelerated, `SPEED` divides them and multiplies rates.
 *
 * TARGET    origin of the service; default http://localhost:8080
 * SPEED     seconds of the target's time in one second, 1 to 600; default 1. Only this machine's time can be accelerated.
 * FAILURES  percentage of requests and checks that may fail, 0 to 100; default 1
 */
import type { Options } from "k6/options";

const read: Record<string, number> = {};

interface Bounds {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  /** What it counts, for the message. */
  readonly unit: string;
}

function numberOf(name: string, { fallback, least, most, unit }: Bounds, whole: boolean): number {
  const given = __ENV[name];
  const value = given === undefined || given === "" ? fallback : Number(given);
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    const kind = whole ? "a whole number" : "a number";
    throw new Error(
      `${name}=${given} is not ${kind} of ${unit} from ${least} to ${most}; set ${name}=${fallback}, say`,
    );
  }
  read[name] = value;
  return value;
}

export const whole = (name: string, bounds: Bounds): number => numberOf(name, bounds, true);

export const target = ((): string => {
  const given = (__ENV.TARGET ?? "http://localhost:8080").replace(/\/+$/, "");
  if (/^https?:\/\/[^\s/?#@]+$/.test(given)) return given;
  const shown = given.includes("@") ? "TARGET, which holds a password," : `TARGET=${given}`;
  throw new Error(`${shown} is not the origin of a service; write it like TARGET=https://gas.example.org`);
})();

const speed = numberOf("SPEED", { fallback: 1, least: 1, most: 600, unit: "seconds in a second" }, false);
if (speed !== 1 && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(target)) {
  throw new Error(`SPEED=${speed} is for a run on this machine; time at ${target} is not accelerated: leave SPEED out`);
}

const failures = numberOf("FAILURES", { fallback: 1, least: 0, most: 100, unit: "percent" }, false);
// As k6 writes it: "rate<=0" would be crossed by a single failure, which is what 0 means.
const passing: Options["thresholds"] = {
  checks: [`rate>=${(1 - failures / 100).toFixed(4)}`],
  http_req_failed: [`rate<=${(failures / 100).toFixed(4)}`],
};

/** Seconds of the target's time, as k6 takes a duration. */
export const lasting = (seconds: number): string => `${Math.max(1, Math.round((1000 * seconds) / speed))}ms`;

/** How long requests that are under way may take when the load ends or a user leaves; real time. */
export const ending = "3s";

/** Seconds to sleep for so many seconds of the target's time. */
export const pause = ([least, most]: readonly [number, number]): number =>
  (least + (most - least) * Math.random()) / speed;

const patience = (leastReal: number) => `${Math.max(leastReal, Math.round(60_000 / speed))}ms`;

/** A client gives up after a minute of the target's time, but never before 2 s: answers take some real time here. */
export const timeout = patience(2_000);

/** Of the API: storing a file takes real time, which acceleration does not shorten. */
export const apiTimeout = patience(15_000);

/** Bounds what one run may ask for. @throws {Error} naming the parameters. */
export function bound(what: string, value: number, most: number, names: string): void {
  if (value <= most) return;
  throw new Error(`${what} would be ${Math.round(value)}, of which ${most} are let through; lower ${names}`);
}

/** Most requests a second, of users who think about two seconds: more than one machine makes. */
export const boundUsers = (users: number, think: readonly [number, number]): void =>
  bound("requests a second", (users * speed * 2) / (think[0] + think[1]), 10_000, "USERS or SPEED");

/**
 * Bearer tokens of users who submit jobs, separated by commas; virtual users take turns, as each token's rate is limited.
 *
 * @throws {Error} that never holds the value.
 */
export function tokens(): string[] {
  const given = (__ENV.TOKEN ?? "").split(",").map((token) => token.trim());
  if (given.every((token) => /^gas_[\w.-]+_[0-9a-f]{64}$/.test(token))) return given;
  throw new Error("TOKEN is no API token (gas_…); make one on the profile page and put it into the environment");
}

/**
 * The options of a scenario. `ext.annofarm` tells who reads them by `k6 inspect` what a simulation needs beside them: the pause
 * of a user between an answer and the next request (`think`, least and most seconds), and the parameters with their values.
 */
export const optionsOf = (
  scenarios: Options["scenarios"],
  think: readonly [number, number],
): Options & { ext: { annofarm: object } } => ({
  ...(scenarios === undefined ? {} : { scenarios }),
  thresholds: passing,
  userAgent: "annofarm-loadtest",
  ext: { annofarm: { think, parameters: read } },
});
