/** The JSON that the AWS CLI prints of a group: its metrics, its activities, and what it is. */
import * as z from "zod";
import { shown } from "../exports/errors.ts";
import { filesOf } from "../exports/files.ts";
import { readDocument } from "../exports/load.ts";
import { parseMetricData, type Series } from "../exports/metric-data.ts";

const time = z.string().transform((text, context) => {
  const found = Date.parse(text);
  if (!Number.isNaN(found)) return found;
  context.addIssue({ code: "custom", message: `${shown(text)} is not a time such as 2026-11-20T09:00:00+00:00` });
  return z.NEVER;
});

const activity = z.looseObject({
  AutoScalingGroupName: z.string(),
  Description: z.string().default(""),
  Cause: z.string().default(""),
  StartTime: time,
  EndTime: time.optional(),
  StatusCode: z.string(),
});
const group = z.looseObject({
  AutoScalingGroupName: z.string(),
  AutoScalingGroupARN: z.string().optional(),
  MinSize: z.number(),
  MaxSize: z.number(),
});
const activitiesSchema = z.looseObject({ Activities: z.array(activity) });
const groupsSchema = z.looseObject({ AutoScalingGroups: z.array(group) });

export interface ExportedActivity {
  readonly group: string;
  readonly description: string;
  readonly cause: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number | undefined;
  readonly status: string;
}

export interface ExportedGroup {
  readonly name: string;
  readonly arn: string | undefined;
  readonly min: number;
  readonly max: number;
}

export interface Documents {
  readonly series: readonly Series[];
  readonly activities: readonly ExportedActivity[];
  readonly groups: readonly ExportedGroup[];
}

function parsed<Output>(schema: z.ZodType<Output>, file: string, document: unknown, command: string): Output {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RangeError(
    `${file}: ${issue?.path.join(".") || "it"}: ${issue?.message}; expected what aws autoscaling ${command} prints`,
  );
}

const keysOf = (document: unknown): readonly string[] =>
  typeof document === "object" && document !== null ? Object.keys(document) : [];

/** Sorts files by what stands in them. @throws {RangeError} naming one that is nothing of a backtest's. */
export async function readDocuments(directory: string): Promise<Documents> {
  const series: Series[] = [];
  const activities: ExportedActivity[] = [];
  const groups: ExportedGroup[] = [];
  for (const file of filesOf(directory)) {
    const document = await readDocument(file);
    const keys = keysOf(document);
    if (keys.includes("MetricDataResults")) series.push(...parseMetricData(file, document));
    else if (keys.includes("Activities")) {
      const { Activities } = parsed(activitiesSchema, file, document, "describe-scaling-activities");
      activities.push(
        ...Activities.map((each) => ({
          group: each.AutoScalingGroupName,
          description: each.Description,
          cause: each.Cause,
          start: each.StartTime,
          end: each.EndTime,
          status: each.StatusCode,
        })),
      );
    } else if (keys.includes("AutoScalingGroups")) {
      const { AutoScalingGroups } = parsed(groupsSchema, file, document, "describe-auto-scaling-groups");
      groups.push(
        ...AutoScalingGroups.map((each) => ({
          name: each.AutoScalingGroupName,
          arn: each.AutoScalingGroupARN,
          min: each.MinSize,
          max: each.MaxSize,
        })),
      );
    } else {
      throw new RangeError(
        `${file} has none of MetricDataResults, Activities and AutoScalingGroups: it is no export of a backtest's; annofarm backtest --how makes them`,
      );
    }
  }
  return { series, activities: activities.sort((a, b) => a.start - b.start), groups };
}
