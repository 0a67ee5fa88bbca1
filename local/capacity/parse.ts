/**
 * Reads declared capacities as people write them:
 *
 *     web=4.9rps   web=300/min,concurrency=2,deterministic,queueLimit=50   web=200rps,shared=29.4rps,client=1.9s
 *     annotator=60s   annotator=2 min,lognormal,variation=0.5
 *
 * The name is a service's or a group's. A rate is what one instance gets through, a length of time what one job takes; both in
 * AWS's time. What is left out is as in a simulation: one request at a time, exponential, 1000 waiting; jobs lognormal with
 * variation 1. Instances of a group draw from one stream of chance, whose seed is 1 unless `seed` says another.
 */
import type { Distribution } from "../../scaling/simulate/distribution.ts";
import { durationOf, rate } from "../../scaling/simulate/scenario/units.ts";
import type { Capacity, NamedCapacity } from "./capacity.ts";

const wholeNumber = { what: "a whole number", read: (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined) };
const someNumber = { what: "a number", read: (text: string) => (text === "" ? undefined : Number(text)) };
const someRate = { what: "a rate such as 30rps,", read: (text: string) => rate.safeParse(text).data };
const someTime = { what: "a time such as 2s, in seconds,", read: durationOf };

/** What may follow the rate or the time: its form and bounds. */
const numbers = {
  concurrency: { min: 1, max: 1000, ...wholeNumber },
  queueLimit: { min: 0, max: 100_000, ...wholeNumber },
  shared: { min: 0.001, max: 100_000, ...someRate },
  client: { min: 0, max: 600, ...someTime },
  variation: { min: 0.01, max: 10, ...someNumber },
  seed: { min: 0, max: 2 ** 31 - 1, ...wholeNumber },
} as const;
type NumberName = keyof typeof numbers;

const kinds = ["deterministic", "exponential", "lognormal"] as const;
type Kind = (typeof kinds)[number];

const takes: Readonly<Record<Capacity["kind"], readonly NumberName[]>> = {
  web: ["concurrency", "queueLimit", "shared", "client", "variation", "seed"],
  workers: ["variation", "seed"],
};
const forms = "write requests as 4.9rps or 300/min, the time of a job as 60s or 2min";

/** The kind and its figure. @throws {Error} when it is no rate and no length of time, or not above 0. */
function measureOf(text: string, refuse: (why: string) => Error): { kind: Capacity["kind"]; value: number } {
  const negative = text.startsWith("-");
  const amount = negative ? text.slice(1) : text;
  const found = rate.safeParse(amount).data;
  const value = found ?? durationOf(amount);
  if (value === undefined) throw refuse(`${JSON.stringify(text)} has no unit that is known here: ${forms}`);
  if (negative || value === 0) throw refuse(`${text} is not above 0: ${forms}`);
  return { kind: found === undefined ? "workers" : "web", value };
}

function numberOf(name: NumberName, text: string, refuse: (why: string) => Error): number {
  const { min, max, what, read } = numbers[name];
  const value = read(text);
  if (value !== undefined && value >= min && value <= max) return value;
  throw refuse(`${name} is ${what} from ${min} to ${max}, not ${JSON.stringify(text)}`);
}

function distributionOf(given: Kind | undefined, variation: number | undefined, otherwise: Kind): Distribution {
  const kind = given ?? (variation === undefined ? otherwise : "lognormal");
  return kind === "lognormal" ? { kind, variation: variation ?? 1 } : { kind };
}

/** @throws {Error} naming the text, what is wrong in it and what may stand there. */
export function parseCapacity(text: string): NamedCapacity {
  const refuse = (why: string) => new Error(`instance capacity ${JSON.stringify(text)}: ${why}`);
  const [, name, rest] = /^\s*([^=\s]+)\s*=(.*)$/.exec(text) ?? [];
  if (name === undefined || rest === undefined) throw refuse(`give a group or service and its capacity: web=4.9rps`);
  const [measure = "", ...extras] = rest.split(",").map((part) => part.trim());
  const { kind, value } = measureOf(measure, refuse);

  const given: { -readonly [Name in NumberName]?: number } = {};
  let shape: Kind | undefined;
  for (const extra of extras) {
    const [key = "", number] = extra.split("=").map((part) => part.trim());
    const named = kinds.find((each) => each === key);
    if (named !== undefined && number === undefined) {
      if (shape !== undefined) throw refuse(`it is either ${shape} or ${named}`);
      shape = named;
      continue;
    }
    const known = takes[kind].find((each) => each === key);
    if (known === undefined || number === undefined) {
      const choices = [...kinds, ...takes[kind].map((each) => `${each}=…`)].join(", ");
      const what = kind === "web" ? "a rate" : "the time of a job";
      throw refuse(`${JSON.stringify(extra)} cannot follow ${what}; these can: ${choices}`);
    }
    given[known] = numberOf(known, number, refuse);
  }
  if (given.variation !== undefined && shape !== undefined && shape !== "lognormal") {
    throw refuse(`variation belongs to lognormal, not to ${shape}`);
  }
  const seed = given.seed ?? 1;
  if (kind === "workers") {
    const distribution = distributionOf(shape, given.variation, "lognormal");
    return { name, capacity: { kind, jobSeconds: value, distribution, seed } };
  }
  const { concurrency = 1, queueLimit = 1000, shared, client } = given;
  const distribution = distributionOf(shape, given.variation, "exponential");
  const beside = {
    ...(shared === undefined ? {} : { shared: { rate: shared } }),
    ...(client === undefined ? {} : { clientSeconds: client }),
  };
  return { name, capacity: { kind, rate: value, concurrency, queueLimit, ...beside, distribution, seed } };
}
