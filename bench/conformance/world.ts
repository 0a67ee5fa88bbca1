/** What a case works with: clients of the endpoint, things of its own that are taken away after it, and bounded waiting. */
import {
  type Activity,
  AutoScalingClient,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import { CreateLaunchTemplateCommand, DeleteLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Broken } from "./expect.ts";

export interface EndpointOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Image of the instances. */
  readonly image: string;
}

export type Clients = ReturnType<typeof openClients>;

export function openClients({ endpoint, region, credentials }: EndpointOptions) {
  const config = { endpoint, region, credentials, maxAttempts: 2, disableRequestCompression: true };
  const clients = {
    autoScaling: new AutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    sns: new SNSClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
  };
  return { ...clients, destroy: () => Object.values(clients).forEach((client) => void client.destroy()) };
}

/** A launch template that all groups of a run share. */
export async function makeTemplate({ ec2 }: Clients, name: string, image: string) {
  const made = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: { ImageId: image, InstanceType: "t3.micro" },
    }),
  );
  const LaunchTemplateId = made.LaunchTemplate?.LaunchTemplateId as string;
  const remove = () => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
  return { LaunchTemplateId, remove };
}

export interface WorldOptions {
  readonly clients: Clients;
  readonly region: string;
  /** Begins the names of all that the case makes. */
  readonly prefix: string;
  readonly launchTemplateId: string;
  /** Waits are so many times as long: instances of AWS take a minute or more to come. @default 1 */
  readonly patience?: number | undefined;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class World {
  readonly clients: Clients;
  readonly prefix: string;
  readonly template: { readonly LaunchTemplateId: string; readonly Version: string };
  readonly zones: readonly string[];
  readonly #patience: number;
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #made = 0;

  constructor({ clients, region, prefix, launchTemplateId, patience = 1 }: WorldOptions) {
    this.#patience = patience;
    this.clients = clients;
    this.prefix = prefix;
    this.template = { LaunchTemplateId: launchTemplateId, Version: "1" };
    this.zones = [`${region}a`];
  }

  /** A name that nothing else has. */
  name(): string {
    this.#made++;
    return `${this.prefix}-${this.#made}`;
  }

  /** Run when the case is over, the last first; what it meets there is nobody's concern. */
  onEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  async end(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup().catch(() => {});
  }

  /** Asks until the answer is the one that is waited for. @throws {Broken} when it has not come by then. */
  async until<Found>(
    what: string,
    ask: () => Promise<Found>,
    is: (found: Found) => boolean,
    seconds = 15,
  ): Promise<Found> {
    const end = performance.now() + seconds * this.#patience * 1000;
    for (;;) {
      const found = await ask();
      if (is(found)) return found;
      if (performance.now() > end) throw new Broken(`${what} within ${seconds} s: it is ${JSON.stringify(found)}`);
      await pause(seconds > 30 ? 2_000 : 400);
    }
  }

  /** For rules that say that nothing happens: gives it the time to happen. */
  settle(seconds = 3): Promise<unknown> {
    return pause(seconds * 1000);
  }

  /** What a group is created with unless a case says otherwise: 0 to 10, none desired, no cooldown, no grace period. */
  groupInput(input: Partial<CreateAutoScalingGroupCommandInput> = {}): CreateAutoScalingGroupCommandInput {
    return {
      AutoScalingGroupName: this.name(),
      MinSize: 0,
      MaxSize: 10,
      DesiredCapacity: 0,
      DefaultCooldown: 0,
      HealthCheckGracePeriod: 0,
      AvailabilityZones: [...this.zones],
      LaunchTemplate: this.template,
      ...input,
    };
  }

  /** Creates a group; resolves with its name. */
  async group(input: Partial<CreateAutoScalingGroupCommandInput> = {}): Promise<string> {
    const given = this.groupInput(input);
    const AutoScalingGroupName = given.AutoScalingGroupName as string;
    this.onEnd(() =>
      this.clients.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true })),
    );
    await this.clients.autoScaling.send(new CreateAutoScalingGroupCommand(given));
    return AutoScalingGroupName;
  }

  /** The same, with all that is desired in service. */
  async running(DesiredCapacity: number, input: Partial<CreateAutoScalingGroupCommandInput> = {}): Promise<string> {
    const group = await this.group({ ...input, DesiredCapacity });
    await this.untilInService(group, DesiredCapacity);
    return group;
  }

  async described(group: string): Promise<AutoScalingGroup> {
    const { AutoScalingGroups: [found] = [] } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    if (found === undefined) throw new Broken(`the group ${group} is not described`);
    return found;
  }

  desired = async (group: string) => (await this.described(group)).DesiredCapacity as number;

  instances = async (group: string) => (await this.described(group)).Instances ?? [];

  /** Ids of the members in service. */
  async inService(group: string): Promise<string[]> {
    const members = await this.instances(group);
    return members.filter((each) => each.LifecycleState === "InService").map(({ InstanceId = "" }) => InstanceId);
  }

  /** Desired capacity, and how many are in service. */
  sizes = async (group: string) => [await this.desired(group), (await this.inService(group)).length];

  setDesired = (AutoScalingGroupName: string, DesiredCapacity: number, HonorCooldown?: boolean) =>
    this.clients.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity, HonorCooldown }),
    );

  /** @param ScalingProcesses omitted: all. */
  suspend = (AutoScalingGroupName: string, ScalingProcesses?: string[]) =>
    this.clients.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));

  untilInService = (group: string, count: number, seconds?: number) =>
    this.until(
      `${count} instances are in service`,
      () => this.inService(group),
      (ids) => ids.length === count,
      seconds,
    );

  untilDesired = (group: string, count: number, seconds?: number) =>
    this.until(
      `the desired capacity becomes ${count}`,
      () => this.desired(group),
      (found) => found === count,
      seconds,
    );

  async activities(group: string): Promise<Activity[]> {
    const answer = await this.clients.autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group }),
    );
    return answer.Activities ?? [];
  }

  /** Puts a policy; resolves with its name and ARN. */
  async policy(group: string, input: Partial<PutScalingPolicyCommandInput>) {
    const PolicyName = this.name();
    const { PolicyARN = "", Alarms = [] } = await this.clients.autoScaling.send(
      new PutScalingPolicyCommand({ AutoScalingGroupName: group, PolicyName, ...input }),
    );
    return { PolicyName, PolicyARN, Alarms };
  }

  async policies(group: string) {
    const answer = await this.clients.autoScaling.send(new DescribePoliciesCommand({ AutoScalingGroupName: group }));
    return answer.ScalingPolicies ?? [];
  }

  /** What an alarm is put with unless a case says otherwise: the average of a metric of its own above 10 in one minute. */
  alarmInput(input: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput {
    const AlarmName = this.name();
    return {
      AlarmName,
      Namespace: "Conformance",
      MetricName: AlarmName,
      Statistic: "Average",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: "GreaterThanThreshold",
      ...input,
    };
  }

  /** Puts an alarm; resolves with its name. */
  async alarm(input: Partial<PutMetricAlarmCommandInput> = {}): Promise<string> {
    const given = this.alarmInput(input);
    const { AlarmName = "" } = given;
    this.onEnd(() => this.clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] })));
    await this.clients.cloudWatch.send(new PutMetricAlarmCommand(given));
    return AlarmName;
  }

  async alarmNamed(AlarmName: string): Promise<MetricAlarm> {
    const { MetricAlarms: [found] = [] } = await this.clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
    );
    if (found === undefined) throw new Broken(`the alarm ${AlarmName} is not described`);
    return found;
  }

  /** A sample of this moment of the metric that an alarm of this case watches. */
  putMetric(MetricName: string, Value: number) {
    return this.clients.cloudWatch.send(
      new PutMetricDataCommand({ Namespace: "Conformance", MetricData: [{ MetricName, Value }] }),
    );
  }

  setAlarm(AlarmName: string, state: StateValue) {
    return this.clients.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: "a case of the conformance suite" }),
    );
  }

  async queue(Attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = "" } = await this.clients.sqs.send(
      new CreateQueueCommand({ QueueName: this.name(), Attributes }),
    );
    this.onEnd(() => this.clients.sqs.send(new DeleteQueueCommand({ QueueUrl })));
    return QueueUrl;
  }

  async attributes(QueueUrl: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    return Attributes as Record<string, string>;
  }

  async received(QueueUrl: string): Promise<Message[]> {
    const { Messages = [] } = await this.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    return Messages;
  }

  /** A topic whose messages come into a queue. */
  async topic() {
    const { TopicArn = "" } = await this.clients.sns.send(new CreateTopicCommand({ Name: this.name() }));
    this.onEnd(() => this.clients.sns.send(new DeleteTopicCommand({ TopicArn })));
    const QueueUrl = await this.queue();
    const { QueueArn = "" } = await this.attributes(QueueUrl);
    const Statement = [
      { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QueueArn },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await this.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await this.clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: QueueArn }));
    return { TopicArn, QueueUrl };
  }
}
