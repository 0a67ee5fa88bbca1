import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  ListTagsLogGroupCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  TagLogGroupCommand,
  UntagLogGroupCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { camel, defined, pascal, putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";
import { handlers as eventHandlers } from "../events/resources.ts";
import { checkDashboard } from "./dashboard-calls.ts";
import { type LogFilterInputs, readLogFilter } from "./log-filter.ts";

type Dimensions = Readonly<Record<string, string>>;
interface AlarmInputs extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly dimensions?: Dimensions;
  readonly metricQueries?: readonly (Readonly<Record<string, unknown>> & {
    readonly metric?: Readonly<Record<string, unknown>> & { readonly dimensions?: Dimensions };
  })[];
  readonly tags?: Tags;
}

const dimensionList = (dimensions: Dimensions | undefined) =>
  Object.entries(dimensions ?? {}).map(([Name, Value]) => ({ Name, Value }));

function alarmRequest(name: string, { dimensions, metricQueries, tags, ...inputs }: AlarmInputs) {
  const { name: _, alarmActions, okActions, insufficientDataActions, ...plain } = inputs;
  return {
    ...(pascal(plain) as object),
    ...defined({
      AlarmName: name,
      AlarmActions: alarmActions,
      OKActions: okActions,
      InsufficientDataActions: insufficientDataActions,
      Dimensions: dimensions && dimensionList(dimensions),
      Metrics: metricQueries?.map(({ metric, ...query }) =>
        defined({
          ...(pascal(query) as object),
          MetricStat: metric && {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.metricName,
              Dimensions: dimensionList(metric.dimensions),
            },
            Period: metric.period,
            Stat: metric.stat,
            ...(metric.unit === undefined ? {} : { Unit: metric.unit }),
          },
        }),
      ),
      Tags: tags && tagList(tags),
    }),
  } as PutMetricAlarmCommandInput;
}

async function putAlarm(name: string, inputs: AlarmInputs, context: Context): Promise<State> {
  await context.client(CloudWatchClient).send(new PutMetricAlarmCommand(alarmRequest(name, inputs)));
  return sent(await readAlarm(name, context), "alarm");
}

async function readAlarm(name: string, { client }: Context): Promise<State | undefined> {
  const { MetricAlarms } = await client(CloudWatchClient).send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  const alarm = MetricAlarms?.[0];
  if (alarm === undefined) return undefined;
  const { Tags: tags } = await client(CloudWatchClient).send(
    new ListTagsForResourceCommand({ ResourceARN: alarm.AlarmArn }),
  );
  return { id: name, outputs: { ...settingsOf(alarm), name, arn: alarm.AlarmArn, tags: tagMap(tags) } };
}

/** The way back from an alarm to Pulumi's names. */
function settingsOf({ Dimensions, OKActions: okActions, Metrics: _, ...alarm }: MetricAlarm) {
  const {
    alarmDescription,
    alarmActions,
    comparisonOperator,
    datapointsToAlarm,
    evaluationPeriods,
    metricName,
    namespace,
  } = camel(alarm) as Record<string, unknown>;
  const { Period: period, Threshold: threshold, TreatMissingData: treatMissingData } = alarm;
  const { Statistic: statistic, ExtendedStatistic: extendedStatistic } = alarm;
  const dimensions = Object.fromEntries((Dimensions ?? []).map(({ Name = "", Value = "" }) => [Name, Value]));
  return defined({
    ...{
      alarmDescription,
      alarmActions,
      comparisonOperator,
      datapointsToAlarm,
      evaluationPeriods,
      metricName,
      namespace,
    },
    ...{ dimensions, okActions, period, statistic, extendedStatistic, threshold, treatMissingData },
  });
}

interface LogGroupInputs {
  readonly name?: string;
  readonly retentionInDays?: number;
  readonly kmsKeyId?: string;
  readonly tags?: Tags;
}

async function readLogGroup(name: string, { client }: Context): Promise<State | undefined> {
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
  const { logGroups } = await client(CloudWatchLogsClient).send(command);
  const group = logGroups?.find(({ logGroupName }) => logGroupName === name);
  if (group === undefined) return undefined;
  const { tags = {} } = await client(CloudWatchLogsClient).send(new ListTagsLogGroupCommand({ logGroupName: name }));
  // The ARN of the group itself, without the ":*" that stands for its streams.
  const arn = group.arn?.replace(/:\*$/, "");
  return {
    id: name,
    outputs: { name, arn, retentionInDays: group.retentionInDays ?? 0, kmsKeyId: group.kmsKeyId ?? "", tags },
  };
}

async function keepFor(name: string, { retentionInDays }: LogGroupInputs, { client }: Context): Promise<void> {
  const logs = client(CloudWatchLogsClient);
  // 0 and nothing mean for ever.
  if (retentionInDays) await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
  else await logs.send(new DeleteRetentionPolicyCommand({ logGroupName: name }));
}

