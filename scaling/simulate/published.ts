/** Metrics that a program would put into CloudWatch by itself: the load of each instance, as often as a scenario says. */
import type { MetricData } from "../engine/events.ts";
import type { MinuteStatistics } from "../windows.ts";
import { type Farm, gauge } from "./farm.ts";
import type { PublishedMetric } from "./model.ts";

export interface Published {
  /** Ten seconds end. Alarms of high resolution hear of it. @param load what waits or is worked on, in the whole farm. */
  tenSeconds(now: number, load: number): void;
  /** What was published in the minute that ends, and a new one begins. */
  minute(): MetricData[];
}

type Samples = Omit<MinuteStatistics, "start">;

const together = (one: Samples | undefined, { sum, count, minimum, maximum }: Samples): Samples =>
  one === undefined
    ? { sum, count, minimum, maximum }
    : {
        sum: one.sum + sum,
        count: one.count + count,
        minimum: Math.min(one.minimum, minimum),
        maximum: Math.max(one.maximum, maximum),
      };

/** @param metrics as the scenario lists them. */
export function createPublished(farm: Farm, metrics: readonly PublishedMetric[]): Published {
  let collected = new Map<PublishedMetric, Samples>();
  return {
    tenSeconds(now, load) {
      const inService = farm.inService();
      const due = inService === 0 ? [] : metrics.filter(({ everySeconds }) => now % everySeconds === 0);
      const data = due.map((metric) => {
        const { namespace, name } = metric;
        const one = gauge(namespace, name, farm.dimensions(namespace), load / inService);
        collected.set(metric, together(collected.get(metric), one));
        return one;
      });
      farm.tenSeconds(data);
    },
    minute() {
      const ended = collected;
      collected = new Map();
      return [...ended].map(([{ namespace, name }, samples]) => ({
        namespace,
        name,
        dimensions: farm.dimensions(namespace),
        ...samples,
      }));
    },
  };
}
