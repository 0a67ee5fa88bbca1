/**
 * What CloudWatch accepts as a dashboard, by its own "Dashboard body structure and syntax" and its quotas:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
 * Properties that are not named there pass, as there. Mistakes are told in CloudWatch's own words where those are known.
 */
import * as z from "zod";

/** A mistake as CloudWatch tells of it. */
export interface DashboardMistake {
  /** Such as `/widgets/3/properties/alarms`. */
  readonly dataPath: string;
  readonly message: string;
}

const widgetsMax = 500;
const metricsOfGraphMax = 500;
const metricsOfDashboardMax = 2_500;
const alarmsOfWidgetMax = 100;
const dimensionsMax = 30;
const variablesMax = 25;

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/);
const period = z.int().refine((seconds) => [1, 5, 10, 30].includes(seconds) || (seconds >= 60 && seconds % 60 === 0), {
  message: "Should be 1, 5, 10, 30 or a multiple of 60",
});
const statistic = z
  .string()
  .regex(
    /^(?:SampleCount|Average|Sum|Minimum|Maximum|IQM|(?:p|tm|wm|tc|ts)\d{1,2}(?:\.\d{1,10})?|p100|(?:TM|WM|TC|TS|PR)\([\d.:%]+\))$/,
  );
const account = z.string().regex(/^\d{12}$/);
const axisSide = z.enum(["left", "right"]);
const alarmArn = z.string().regex(/^arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:.+$/);

/** The last element of a metric's array, or the only one of an expression's. */
const seriesOptions = z.looseObject({
  color: colour.optional(),
  expression: z.string().min(1).optional(),
  id: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9_]*$/)
    .optional(),
  label: z.string().optional(),
  period: period.optional(),
  region: z.string().min(1).optional(),
  accountId: account.optional(),
  stat: statistic.optional(),
  visible: z.boolean().optional(),
  yAxis: axisSide.optional(),
});

/** Namespace, name, then dimensions by name and value; `...` stands for what the series before has. */
function seriesMistake(series: readonly unknown[]): string | undefined {
  const last = series.at(-1);
  const options = typeof last === "object" && last !== null ? (last as { readonly expression?: unknown }) : undefined;
  const names = options === undefined ? series : series.slice(0, -1);
  if (names.length === 0) {
    return options?.expression === undefined ? "Should have required property 'expression'" : undefined;
  }
  if (names.includes("...")) return undefined;
  if (names.length < 2) return "Should have a namespace and a metric's name";
  if (names.length % 2 !== 0) return "Should have a value for each dimension";
  return names.length - 2 > 2 * dimensionsMax ? `Should NOT have more than ${dimensionsMax} dimensions` : undefined;
}

