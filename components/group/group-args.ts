import type * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type * as ec2 from "@pulumi/aws/ec2/index.js";
import type * as iam from "@pulumi/aws/iam/index.js";
import type * as kms from "@pulumi/aws/kms/index.js";
import type { Input, Output } from "@pulumi/pulumi";
import { kmsKeyRule } from "../base/customer-key.ts";
import { type Duration, hours, minutes, seconds } from "../base/duration.ts";
import { regionalName } from "../base/stack-names.ts";
import type { Transform } from "../base/transform.ts";
import { check, type MaybeMistake, ordered, range, rule, within } from "../base/validate.ts";
import type { Service } from "../bundle/service.ts";
import type { NetworkIds } from "../network/network.ts";
import type { RefusalTransform } from "../pipelines/refusal-alarm.ts";
import type { ScalingTransform } from "../scaling/scaling.ts";
import type { ScalingRule } from "../scaling/scaling-rules.ts";
import { type ScheduledSize, scheduledSizeRules } from "../scaling/scheduled-size.ts";
import { architectureOf, instanceTypeRules } from "./instance-type.ts";
import { type MachineArgs, rollings } from "./launch-template.ts";
import { type MaintenanceArgs, maintenanceRules } from "./maintenance.ts";
import { mixedRules, type TypeRequirements, type WeightedType } from "./mixed-instances.ts";
import { type PredictiveArgs, predictiveRules } from "./predictive.ts";
import type { RoleTransform } from "./service-role.ts";
import { type WarmPoolArgs, warmPoolRules } from "./warm-pool.ts";

/** Bounds of a group. */
export interface GroupSize {
  /** Instances kept at least, 0 to 1,000. @default 2 */
  readonly min?: number;
  /** Instances at most, 1 to 1,000. @default 10 */
  readonly max?: number;
}

/** Spare capacity at a discount that AWS may take back at two minutes' notice. */
export interface SpotArgs {
  /** Instances that are on-demand whatever happens, 0 to 1,000. @default 1 */
  readonly onDemandBase?: number;
  /** Share of on-demand above that base, 0 to 100 %. @default 0 */
  readonly onDemandPercent?: number;
  /**
   * More types of the same architecture to choose from: the more, the rarer an interruption. With weights, sizes of the group count units
   * instead of instances; then each type has one, the group's own included.
   * @default the one type
   */
  readonly instanceTypes?: readonly (string | WeightedType)[];
  /** What the types have to have, instead of their names: AWS chooses those that do, newer ones included. @default the types that are named */
  readonly requirements?: TypeRequirements;
}

export interface ScaledGroupTransform extends ScalingTransform, RoleTransform, RefusalTransform {
  readonly logGroup?: Transform<cloudwatch.LogGroupArgs>;
  readonly instanceProfile?: Transform<iam.InstanceProfileArgs>;
  readonly launchTemplate?: Transform<ec2.LaunchTemplateArgs>;
  readonly keyGrant?: Transform<kms.GrantArgs>;
  readonly group?: Transform<autoscaling.GroupArgs>;
  readonly schedule?: Transform<autoscaling.ScheduleArgs>;
  /** Its name is in the boot manifest, so that the boot script can complete it: leave it as it is. */
  readonly launchHook?: Transform<autoscaling.LifecycleHookArgs>;
  readonly terminationHook?: Transform<autoscaling.LifecycleHookArgs>;
}

