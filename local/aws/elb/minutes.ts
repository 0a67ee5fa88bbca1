/** Per-minute metrics of a load balancer, as AWS/ApplicationELB has them. */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";

/** One answered request. */
export interface RequestSample {
  /** Chosen target; `undefined`: there was none. */
  readonly target: string | undefined;
  readonly status: number;
  /** True: the status is the balancer's own (502, 503, 504), not a target's. */
  readonly own: boolean;
  /**
   * From the request's leaving the balancer to the begin of the answer's headers; `undefined`: they never came. Where a
   * capacity is declared these are seconds of AWS's time, for the capacity is in it; else of the wall clock.
   */
  readonly responseSeconds: number | undefined;
}

export interface Hosts {
  readonly healthy: number;
  readonly unhealthy: number;
}

/** AWS takes 150 distinct values in a datum. */
const valuesMax = 150;

/** Counts one minute's requests. */
export function createMinute() {
  const codes = new Map<string, number>();
  const times = new Map<number, number>();
  let requests = 0;

  const countCode = (name: string) => codes.set(name, (codes.get(name) ?? 0) + 1);

  return {
    /** A target was chosen: RequestCount counts these when they come, not when they are answered. */
    requested(): void {
      requests += 1;
    },

    record({ status, own, responseSeconds }: RequestSample): void {
      if (own) {
        countCode(`HTTPCode_ELB_${Math.floor(status / 100)}XX_Count`);
        if (status >= 500) countCode(`HTTPCode_ELB_${status}_Count`);
      } else countCode(`HTTPCode_Target_${Math.floor(status / 100)}XX_Count`);
      if (responseSeconds !== undefined) {
        // Three digits: percentiles stay right, and the values of a busy minute few.
        const rounded = Number(responseSeconds.toPrecision(3));
        times.set(rounded, (times.get(rounded) ?? 0) + 1);
      }
    },

    /**
     * The minute's data. As on AWS, a metric without requests has no datapoint (TargetResponseTime above all), but for
     * RequestCountPerTarget, which is always reported; host counts are there as long as targets are registered. AWS has most
     * series three times: by LoadBalancer, by TargetGroup, by both. The emulator's GetMetricStatistics finds a series by any of
     * its dimensions, so each stands here once, with both: more would be counted double.
     */
    data(start: number, dimensions: { loadBalancer: string; targetGroup: string }, hosts: Hosts): MetricDatum[] {
      const balancer = [{ Name: "LoadBalancer", Value: dimensions.loadBalancer }];
      const both = [{ Name: "TargetGroup", Value: dimensions.targetGroup }, ...balancer];
      const data: MetricDatum[] = [];
      const add = (MetricName: string, datum: Partial<MetricDatum>) =>
        data.push({ MetricName, Dimensions: both, Timestamp: new Date(start), Unit: "Count", ...datum });
      if (hosts.healthy + hosts.unhealthy > 0) {
        add("HealthyHostCount", { Value: hosts.healthy });
        add("UnHealthyHostCount", { Value: hosts.unhealthy });
      }
      if (requests > 0) add("RequestCount", { Value: requests });
      add("RequestCountPerTarget", { Value: requests / Math.max(1, hosts.healthy) });
      for (const [name, Value] of codes) {
        add(name, name.startsWith("HTTPCode_ELB") ? { Value, Dimensions: balancer } : { Value });
      }
      const values = [...times].sort(([a], [b]) => a - b);
      for (let from = 0; from < values.length; from += valuesMax) {
        const part = values.slice(from, from + valuesMax);
        const Values = part.map(([value]) => value);
        add("TargetResponseTime", { Unit: "Seconds", Values, Counts: part.map(([, count]) => count) });
      }
      return data;
    },
  };
}
export type Minute = ReturnType<typeof createMinute>;
