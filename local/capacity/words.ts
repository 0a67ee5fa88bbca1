/** How a declared capacity is printed. */
import type { Distribution } from "../../scaling/simulate/distribution.ts";
import type { Capacity } from "./capacity.ts";

const figure = (value: number) => String(Number(value.toPrecision(4)));

const spread = (distribution: Distribution): string =>
  distribution.kind === "lognormal" ? `lognormal with variation ${figure(distribution.variation)}` : distribution.kind;

/** `4.9 requests/s an instance, 1 at once, exponential`; `60 s a job, lognormal with variation 1`. */
export function capacityWords(capacity: Capacity): string {
  if (capacity.kind === "workers") return `${figure(capacity.jobSeconds)} s a job, ${spread(capacity.distribution)}`;
  const { rate, concurrency, distribution, shared, clientSeconds } = capacity;
  return [
    `${figure(rate)} requests/s an instance, ${concurrency} at once, ${spread(distribution)}`,
    ...(shared === undefined ? [] : [`${figure(shared.rate)} requests/s behind all of them`]),
    ...(clientSeconds === undefined ? [] : [`${figure(clientSeconds)} s beyond the balancer`]),
  ].join("; ");
}
