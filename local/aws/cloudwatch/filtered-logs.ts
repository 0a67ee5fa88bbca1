/** What metric filters make of the services' logs: CloudWatch's agent and its Logs in one, at the end of each minute. */
import { open } from "node:fs/promises";
import type { InstanceView } from "../../types.ts";
import type { LogFilter } from "./log-filter.ts";
import type { Measure } from "./minutes.ts";

type Instances = () => readonly Pick<InstanceView, "logGroup" | "logFile" | "services">[];

/** Gives what has been added to files since it was asked last, in whole lines. */
function createTails() {
  const offsets = new Map<string, number>();
  return async function added(file: string): Promise<string[]> {
    const from = offsets.get(file) ?? 0;
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const { buffer } = await handle.read(Buffer.alloc(Math.max(0, size - from)), 0, Math.max(0, size - from), from);
      const end = buffer.lastIndexOf("\n") + 1;
      offsets.set(file, from + end);
      return buffer.toString("utf8", 0, end).split("\n").slice(0, -1);
    } finally {
      await handle.close();
    }
  };
}

/** @param filters those that stand. Where there are none, no file is read. */
export function filteredLogs(filters: () => readonly LogFilter[], instances: Instances): Measure {
  const added = createTails();
  return async (starts) => {
    const standing = filters();
    if (standing.length === 0) return [];
    const counts = new Map<LogFilter, number>();
    for (const { logGroup, logFile, services } of instances()) {
      const own = standing.filter((filter) => filter.logGroup === logGroup);
      const files = [...services.map((service) => service.logFile), ...(logFile === undefined ? [] : [logFile])];
      for (const file of own.length === 0 ? [] : files) {
        const lines = await added(file);
        for (const filter of own) {
          counts.set(filter, (counts.get(filter) ?? 0) + lines.filter((line) => filter.matches(line)).length);
        }
      }
    }
    const Timestamp = new Date(starts.at(-1) ?? 0);
    return [...counts]
      .filter(([, count]) => count > 0)
      .map(([{ namespace, metric, unit, value }, count]) => ({
        namespace,
        data: [{ MetricName: metric, Values: [value], Counts: [count], Unit: unit, Timestamp }],
      }));
  };
}
