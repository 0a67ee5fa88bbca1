/** What the balancer and EC2 publish of a web farm, once a minute. */
import type { MetricData } from "../engine/events.ts";
import { type Farm, gauge, groupMetrics } from "./farm.ts";
import { Histogram } from "./histogram.ts";

export interface WebMetrics {
  /** A target was chosen. */
  requested(): void;
  /** There was none: 503 by the balancer. */
  refused(): void;
  /** A target answered after so many seconds. */
  answered(seconds: number, withError: boolean): void;
  /** A target answered 503 because its queue was full, at once. */
  full(): void;
  /** Slots become busy or free. */
  busy(change: 1 | -1, at: number): void;
  /** The minute that ends, and a new one begins. */
  minute(at: number, hosts: { healthy: number; unhealthy: number; slots: number }): MetricData[];
}

/** Counters of a minute. Fields, not variables: those of a closure would be boxed at every change. */
class Counters {
  requested = 0;
  refused = 0;
  good = 0;
  bad = 0;
  times = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = 0;
  slotsBusy = 0;
  busySeconds = 0;
  since = 0;
  /** Each answer's time, where an alarm needs it. */
  each: Histogram | undefined;

  constructor(private readonly keepsTimes: boolean) {}

  begin(): void {
    this.requested = 0;
    this.refused = 0;
    this.good = 0;
    this.bad = 0;
    this.times = 0;
    this.sum = 0;
    this.least = Number.POSITIVE_INFINITY;
    this.greatest = 0;
    this.busySeconds = 0;
    this.each = this.keepsTimes ? new Histogram() : undefined;
  }

  time(seconds: number): void {
    this.times++;
    this.sum += seconds;
    if (seconds < this.least) this.least = seconds;
    if (seconds > this.greatest) this.greatest = seconds;
    this.each?.add(seconds);
  }

  spend(now: number): void {
    this.busySeconds += this.slotsBusy * (now - this.since);
    this.since = now;
  }
}

/** @param zeros what did not happen is reported as 0 instead of not at all. */
export function createWebMetrics(farm: Farm, zeros = false): WebMetrics {
  const balancer = farm.dimensions("AWS/ApplicationELB");
  const machines = { AutoScalingGroupName: farm.group.name, ...farm.dimensions("AWS/EC2") };
  const now = new Counters(farm.needsValues("AWS/ApplicationELB", "TargetResponseTime"));
  now.begin();
  return {
    requested() {
      now.requested++;
    },
    refused() {
      now.refused++;
    },
    answered(seconds, withError) {
      if (withError) now.bad++;
      else now.good++;
      now.time(seconds);
    },
    full() {
      now.bad++;
      now.time(0);
    },
    busy(change, at) {
      now.spend(at);
      now.slotsBusy += change;
    },
    minute(at, { healthy, unhealthy, slots }) {
      now.spend(at);
      const { requested, refused, good, bad, times: answers, sum, least, greatest, busySeconds } = now;
      const data = groupMetrics(farm);
      const add = (name: string, value: number) => data.push(gauge("AWS/ApplicationELB", name, balancer, value));
      const count = (name: string, value: number) => {
        // As on AWS, what did not happen has no datapoint.
        if (value > 0 || zeros) add(name, value);
      };
      if (healthy + unhealthy > 0) {
        add("HealthyHostCount", healthy);
        add("UnHealthyHostCount", unhealthy);
      }
      count("RequestCount", requested);
      // The one count that is always reported: target tracking would never shrink an idle farm without it.
      add("RequestCountPerTarget", requested / Math.max(1, healthy));
      count("HTTPCode_Target_2XX_Count", good);
      count("HTTPCode_Target_5XX_Count", bad);
      count("HTTPCode_ELB_5XX_Count", refused);
      count("HTTPCode_ELB_503_Count", refused);
      if (answers > 0) {
        const values = now.each?.values();
        const times = {
          sum,
          count: answers,
          minimum: least,
          maximum: greatest,
          ...(values === undefined ? {} : { values }),
        };
        data.push({ namespace: "AWS/ApplicationELB", name: "TargetResponseTime", dimensions: balancer, ...times });
      }
      if (slots > 0) data.push(gauge("AWS/EC2", "CPUUtilization", machines, (100 * busySeconds) / (60 * slots)));
      now.begin();
      return data;
    },
  };
}