const series = z
  .array(z.union([z.string().min(1), seriesOptions]))
  .min(1)
  .superRefine((given, context) => {
    const early = given.findIndex((part, index) => typeof part === "object" && index < given.length - 1);
    if (early !== -1) context.addIssue({ code: "custom", path: [early], message: "Should be string" });
    const message = seriesMistake(given);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const metrics = z
  .array(series)
  .max(metricsOfGraphMax)
  .superRefine((given, context) => {
    const ids = given.flatMap((each) => {
      const last = each.at(-1);
      return typeof last === "object" && last.id !== undefined ? [last.id] : [];
    });
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) context.addIssue({ code: "custom", message: `Should NOT have the id '${twice}' twice` });
  });

const axis = z.looseObject({
  label: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  showUnits: z.boolean().optional(),
});

const line = z.looseObject({
  value: z.number(),
  label: z.string().optional(),
  color: colour.optional(),
  fill: z.enum(["above", "below", "none"]).optional(),
  visible: z.boolean().optional(),
  yAxis: axisSide.optional(),
});
const moment = z.looseObject({
  value: z.iso.datetime({ offset: true }),
  label: z.string().optional(),
  color: colour.optional(),
  fill: z.enum(["before", "after", "none"]).optional(),
  visible: z.boolean().optional(),
});
const annotations = z.looseObject({
  alarms: z.array(alarmArn).length(1).optional(),
  horizontal: z.array(z.union([line, z.array(line).length(2)])).optional(),
  vertical: z.array(z.union([moment, z.array(moment).length(2)])).optional(),
});

const metricProperties = z
  .looseObject({
    accountId: account.optional(),
    annotations: annotations.optional(),
    legend: z.looseObject({ position: z.enum(["right", "bottom", "hidden"]).optional() }).optional(),
    liveData: z.boolean().optional(),
    metrics: metrics.optional(),
    period: period.optional(),
    region: z.string().min(1),
    setPeriodToTimeRange: z.boolean().optional(),
    sparkline: z.boolean().optional(),
    stacked: z.boolean().optional(),
    stat: statistic.optional(),
    timezone: z
      .string()
      .regex(/^[+-]\d{4}$/)
      .optional(),
    title: z.string().optional(),
    view: z.enum(["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]).optional(),
    yAxis: z.looseObject({ left: axis.optional(), right: axis.optional() }).optional(),
  })
  .superRefine(({ metrics: shown, annotations: marks, view, yAxis }, context) => {
    if (shown === undefined && marks?.alarms === undefined) {
      context.addIssue({ code: "custom", message: "Should have required property 'metrics'" });
      const message = "The metric widget should have specified a region and a data source or an alarm annotation";
      context.addIssue({ code: "custom", message });
    }
    if (view === "gauge" && (yAxis?.left?.min === undefined || yAxis.left.max === undefined)) {
      const message = "A gauge should have specified the left axis's min and max";
      context.addIssue({ code: "custom", path: ["yAxis"], message });
    }
  });

const alarmProperties = z.looseObject({
  alarms: z.array(alarmArn).min(1).max(alarmsOfWidgetMax),
  sortBy: z.enum(["default", "stateUpdatedTimestamp", "timestamp"]).optional(),
  states: z.array(z.enum(["ALARM", "INSUFFICIENT_DATA", "OK"])).optional(),
  title: z.string().optional(),
});

const logProperties = z.looseObject({
  accountId: account.optional(),
  query: z.string().min(1),
  region: z.string().min(1),
  stacked: z.boolean().optional(),
  title: z.string().optional(),
  view: z.enum(["table", "timeSeries", "bar", "pie"]).optional(),
});

const textProperties = z.looseObject({
  markdown: z.string(),
  background: z.enum(["solid", "transparent"]).optional(),
});

const explorerProperties = z.looseObject({
  metrics: z
    .array(z.looseObject({ metricName: z.string(), resourceType: z.string().optional(), stat: statistic.optional() }))
    .min(1),
  labels: z.array(z.looseObject({ key: z.string(), value: z.string().optional() })).optional(),
  period: period.optional(),
  splitBy: z.string().optional(),
  title: z.string().optional(),
  widgetOptions: z
    .looseObject({
      rowsPerPage: z.int().min(1).max(100).optional(),
      widgetsPerRow: z.int().min(1).max(6).optional(),
    })
    .optional(),
});

const customProperties = z.looseObject({
  endpoint: z.string().min(1),
  title: z.string().optional(),
});

/** Place and size are in units of a grid of 24 columns. */
const place = {
  x: z.int().min(0).max(23).optional(),
  y: z.int().min(0).optional(),
  width: z.int().min(1).max(24).optional(),
  height: z.int().min(1).max(1_000).optional(),
};
const ofType = <const T extends string, P extends z.ZodType>(type: T, properties: P) =>
  z.looseObject({ type: z.literal(type), ...place, properties });

const widget = z.discriminatedUnion("type", [
  ofType("metric", metricProperties),
  ofType("alarm", alarmProperties),
  ofType("log", logProperties),
  ofType("text", textProperties),
  ofType("explorer", explorerProperties),
  ofType("custom", customProperties),
]);

const body = z
  .looseObject({
    start: z.string().optional(),
    end: z.string().optional(),
    periodOverride: z.enum(["auto", "inherit"]).optional(),
    variables: z.array(z.looseObject({})).max(variablesMax).optional(),
    widgets: z.array(widget).max(widgetsMax),
  })
  .superRefine(({ widgets, start, end }, context) => {
    if (end !== undefined && start === undefined) {
      context.addIssue({ code: "custom", message: "Should have required property 'start'" });
    }
    const shown = widgets.reduce(
      (sum, each) => sum + (each.type === "metric" ? (each.properties.metrics ?? []).length : 0),
      0,
    );
    if (shown > metricsOfDashboardMax) {
      const message = `Should NOT have more than ${metricsOfDashboardMax} metrics`;
      context.addIssue({ code: "custom", path: ["widgets"], message });
    }
  });

const pathOf = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part)}`).join("");

/** An issue in the words of JSON Schema's validators, one of which CloudWatch uses. */
function told(issue: z.core.$ZodIssue): DashboardMistake[] {
  const dataPath = pathOf(issue.path);
  const items = (issue: { readonly origin: string }) => issue.origin === "array";
  switch (issue.code) {
    case "invalid_type": {
      const expected = issue.expected === "int" ? "integer" : issue.expected;
      if (issue.input !== undefined) return [{ dataPath, message: `Should be ${expected}` }];
      const missing = String(issue.path.at(-1));
      return [{ dataPath: pathOf(issue.path.slice(0, -1)), message: `Should have required property '${missing}'` }];
    }
    case "too_small":
      if (items(issue)) return [{ dataPath, message: `Should NOT have fewer than ${issue.minimum} items` }];
      if (issue.origin === "string") {
        return [{ dataPath, message: `Should NOT be shorter than ${issue.minimum} characters` }];
      }
      return [{ dataPath, message: `Should be >= ${issue.minimum}` }];
    case "too_big":
      if (items(issue)) return [{ dataPath, message: `Should NOT have more than ${issue.maximum} items` }];
      return [{ dataPath, message: `Should be <= ${issue.maximum}` }];
    case "invalid_value":
      return [{ dataPath, message: "Should be equal to one of the allowed values" }];
    case "invalid_format":
      return [{ dataPath, message: `Should match ${issue.pattern ?? issue.format}` }];
    case "invalid_union": {
      // The alternative that came closest tells most; without one, the type itself is unknown.
      const [closest] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
      if (closest === undefined) return [{ dataPath, message: "Should be equal to one of the allowed values" }];
      return closest.flatMap((inner) => told({ ...inner, path: [...issue.path, ...inner.path] }));
    }
    default:
      return [{ dataPath, message: issue.message }];
  }
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map(({ path }) => path.length));

/** @returns what CloudWatch would refuse the body for; empty: it would take it. */
export function dashboardMistakes(text: string): DashboardMistake[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [{ dataPath: "", message: "The field DashboardBody must be a valid JSON object" }];
  }
  const { error } = body.safeParse(read, { reportInput: true });
  return error === undefined ? [] : error.issues.flatMap(told);
}
