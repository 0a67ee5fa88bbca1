import {
  AttachLoadBalancerTargetGroupsCommand,
  AutoScalingClient,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DeletePolicyCommand,
  DeleteScheduledActionCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  type DesiredConfiguration,
  DetachLoadBalancerTargetGroupsCommand,
  EnableMetricsCollectionCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  PutScheduledUpdateGroupActionCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { defined, numeric, pascal } from "../../resources/shape.ts";
import { waitForCapacity } from "./capacity-wait.ts";
import {
  configurationOf,
  type GroupConfiguration,
  presentConfiguration,
  standingConfiguration,
} from "./group-configuration.ts";
import { type InstanceRefresh, refreshCause, startInstanceRefresh } from "./refresh-on-change.ts";
import { settleWarmPool, standingWarmPool, type WarmPoolInputs } from "./warm-pools.ts";

interface HookInputs {
  readonly name: string;
  readonly lifecycleTransition: string;
  readonly heartbeatTimeout?: number;
  readonly defaultResult?: string;
  readonly notificationTargetArn?: string;
  readonly roleArn?: string;
  readonly notificationMetadata?: string;
}

interface GroupInputs extends GroupConfiguration {
  readonly name?: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity?: number;
  readonly waitForCapacityTimeout?: string;
  readonly vpcZoneIdentifiers?: readonly string[];
  readonly availabilityZones?: readonly string[];
  readonly targetGroupArns?: readonly string[];
  readonly healthCheckType?: string;
  readonly healthCheckGracePeriod?: number;
  readonly defaultCooldown?: number;
  readonly defaultInstanceWarmup?: number;
  readonly initialLifecycleHooks?: readonly HookInputs[];
  readonly instanceRefresh?: InstanceRefresh;
  readonly warmPool?: WarmPoolInputs;
  readonly protectFromScaleIn?: boolean;
  readonly capacityRebalance?: boolean;
  readonly terminationPolicies?: readonly string[];
  readonly metricsGranularity?: string;
  readonly enabledMetrics?: readonly string[];
  readonly tags?: readonly { readonly key: string; readonly value: string; readonly propagateAtLaunch: boolean }[];
}

/** What creating and changing a group have in common. The emulator keeps no default instance warm-up. */
function groupSettings(inputs: GroupInputs, configuration: DesiredConfiguration) {
  return defined({
    MinSize: inputs.minSize,
    MaxSize: inputs.maxSize,
    DesiredCapacity: inputs.desiredCapacity,
    VPCZoneIdentifier: inputs.vpcZoneIdentifiers?.join(","),
    AvailabilityZones: inputs.availabilityZones && [...inputs.availabilityZones],
    ...configuration,
    HealthCheckType: inputs.healthCheckType,
    HealthCheckGracePeriod: inputs.healthCheckGracePeriod ?? 300,
    DefaultCooldown: inputs.defaultCooldown,
    NewInstancesProtectedFromScaleIn: inputs.protectFromScaleIn ?? false,
    CapacityRebalance: inputs.capacityRebalance,
    TerminationPolicies: inputs.terminationPolicies && [...inputs.terminationPolicies],
  });
}

function groupTags(name: string, { tags = [] }: GroupInputs) {
  return tags.map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: name,
    ResourceType: "auto-scaling-group",
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));
}

async function describeGroup(name: string, { client }: Context): Promise<AutoScalingGroup | undefined> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  return (await client(AutoScalingClient).send(command)).AutoScalingGroups?.[0];
}

async function readGroup(name: string, declared: GroupInputs, context: Context): Promise<State | undefined> {
  const group = await describeGroup(name, context);
  if (group === undefined) return undefined;
  const { AutoScalingGroupARN: arn, DesiredCapacity: desiredCapacity, AvailabilityZones: availabilityZones } = group;
  const actual = {
    minSize: group.MinSize,
    maxSize: group.MaxSize,
    healthCheckType: group.HealthCheckType,
    healthCheckGracePeriod: group.HealthCheckGracePeriod,
    defaultCooldown: group.DefaultCooldown,
    protectFromScaleIn: group.NewInstancesProtectedFromScaleIn,
    targetGroupArns: group.TargetGroupARNs,
    warmPool: standingWarmPool(group, declared),
    tags: group.Tags?.map(({ Key, Value, PropagateAtLaunch }) => ({
      key: Key,
      value: Value,
      propagateAtLaunch: PropagateAtLaunch,
    })),
  };
  // With a refresh of its own, what is declared is on its way: see `update`.
  const launches = declared.instanceRefresh === undefined ? standingConfiguration(group, declared) : {};
  return { id: name, outputs: defined({ name, arn, desiredCapacity, availabilityZones, ...actual, ...launches }) };
}

