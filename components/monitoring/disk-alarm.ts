/** Disks of instances that fill. Each instance's watch tells its log; filters of all groups make one metric of these lines. */
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input, Resource } from "@pulumi/pulumi";
import { diskFillingPattern, diskFillingPercent, instanceLog } from "../../runtime/contract/disk.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { WatchRule } from "./alarm-rules.ts";

export interface DiskFilterTransform {
  readonly diskFilter?: Transform<cloudwatch.LogMetricFilterArgs>;
}

const namespace = "annofarm";
const childOf = (name: string) => `${name}-disks-filling`;
const metricOf = (name: string) => regionalName("metricFilter", childOf(name));

export function diskAlarm(name: string): WatchRule {
  return {
    alarm: childOf(name),
    runbook:
      `A disk of an instance is more than ${diskFillingPercent} % full, of bytes or of inodes: search the groups' log streams ` +
      `…/${instanceLog} for "filling", which names instance and file system. If its logs or temporary files grow, replace the ` +
      "instance (terminate it; its jobs start again) and mend the service; if its work needs the room, raise diskGiB.",
    namespace,
    metric: metricOf(name),
    dimensions: {},
    statistic: "Sum",
    period: 300,
    breaches: { of: 3, count: 3 },
    above: 0,
  };
}

/** @param logGroups names. */
export const createDiskFilters = (
  name: string,
  logGroups: readonly Input<string>[],
  transform: DiskFilterTransform,
  parent: Resource,
): cloudwatch.LogMetricFilter[] =>
  logGroups.map(
    (logGroupName, index) =>
      new cloudwatch.LogMetricFilter(
        ...transformed<cloudwatch.LogMetricFilterArgs>(
          transform.diskFilter,
          `${childOf(name)}-${index + 1}`,
          {
            name: regionalName("metricFilter", `${childOf(name)}-${index + 1}`),
            logGroupName,
            pattern: diskFillingPattern,
            metricTransformation: { namespace, name: metricOf(name), value: "1", unit: "Count" },
          },
          { parent },
        ),
      ),
  );