/** What anybody may say about a group, whichever farm it belongs to. */
export interface GroupArgs extends MachineArgs {
  /** How many instances there may be. @default 2 to 10 */
  readonly size?: GroupSize;
  /**
   * A new instance's time to become healthy, 0 s to 2 h: from its launch until its boot has completed the launch hook, for which
   * it has 5 minutes at least; and from then on until failed health checks count.
   * @default 5 minutes
   */
  readonly healthCheckGrace?: Duration;
  /** Pause after a simple scaling activity whose policy names none, 0 s to 24 h. @default 5 minutes */
  readonly cooldown?: Duration;
  /** Sizes that change by the clock, for load that is known beforehand, such as a class. @default none */
  readonly schedules?: readonly ScheduledSize[];
  /** Use spot capacity. @default on-demand only */
  readonly spot?: SpotArgs;
  /**
   * Instances that boot beforehand and wait outside of the group until it grows, so that growing takes the start of a machine instead
   * of a boot.
   * @default none
   */
  readonly warmPool?: WarmPoolArgs;
  /** How many instances are healthy while Auto Scaling replaces others, by whatever it does so. @default as AWS does each */
  readonly maintenance?: MaintenanceArgs;
  /** Let AWS forecast the load of each day and week, and launch ahead of it. @default no forecast */
  readonly predictive?: PredictiveArgs;
  /** ARNs told when AWS refuses calls of its services. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
}

/** What a group of instances may be told. */
export interface ScaledGroupArgs extends GroupArgs {
  /** Where it stands: a `Network`, or ids from elsewhere. */
  readonly network: NetworkIds;
  /** Of its instances. */
  readonly securityGroupId: Input<string>;
  /** What each instance runs, one program at least. */
  readonly services: readonly Service[];
  /**
   * True: each service takes on a role of its own and the instance's may only let it. False: the instance's role is the
   * service's; for hosts with one service.
   * @default false
   */
  readonly separateRoles?: boolean;
  /** Target groups the instances join; with one, the balancer's opinion of their health counts. @default none */
  readonly targetGroupArns?: readonly Input<string>[];
  /**
   * Time an instance that must go is given to finish, 30 s to 2 h; its service may end the wait itself, or send heartbeats that
   * begin it anew, up to 100 times as long. New instances are then protected from scale-in until they say that they are idle.
   * @default instances go at once
   */
  readonly drain?: Duration;
  /** When the group grows and shrinks, given its name. @default it keeps its minimum */
  readonly scaling?: (groupName: Output<string>) => readonly ScalingRule[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: ScaledGroupTransform;
}

const logDaysKnown = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400];

const sizeDefault = { min: 2, max: 10 };
export const instanceTypeDefault = "t4g.small";
const logDaysDefault = 30;

/** What the sizes and machines of a group may be; components that hold a group check these with their own arguments. */
export function groupRules(args: GroupArgs): MaybeMistake[] {
  const { min, max } = { ...sizeDefault, ...args.size };
  const { instanceType = instanceTypeDefault, logDays = logDaysDefault } = args;
  const architecture = args.architecture ?? architectureOf(instanceType);
  return [
    range("size.min", args.size?.min, { min: 0, max: 1000, unit: "instances" }),
    range("size.max", args.size?.max, { min: 1, max: 1000, unit: "instances" }),
    ordered(["size.min", min], ["size.max", max]),
    ...instanceTypeRules("instanceType", instanceType, args),
    rule(
      "rolls",
      args.rolls !== undefined && !rollings.includes(args.rolls),
      `${JSON.stringify(args.rolls)} is unknown; give one of ${rollings.join(", ")}`,
    ),
    range("diskGiB", args.diskGiB, { min: 8, max: 16_384, unit: "GiB" }),
    rule(
      "logDays",
      !logDaysKnown.includes(logDays),
      `${logDays} is unknown to CloudWatch; give one of ${logDaysKnown}`,
    ),
    within("healthCheckGrace", args.healthCheckGrace, { min: seconds(0), max: hours(2) }),
    within("cooldown", args.cooldown, { min: seconds(0), max: hours(24) }),
    kmsKeyRule(args.kmsKeyArn),
    ...warmPoolRules(args, { max }),
    ...maintenanceRules(args.maintenance),
    ...predictiveRules(args.predictive),
    ...scheduledSizeRules(args.schedules, { min, max }),
    range("spot.onDemandBase", args.spot?.onDemandBase, { min: 0, max: 1000, unit: "instances" }),
    range("spot.onDemandPercent", args.spot?.onDemandPercent, { min: 0, max: 100, unit: "percent" }),
    ...mixedRules(args, instanceType, architecture),
  ];
}

/** A group's arguments, checked and complete. @throws {ArgumentsError} */
export function normaliseGroup(name: string, args: ScaledGroupArgs) {
  check(`ScaledGroup ${name}`, [
    rule("services", args.services.length === 0, "none is named; give the instances at least one service to run"),
    rule(
      "services",
      args.services.length > 1 && !args.separateRoles,
      `${args.services.length} services would share one role; set separateRoles`,
    ),
    within("drain", args.drain, { min: seconds(30), max: hours(2), why: "a lifecycle hook's heartbeat" }),
    ...groupRules(args),
  ]);
  return {
    ...sizeDefault,
    ...args.size,
    logDays: args.logDays ?? logDaysDefault,
    services: args.services,
    separateRoles: args.separateRoles ?? false,
    machine: {
      ...args,
      instanceType: args.instanceType ?? instanceTypeDefault,
      hibernates: args.warmPool?.state === "Hibernated",
    },
    warmPool: args.warmPool,
    maintenance: args.maintenance,
    groupName: regionalName("autoScalingGroup", name),
    targetGroupArns: args.targetGroupArns ?? [],
    schedules: args.schedules ?? [],
    kmsKeyArn: args.kmsKeyArn,
    healthCheckGrace: args.healthCheckGrace ?? minutes(5),
    cooldown: args.cooldown ?? minutes(5),
    rolls: args.rolls ?? "onUp",
    transform: args.transform ?? {},
  };
}