async function collectMetrics(name: string, inputs: GroupInputs, { client }: Context): Promise<void> {
  const { enabledMetrics = [], metricsGranularity = "1Minute" } = inputs;
  if (enabledMetrics.length === 0) return;
  await client(AutoScalingClient).send(
    new EnableMetricsCollectionCommand({
      AutoScalingGroupName: name,
      Metrics: [...enabledMetrics],
      Granularity: metricsGranularity,
    }),
  );
}

async function putHook(groupName: string, inputs: HookInputs, { client }: Pick<Context, "client">): Promise<void> {
  await client(AutoScalingClient).send(
    new PutLifecycleHookCommand(
      defined({
        LifecycleHookName: inputs.name,
        AutoScalingGroupName: groupName,
        LifecycleTransition: inputs.lifecycleTransition,
        HeartbeatTimeout: inputs.heartbeatTimeout,
        DefaultResult: inputs.defaultResult,
        NotificationTargetARN: inputs.notificationTargetArn,
        RoleARN: inputs.roleArn,
        NotificationMetadata: inputs.notificationMetadata,
      }),
    ),
  );
}

/** As the provider does it: a group with initial hooks has no instance before they are there. */
async function createGroup(name: string, inputs: GroupInputs, context: Context): Promise<void> {
  const client = context.client(AutoScalingClient);
  const { initialLifecycleHooks: hooks = [] } = inputs;
  const configuration = configurationOf(inputs);
  const settings = groupSettings(inputs, configuration);
  const { MinSize, MaxSize, DesiredCapacity } = settings;
  await client.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      ...settings,
      ...(hooks.length > 0 ? { MinSize: 0, MaxSize: 0, DesiredCapacity: 0 } : {}),
      TargetGroupARNs: [...(inputs.targetGroupArns ?? [])],
      Tags: groupTags(name, inputs),
    }),
  );
  if (hooks.length === 0) return;
  for (const hook of hooks) await putHook(name, hook, context);
  // The emulator forgets a mixed instances policy that an update does not name.
  const sizes = { MinSize, MaxSize, DesiredCapacity: DesiredCapacity ?? MinSize };
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...configuration, ...sizes }));
}

interface PolicyInputs {
  readonly name?: string;
  readonly autoscalingGroupName: string;
  readonly policyType?: string;
  readonly adjustmentType?: string;
  readonly scalingAdjustment?: number;
  readonly cooldown?: number;
  readonly minAdjustmentMagnitude?: number;
  readonly estimatedInstanceWarmup?: number;
  readonly metricAggregationType?: string;
  readonly enabled?: boolean;
  readonly stepAdjustments?: readonly {
    readonly metricIntervalLowerBound?: string;
    readonly metricIntervalUpperBound?: string;
    readonly scalingAdjustment: number;
  }[];
  readonly predictiveScalingConfiguration?: {
    readonly metricSpecification: Readonly<Record<string, unknown>>;
    readonly mode?: string;
    readonly maxCapacityBreachBehavior?: string;
    readonly maxCapacityBuffer?: string;
    readonly schedulingBufferTime?: string;
  };
  readonly targetTrackingConfiguration?: {
    readonly targetValue: number;
    readonly disableScaleIn?: boolean;
    readonly predefinedMetricSpecification?: Readonly<Record<string, unknown>>;
    readonly customizedMetricSpecification?: Readonly<Record<string, unknown>>;
  };
}

function trackedMetric(specification: Readonly<Record<string, unknown>> | undefined): object | undefined {
  if (specification === undefined) return undefined;
  const { metricDimensions, ...rest } = specification;
  return defined({ ...(pascal(rest) as object), Dimensions: pascal(metricDimensions) });
}

/** Kept and described; nothing is forecast on this machine. */
function forecast({ predictiveScalingConfiguration: given }: PolicyInputs) {
  if (given === undefined) return undefined;
  return defined({
    MetricSpecifications: [pascal(given.metricSpecification) as { TargetValue: number }],
    Mode: given.mode as "ForecastOnly" | undefined,
    MaxCapacityBreachBehavior: given.maxCapacityBreachBehavior as "HonorMaxCapacity" | undefined,
    MaxCapacityBuffer: numeric(given.maxCapacityBuffer),
    SchedulingBufferTime: numeric(given.schedulingBufferTime),
  });
}

