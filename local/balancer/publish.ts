/** Publishes a balancer's metrics into the emulator's CloudWatch at each minute of local time. */
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator, LocalClock } from "../types.ts";
import { createMinute, type Hosts, type RequestSample } from "./metrics.ts";

const minuteMilliseconds = 60_000;

export interface PublisherOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly clock: LocalClock;
  readonly dimensions: { readonly loadBalancer: string; readonly targetGroup: string };
  readonly hosts: () => Hosts;
  /** Told each minute's data after they were published; `error` when the emulator did not take them. */
  readonly onMinute?: ((start: number, data: readonly MetricDatum[], error?: unknown) => void) | undefined;
}

export function startPublisher({ emulator, clock, dimensions, hosts, onMinute }: PublisherOptions) {
  const cloudwatch = new CloudWatchClient(administrator(emulator));
  let start = Math.floor(clock.now() / minuteMilliseconds) * minuteMilliseconds;
  let minute = createMinute();
  let sending: Promise<void> = Promise.resolve();
  let cancel = () => {};

  async function send(begin: number, data: MetricDatum[]): Promise<void> {
    let failure: unknown;
    try {
      if (data.length > 0) {
        await cloudwatch.send(new PutMetricDataCommand({ Namespace: "AWS/ApplicationELB", MetricData: data }));
      }
    } catch (error) {
      failure = error; // the minute is lost, as it would be on AWS; the next one is not
    }
    onMinute?.(begin, data, failure);
  }

  function turn(): void {
    const data = minute.data(start, dimensions, hosts());
    const begin = start;
    sending = sending.then(() => send(begin, data));
    start = Math.floor(clock.now() / minuteMilliseconds) * minuteMilliseconds;
    minute = createMinute();
    next();
  }

  function next(): void {
    cancel = clock.after(start + minuteMilliseconds - clock.now(), turn);
  }

  next();
  return {
    requested: () => minute.requested(),
    record: (sample: RequestSample) => minute.record(sample),
    async stop(): Promise<void> {
      cancel();
      await sending;
      cloudwatch.destroy();
    },
  };
}
