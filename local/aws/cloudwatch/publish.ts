/** Puts every minute's data into the emulator's CloudWatch. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import type { Minutes } from "./minutes.ts";

/** As many data as one PutMetricData takes. */
const dataMax = 1_000;

export function createMetricPublisher(emulator: Pick<Emulator, "endpoint" | "region">) {
  const client = new CloudWatchClient(administrator(emulator));
  return {
    /** @throws when the emulator does not take them: they are lost, as they would be on AWS. */
    async publish({ series }: Pick<Minutes, "series">): Promise<void> {
      const namespaces = [...new Set(series.map(({ namespace }) => namespace))];
      const puts = namespaces.flatMap((Namespace) => {
        const data = series.filter(({ namespace }) => namespace === Namespace).flatMap((each) => each.data);
        const count = Math.ceil(data.length / dataMax);
        return Array.from({ length: count }, (_, n) => ({
          Namespace,
          MetricData: data.slice(n * dataMax, (n + 1) * dataMax),
        }));
      });
      await Promise.all(puts.map((put) => client.send(new PutMetricDataCommand(put))));
    },
    destroy: () => client.destroy(),
  };
}