function policyRequest(PolicyName: string, inputs: PolicyInputs) {
  const tracking = inputs.targetTrackingConfiguration;
  return defined({
    PolicyName,
    AutoScalingGroupName: inputs.autoscalingGroupName,
    PolicyType: inputs.policyType ?? "SimpleScaling",
    AdjustmentType: inputs.adjustmentType,
    ScalingAdjustment: inputs.scalingAdjustment,
    Cooldown: inputs.cooldown,
    MinAdjustmentMagnitude: inputs.minAdjustmentMagnitude,
    EstimatedInstanceWarmup: inputs.estimatedInstanceWarmup,
    MetricAggregationType: inputs.metricAggregationType,
    Enabled: inputs.enabled,
    StepAdjustments: inputs.stepAdjustments?.map((step) =>
      defined({
        MetricIntervalLowerBound: numeric(step.metricIntervalLowerBound),
        MetricIntervalUpperBound: numeric(step.metricIntervalUpperBound),
        ScalingAdjustment: step.scalingAdjustment,
      }),
    ),
    PredictiveScalingConfiguration: forecast(inputs),
    TargetTrackingConfiguration:
      tracking &&
      defined({
        TargetValue: tracking.targetValue,
        DisableScaleIn: tracking.disableScaleIn,
        PredefinedMetricSpecification: pascal(tracking.predefinedMetricSpecification) as undefined,
        CustomizedMetricSpecification: trackedMetric(tracking.customizedMetricSpecification),
      }),
  });
}

async function describePolicy(name: string, group: string | undefined, { client }: Context) {
  const command = new DescribePoliciesCommand(defined({ AutoScalingGroupName: group, PolicyNames: [name] }));
  return (await ifThere(client(AutoScalingClient).send(command)))?.ScalingPolicies?.[0];
}

async function putPolicy(name: string, inputs: PolicyInputs, context: Context): Promise<State> {
  await context.client(AutoScalingClient).send(new PutScalingPolicyCommand(policyRequest(name, inputs)));
  // The emulator's answer to PutScalingPolicy leaves the ARN out.
  const policy = await describePolicy(name, inputs.autoscalingGroupName, context);
  return { id: name, outputs: { name, arn: sent(policy?.PolicyARN, "PolicyARN") } };
}

interface ScheduleInputs {
  readonly scheduledActionName: string;
  readonly autoscalingGroupName: string;
  readonly recurrence?: string;
  readonly timeZone?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly desiredCapacity?: number;
}

/** −1 is how the provider says "as it is", and 0 what it takes for a size that is left out. */
const scheduledSize = (value = 0) => (value === -1 ? undefined : value);

const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

const scheduleRequest = (inputs: ScheduleInputs) =>
  defined({
    ScheduledActionName: inputs.scheduledActionName,
    AutoScalingGroupName: inputs.autoscalingGroupName,
    Recurrence: inputs.recurrence,
    TimeZone: inputs.timeZone,
    StartTime: time(inputs.startTime),
    EndTime: time(inputs.endTime),
    MinSize: scheduledSize(inputs.minSize),
    MaxSize: scheduledSize(inputs.maxSize),
    DesiredCapacity: scheduledSize(inputs.desiredCapacity),
  });

async function describeSchedule(name: string, group: string, { client }: Context) {
  const command = new DescribeScheduledActionsCommand({ AutoScalingGroupName: group, ScheduledActionNames: [name] });
  return (await client(AutoScalingClient).send(command)).ScheduledUpdateGroupActions?.[0];
}