async function removeFilter(name: string, { logGroupName }: LogFilterInputs, { client }: Context): Promise<void> {
  const command = new DeleteMetricFilterCommand({ filterName: name, logGroupName });
  await ifThere(client(CloudWatchLogsClient).send(command));
}

async function putFilter(name: string, inputs: LogFilterInputs, context: Context): Promise<State> {
  const { namespace, metric, value, unit, logGroup } = readLogFilter(inputs);
  const transformation = { metricNamespace: namespace, metricName: metric, metricValue: String(value), unit };
  const logs = context.client(CloudWatchLogsClient);
  // moto keeps a filter of the same name beside the new one, where AWS replaces it (MetricFilters.add_filter of moto/logs).
  await removeFilter(name, inputs, context);
  await logs.send(
    new PutMetricFilterCommand({
      filterName: name,
      logGroupName: logGroup,
      filterPattern: inputs.pattern,
      metricTransformations: [transformation],
    }),
  );
  return sent(await readFilter(name, inputs, context), "metric filter");
}

async function readFilter(name: string, inputs: LogFilterInputs, { client }: Context): Promise<State | undefined> {
  const { logGroupName } = inputs;
  const command = new DescribeMetricFiltersCommand({ logGroupName, filterNamePrefix: name });
  const found = await ifThere(client(CloudWatchLogsClient).send(command));
  const filter = found?.metricFilters?.find(({ filterName }) => filterName === name);
  if (filter === undefined) return undefined;
  const [{ metricNamespace, metricName, metricValue, unit } = {}] = filter.metricTransformations ?? [];
  return {
    id: name,
    outputs: {
      ...{ name, logGroupName, pattern: filter.filterPattern },
      metricTransformation: defined({ namespace: metricNamespace, name: metricName, value: metricValue, unit }),
    },
  };
}

export const handlers: Handlers = {
  ...eventHandlers,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": handler<LogFilterInputs>({
    create: (inputs, context) => putFilter(inputs.name ?? context.autoName, inputs, context),
    read: ({ id, inputs }, context) => readFilter(id, inputs, context),
    update: ({ id }, inputs, context) => putFilter(id, inputs, context),
    delete: ({ id, inputs }, context) => removeFilter(id, inputs, context),
  }),
  "aws:cloudwatch/logGroup:LogGroup": handler<LogGroupInputs>({
    async create(inputs, context) {
      const name = inputs.name ?? context.autoName;
      await context
        .client(CloudWatchLogsClient)
        .send(
          new CreateLogGroupCommand(
            defined({ logGroupName: name, kmsKeyId: inputs.kmsKeyId, tags: inputs.tags ?? {} }),
          ),
        );
      await keepFor(name, inputs, context);
      return sent(await readLogGroup(name, context), "log group");
    },
    read: ({ id }, context) => readLogGroup(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const logs = context.client(CloudWatchLogsClient);
      if (previous.kmsKeyId !== inputs.kmsKeyId)
        throw new Error(`the emulator cannot change the key of log group ${id}: start it --fresh`);
      await keepFor(id, inputs, context);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => logs.send(new TagLogGroupCommand({ logGroupName: id, tags: { ...tags } })),
        remove: (tags) => logs.send(new UntagLogGroupCommand({ logGroupName: id, tags })),
      });
      return sent(await readLogGroup(id, context), "log group");
    },
    async delete({ id }, { client }) {
      await ifThere(client(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName: id })));
    },
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": handler<AlarmInputs>({
    create: (inputs, context) => putAlarm(inputs.name ?? context.autoName, inputs, context),
    read: ({ id }, context) => readAlarm(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const cloudWatch = context.client(CloudWatchClient);
      // An alarm's tags are given with its making only.
      const { outputs } = await putAlarm(id, inputs, context);
      const ResourceARN = String(outputs.arn);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => cloudWatch.send(new TagResourceCommand({ ResourceARN, Tags: tagList(tags) })),
        remove: (TagKeys) => cloudWatch.send(new UntagResourceCommand({ ResourceARN, TagKeys })),
      });
      return sent(await readAlarm(id, context), "alarm");
    },
    async delete({ id }, { client }) {
      await ifThere(client(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [id] })));
    },
  }),
  "aws:cloudwatch/dashboard:Dashboard": setting<{ readonly dashboardName: string; readonly dashboardBody: string }>({
    id: ({ dashboardName }) => dashboardName,
    async put({ dashboardName, dashboardBody }, { client }) {
      checkDashboard(dashboardName, dashboardBody);
      const command = new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody: dashboardBody });
      await client(CloudWatchClient).send(command);
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(CloudWatchClient).send(new GetDashboardCommand({ DashboardName: id })));
      return found?.DashboardArn ? { dashboardArn: found.DashboardArn, dashboardName: id } : undefined;
    },
    async remove({ id }, { client }) {
      await ifThere(client(CloudWatchClient).send(new DeleteDashboardsCommand({ DashboardNames: [id] })));
    },
  }),
};
