/** Alarms, event rules, dashboards and log groups. */
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  paginateListDashboards,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  ListTagsForResourceCommand as ListLogTagsCommand,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand as ListRuleTagsCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { askedAbout, cli, type Lister, onPages, pagesFrom, tagsFrom, unlessGone } from "../lister.ts";

/** Auto Scaling makes alarms of its own for a target: `TargetTracking-<group>-AlarmHigh-<uuid>`. */
const targetTracking = /^TargetTracking-/;

export const alarms: Lister = {
  kind: "CloudWatch alarm",
  service: "cloudwatch",
  scope: "region",
  arns: ["cloudwatch:alarm:"],
  async *list({ client, region }) {
    const cloudwatch = client(CloudWatchClient);
    const pages = paginateDescribeAlarms({ client: cloudwatch }, { AlarmTypes: ["MetricAlarm", "CompositeAlarm"] });
    const all = onPages(pages, ({ MetricAlarms = [], CompositeAlarms = [] }) => [...CompositeAlarms, ...MetricAlarms]);
    const tagsOf = ({ AlarmArn }: { AlarmArn?: string | undefined }) =>
      cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: AlarmArn }));
    for await (const [{ AlarmName = "", AlarmArn = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: AlarmName,
        names: [AlarmName, AlarmName.replace(targetTracking, "")],
        arn: AlarmArn,
        tags: tagsFrom(Tags),
        command: cli("cloudwatch delete-alarms", { "alarm-names": AlarmName }, region),
        async remove() {
          await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
        },
      };
    }
  },
};

export const eventRules: Lister = {
  kind: "EventBridge rule",
  service: "events",
  scope: "region",
  arns: ["events:rule/"],
  async *list({ client, region }) {
    const events = client(EventBridgeClient);
    const pages = pagesFrom(
      (NextToken: string | undefined) => events.send(new ListRulesCommand({ NextToken })),
      ({ NextToken }) => NextToken,
    );
    const all = onPages(pages, ({ Rules }) => Rules);
    const tagsOf = ({ Arn }: { Arn?: string | undefined }) =>
      events.send(new ListRuleTagsCommand({ ResourceARN: Arn }));
    for await (const [{ Name = "", Arn = "", ManagedBy }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      // A service's own rule goes with what the service made it for, and nobody else can delete it.
      if (ManagedBy !== undefined) continue;
      yield {
        id: Name,
        names: [Name],
        arn: Arn,
        tags: tagsFrom(Tags),
        command: cli("events delete-rule", { name: Name }, region),
        async remove() {
          const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
          const Ids = Targets.flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
          if (Ids.length > 0) await unlessGone(events.send(new RemoveTargetsCommand({ Rule: Name, Ids })));
          await events.send(new DeleteRuleCommand({ Name }));
        },
      };
    }
  },
};

export const dashboards: Lister = {
  kind: "CloudWatch dashboard",
  service: "cloudwatch",
  // Dashboards are an account's, whichever region is asked.
  scope: "global",
  arns: ["cloudwatch:dashboard/"],
  async *list({ client, region }) {
    const cloudwatch = client(CloudWatchClient);
    const all = onPages(paginateListDashboards({ client: cloudwatch }, {}), ({ DashboardEntries }) => DashboardEntries);
    for await (const { DashboardName = "", DashboardArn } of all) {
      yield {
        id: DashboardName,
        names: [DashboardName],
        ...(DashboardArn === undefined ? {} : { arn: DashboardArn }),
        command: cli("cloudwatch delete-dashboards", { "dashboard-names": DashboardName }, region),
        async remove() {
          await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [DashboardName] }));
        },
      };
    }
  },
};

export const logGroups: Lister = {
  kind: "log group",
  service: "logs",
  scope: "region",
  arns: ["logs:log-group:"],
  async *list({ client, region }) {
    const logs = client(CloudWatchLogsClient);
    const all = onPages(paginateDescribeLogGroups({ client: logs }, {}), ({ logGroups: groups }) => groups);
    const bare = (arn = "") => arn.replace(/:\*$/, "");
    const tagsOf = ({ arn }: { arn?: string | undefined }) =>
      logs.send(new ListLogTagsCommand({ resourceArn: bare(arn) }));
    for await (const [{ logGroupName = "", arn }, { tags = {} } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: logGroupName,
        names: [logGroupName],
        arn: bare(arn),
        tags,
        command: cli("logs delete-log-group", { "log-group-name": logGroupName }, region),
        async remove() {
          await logs.send(new DeleteLogGroupCommand({ logGroupName }));
        },
      };
    }
  },
};
