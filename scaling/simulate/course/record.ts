/** What is on record of the course's two load tests (exercises 13 and 14), and nothing beyond it. */

export const webRecord = {
  requests: 89_199,
  failures: 3_753,
  /** Seconds. */
  latency: { p50: 5.9, mean: 6.123, min: 1.888, max: 22.576 },
  /** Requests a second. */
  rate: 29.3,
  /** Instances in service, in this order; when each was reached is not on record. */
  instances: [2, 3, 5, 10],
  /** Users a second, least and greatest. */
  ramp: [20, 30],
  think: [1, 3],
  /** Minutes between two steps inward after the load. */
  scaleInEvery: 5,
} as const;

/** How long the load lasted: what was asked over how fast it was asked. */
export const loadSeconds = webRecord.requests / webRecord.rate;

/** By the interactive response time law: everybody is thinking, or waiting for an answer. */
export const users = Math.round(
  webRecord.rate * (webRecord.latency.mean + (webRecord.think[0] + webRecord.think[1]) / 2),
);

/** The evening: load, and the way back to two instances. */
export const eveningSeconds = 2.7 * 3600;

export const annotatorRecord = {
  /** Jobs sent in a quarter of an hour, from which on an instance is added. */
  scaleOutAt: 30,
  endsAt: 2,
} as const;
