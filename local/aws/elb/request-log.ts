/** Requests by the minute of AWS's time in which they came and were answered, until somebody takes the minute. */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { LocalClock } from "../../types.ts";
import { minuteMilliseconds } from "../cloudwatch/minutes.ts";
import { createMinute, type Hosts, type Minute, type RequestSample } from "./minutes.ts";

export interface RequestLogOptions {
  readonly clock: Pick<LocalClock, "now">;
  readonly dimensions: { readonly loadBalancer: string; readonly targetGroup: string };
  readonly hosts: () => Hosts;
}

export function createRequestLog({ clock, dimensions, hosts }: RequestLogOptions) {
  const minutes = new Map<number, Minute>();

  const thisMinute = () => minuteOf(Math.floor(clock.now() / minuteMilliseconds) * minuteMilliseconds);

  function minuteOf(start: number): Minute {
    const known = minutes.get(start) ?? createMinute();
    minutes.set(start, known);
    return known;
  }

  return {
    requested: () => thisMinute().requested(),
    record: (sample: RequestSample) => thisMinute().record(sample),
    /** The data of the minutes that began then; whatever is older is forgotten. */
    take(starts: readonly number[]): MetricDatum[] {
      const data = starts.flatMap((start) => minuteOf(start).data(start, dimensions, hosts()));
      const last = starts.at(-1) ?? Number.NEGATIVE_INFINITY;
      for (const start of minutes.keys()) if (start <= last) minutes.delete(start);
      return data;
    },
  };
}