export const handlers: Handlers = {
  "aws:autoscaling/group:Group": handler<GroupInputs>({
    async create(inputs, context) {
      const name = inputs.name ?? context.autoName;
      await createGroup(name, inputs, context);
      await settleWarmPool(name, { after: inputs }, context);
      await collectMetrics(name, inputs, context);
      return sent(await readGroup(name, inputs, context), "AutoScalingGroup");
    },
    read: ({ id, inputs }, context) => readGroup(id, inputs, context),
    /**
     * A changed launch template reaches the instances by a refresh where one is declared. The provider writes it to the group
     * first, so that an auto rollback has nothing left to go back to (hashicorp/terraform-provider-aws#34189); here it is the
     * refresh's desired configuration, and the group's once that has been successful.
     */
    async update({ id, inputs: declared, outputs }, inputs, context) {
      const autoscaling = context.client(AutoScalingClient);
      const present = await describeGroup(id, context);
      const cause = refreshCause(declared, inputs);
      const runner = cause.starts ? context.runner : undefined;
      const desired = runner && inputs.instanceRefresh?.preferences?.autoRollback ? configurationOf(inputs) : undefined;
      const settings = groupSettings(
        inputs,
        cause.template && desired === undefined ? configurationOf(inputs) : presentConfiguration(present),
      );
      await autoscaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: id, ...settings }));
      const before = new Set(present?.TargetGroupARNs);
      const after = new Set(inputs.targetGroupArns);
      const change = (arns: string[]) => ({ AutoScalingGroupName: id, TargetGroupARNs: arns });
      const added = [...after].filter((arn) => !before.has(arn));
      const removed = [...before].filter((arn) => !after.has(arn));
      if (added.length > 0) await autoscaling.send(new AttachLoadBalancerTargetGroupsCommand(change(added)));
      if (removed.length > 0) await autoscaling.send(new DetachLoadBalancerTargetGroupsCommand(change(removed)));
      await settleWarmPool(id, { before: declared, after: inputs }, context);
      const Tags = groupTags(id, inputs);
      if (Tags.length > 0) await autoscaling.send(new CreateOrUpdateTagsCommand({ Tags }));
      const gone = groupTags(id, declared).filter((tag) => !Tags.some(({ Key }) => Key === tag.Key));
      if (gone.length > 0) await autoscaling.send(new DeleteTagsCommand({ Tags: gone }));
      const changed = sent(await readGroup(id, inputs, context), "AutoScalingGroup");
      const remembered = Number(outputs?.desiredCapacity ?? declared.minSize);
      const comesTo = Number(changed.outputs.desiredCapacity);
      waitForCapacity(id, { before: declared, after: inputs }, remembered, comesTo);
      await collectMetrics(id, inputs, context);
      if (runner !== undefined) await startInstanceRefresh(id, inputs, desired, runner);
      return changed;
    },
    async delete({ id }, context) {
      if ((await describeGroup(id, context)) === undefined) return;
      const command = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: id, ForceDelete: true });
      await context.client(AutoScalingClient).send(command);
    },
  }),
  "aws:autoscaling/policy:Policy": handler<PolicyInputs>({
    create: (inputs, context) => putPolicy(inputs.name ?? context.autoName, inputs, context),
    async read({ id, inputs }, context) {
      const policy = await describePolicy(id, inputs.autoscalingGroupName, context);
      if (policy === undefined) return undefined;
      const { PolicyARN: arn, AdjustmentType: adjustmentType, PolicyType: policyType } = policy;
      const { ScalingAdjustment: scalingAdjustment, Cooldown: cooldown } = policy;
      return { id, outputs: defined({ name: id, arn, adjustmentType, policyType, scalingAdjustment, cooldown }) };
    },
    update: ({ id }, inputs, context) => putPolicy(id, inputs, context),
    async delete({ id, inputs }, context) {
      if ((await describeGroup(inputs.autoscalingGroupName, context)) === undefined) return; // it went with its group
      const command = new DeletePolicyCommand({ AutoScalingGroupName: inputs.autoscalingGroupName, PolicyName: id });
      await ifThere(context.client(AutoScalingClient).send(command));
    },
  }),
  "aws:autoscaling/schedule:Schedule": setting<ScheduleInputs>({
    id: ({ scheduledActionName }) => scheduledActionName,
    async put(inputs, { client }) {
      await client(AutoScalingClient).send(new PutScheduledUpdateGroupActionCommand(scheduleRequest(inputs)));
    },
    async get({ id, inputs }, context) {
      const { autoscalingGroupName } = inputs;
      const found = await describeSchedule(id, autoscalingGroupName, context);
      if (found === undefined) return undefined;
      const { ScheduledActionARN: arn, Recurrence: recurrence } = found;
      return defined({ scheduledActionName: id, autoscalingGroupName, arn, recurrence });
    },
    async remove({ id, inputs: { autoscalingGroupName } }, context) {
      if ((await describeSchedule(id, autoscalingGroupName, context)) === undefined) return; // it went with its group
      const command = new DeleteScheduledActionCommand({
        AutoScalingGroupName: autoscalingGroupName,
        ScheduledActionName: id,
      });
      await context.client(AutoScalingClient).send(command);
    },
  }),
  "aws:autoscaling/lifecycleHook:LifecycleHook": setting<HookInputs & { readonly autoscalingGroupName: string }>({
    id: ({ name }) => name,
    put: (inputs, context) => putHook(inputs.autoscalingGroupName, inputs, context),
    async get({ id, inputs }, context) {
      const { autoscalingGroupName } = inputs;
      if ((await describeGroup(autoscalingGroupName, context)) === undefined) return undefined;
      const { LifecycleHooks = [] } = await context
        .client(AutoScalingClient)
        .send(
          new DescribeLifecycleHooksCommand({ AutoScalingGroupName: autoscalingGroupName, LifecycleHookNames: [id] }),
        );
      return LifecycleHooks.length > 0 ? { name: id, autoscalingGroupName } : undefined;
    },
    async remove({ id, inputs }, context) {
      if ((await describeGroup(inputs.autoscalingGroupName, context)) === undefined) return; // it went with its group
      await ifThere(
        context.client(AutoScalingClient).send(
          new DeleteLifecycleHookCommand({
            LifecycleHookName: id,
            AutoScalingGroupName: inputs.autoscalingGroupName,
          }),
        ),
      );
    },
  }),
};
