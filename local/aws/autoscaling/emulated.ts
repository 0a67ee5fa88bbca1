/** Auto Scaling groups as the emulator holds them: the truth about what should run. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeLifecycleHooksCommand,
  type DesiredConfiguration,
  DetachInstancesCommand,
  paginateDescribeAutoScalingGroups,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeTagsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { ScalingProcess } from "../../../scaling/engine/health.ts";
import { type HookRule, hookDefaults } from "../../../scaling/engine/hooks.ts";
import { type TerminationPolicy, terminationPolicies } from "../../../scaling/scaling-plan.ts";
import { administrator } from "../../emulator/administrator.ts";
import { defined } from "../../resources/shape.ts";
import type { Emulator } from "../../types.ts";
import type { TemplateVersion } from "../ec2/instances/template.ts";

export interface GroupInstance {
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly protectedFromScaleIn: boolean;
  /** Somebody has said so by SetInstanceHealth. */
  readonly unhealthy: boolean;
}

/** A launch template as a request names it. */
export interface TemplateReference {
  readonly id: string | undefined;
  readonly name?: string | undefined;
  /** Number, `$Latest` or `$Default`. */
  readonly version: string;
}

export interface GroupState {
  readonly name: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desired: number;
  /** True: an instance that the balancer calls unhealthy is replaced. */
  readonly checkedByBalancer: boolean;
  readonly graceSeconds: number;
  readonly template: TemplateVersion;
  /** Availability zones by name. */
  readonly zones: readonly string[];
  /** Instance types that its policy lets it choose from; none: its template's. */
  readonly instanceTypes: readonly string[];
  readonly targetGroupArns: readonly string[];
  /** Group metrics that it publishes. */
  readonly metrics: readonly string[];
  /** What the group does not do until it is resumed. */
  readonly suspended: ReadonlySet<ScalingProcess>;
  /** Which instance goes first when it shrinks. */
  readonly terminationPolicies: readonly TerminationPolicy[];
  /** In service, as the emulator sees it. */
  readonly instances: readonly GroupInstance[];
}

function stateOf(group: AutoScalingGroup): GroupState {
  // The emulator keeps the template of before beside a policy that came later.
  const template = group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? group.LaunchTemplate;
  if (group.AutoScalingGroupName === undefined || template?.LaunchTemplateId === undefined) {
    throw new Error(`Auto Scaling group ${group.AutoScalingGroupName} has no launch template`);
  }
  return {
    name: group.AutoScalingGroupName,
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    checkedByBalancer: group.HealthCheckType?.split(",").includes("ELB") ?? false,
    graceSeconds: group.HealthCheckGracePeriod ?? 0,
    template: { id: template.LaunchTemplateId, version: template.Version ?? "$Default" },
    zones: group.AvailabilityZones ?? [],
    instanceTypes: (group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).flatMap(
      ({ InstanceType }) => InstanceType ?? [],
    ),
    targetGroupArns: group.TargetGroupARNs ?? [],
    metrics: (group.EnabledMetrics ?? []).flatMap(({ Metric }) => Metric ?? []),
    suspended: new Set((group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName as ScalingProcess)),
    terminationPolicies: (group.TerminationPolicies ?? []).flatMap(
      (given) => terminationPolicies.find((each) => each === given) ?? [],
    ),
    instances: (group.Instances ?? [])
      .filter((instance) => instance.LifecycleState === "InService")
      .map((instance) => ({
        instanceId: instance.InstanceId ?? "",
        availabilityZone: instance.AvailabilityZone ?? "",
        protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
        unhealthy: instance.HealthStatus?.toLowerCase() === "unhealthy",
      })),
  };
}

export class EmulatedGroups {
  readonly #autoScaling: AutoScalingClient;
  readonly #ec2: EC2Client;

  constructor(emulator: Pick<Emulator, "endpoint" | "region">) {
    const config = administrator(emulator);
    this.#autoScaling = new AutoScalingClient(config);
    this.#ec2 = new EC2Client(config);
  }

  async read(): Promise<GroupState[]> {
    const groups: GroupState[] = [];
    for await (const page of paginateDescribeAutoScalingGroups({ client: this.#autoScaling, pageSize: 100 }, {})) {
      groups.push(...(page.AutoScalingGroups ?? []).map(stateOf));
    }
    return groups;
  }

  async hooks(groupName: string, transition: "LAUNCHING" | "TERMINATING"): Promise<HookRule[]> {
    const { LifecycleHooks: hooks = [] } = await this.#autoScaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: groupName }),
    );
    return hooks
      .filter(({ LifecycleTransition: each }) => each === `autoscaling:EC2_INSTANCE_${transition}`)
      .map(({ LifecycleHookName: name = "", HeartbeatTimeout, DefaultResult }) => ({
        name,
        heartbeatSeconds: HeartbeatTimeout ?? hookDefaults.heartbeatSeconds,
        defaultResult: DefaultResult === "CONTINUE" ? "CONTINUE" : hookDefaults.defaultResult,
      }));
  }

  /** Those of the group that propagate at launch, and those of the template. */
  async instanceTags(instanceId: string): Promise<Record<string, string>> {
    const { Tags: tags } = await this.#ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [instanceId] }] }),
    );
    return Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
  }

  async setDesired(groupName: string, desired: number): Promise<void> {
    await this.#autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: groupName,
        DesiredCapacity: desired,
        HonorCooldown: false,
      }),
    );
  }

  async setBounds(groupName: string, { min, max }: { readonly min: number; readonly max: number }): Promise<void> {
    await this.#autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, MinSize: min, MaxSize: max }),
    );
  }

  /** Marks the instance unhealthy and takes it out; the emulator puts another in its place. */
  async replace(instanceId: string): Promise<void> {
    await this.#autoScaling.send(new SetInstanceHealthCommand({ InstanceId: instanceId, HealthStatus: "Unhealthy" }));
    await this.terminate(instanceId, false);
  }

  /** Ends an instance; the emulator puts another in its place unless the desired capacity goes down with it. */
  async terminate(instanceId: string, decrement: boolean): Promise<void> {
    await this.#autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
  }

  /** Takes members out for good; those are among more than the group is to have. */
  async giveUp(groupName: string, instanceIds: readonly string[]): Promise<void> {
    const InstanceIds = [...instanceIds];
    await this.#autoScaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: groupName,
        InstanceIds,
        ShouldDecrementDesiredCapacity: false,
      }),
    );
    await this.#ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  }

  /**
   * The template's id, and its version as a number.
   *
   * @throws when there is no such version.
   */
  async resolve({ id, name, version }: TemplateReference): Promise<TemplateVersion> {
    if (id !== undefined && /^\d+$/.test(version)) return { id, version };
    const { LaunchTemplateVersions: versions } = await this.#ec2.send(
      new DescribeLaunchTemplateVersionsCommand(
        defined({ LaunchTemplateId: id, LaunchTemplateName: name, Versions: [version] }),
      ),
    );
    const found = versions?.[0];
    if (found?.LaunchTemplateId === undefined || found.VersionNumber === undefined) {
      throw new Error(`launch template ${id ?? name} has no version ${version}`);
    }
    return { id: found.LaunchTemplateId, version: String(found.VersionNumber) };
  }

  /** What the group launches from now on. */
  async configure(groupName: string, configuration: DesiredConfiguration): Promise<void> {
    await this.#autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, ...configuration }),
    );
  }

  destroy(): void {
    this.#autoScaling.destroy();
    this.#ec2.destroy();
  }
}
