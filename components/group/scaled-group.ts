import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type * as ec2 from "@pulumi/aws/ec2/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import type * as kms from "@pulumi/aws/kms/index.js";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { withKeys } from "../base/customer-key.ts";
import { type Duration, minutes } from "../base/duration.ts";
import { keepsName, standsBeside } from "../base/keep.ts";
import { allow, type Statement, trustRole, trustService } from "../base/policy-document.ts";
import { globalName, regionalName } from "../base/stack-names.ts";
import { transformed } from "../base/transform.ts";
import { given } from "../bundle/service.ts";
import { createRefusalAlarm, type RefusalNodes } from "../pipelines/refusal-alarm.ts";
import { createScaling } from "../scaling/scaling.ts";
import type { ScalingRule } from "../scaling/scaling-rules.ts";
import { createSchedules } from "../scaling/scheduled-size.ts";
import { normaliseGroup, type ScaledGroupArgs, type SpotArgs } from "./group-args.ts";
import { createKeyGrant } from "./key-grant.ts";
import { bootManifest, createLaunchTemplate } from "./launch-template.ts";
import { maintenanceInputs, maintenanceRefresh } from "./maintenance.ts";
import { overridesOf } from "./mixed-instances.ts";
import { createPredictive } from "./predictive.ts";
import {
  createRole,
  createRolePolicy,
  drainPermissions,
  groupArn,
  hostPermissions,
  type RoleTransform,
} from "./service-role.ts";
import { warmPoolInputs } from "./warm-pool.ts";

export interface ScaledGroupNodes extends RefusalNodes {
  readonly logGroup: cloudwatch.LogGroup;
  /** Role of the instances. */
  readonly role: iam.Role;
  /** Roles the services take on, by service; empty unless `separateRoles`. */
  readonly serviceRoles: Readonly<Record<string, iam.Role>>;
  readonly rolePolicies: readonly iam.RolePolicy[];
  readonly instanceProfile: iam.InstanceProfile;
  readonly launchTemplate: ec2.LaunchTemplate;
  /** Lets Auto Scaling use the customer's key for disks; none without such a key. */
  readonly keyGrant: kms.Grant | undefined;
  readonly group: autoscaling.Group;
  readonly launchHook: autoscaling.LifecycleHook;
  readonly terminationHook: autoscaling.LifecycleHook | undefined;
  readonly scalingPolicies: readonly autoscaling.Policy[];
  readonly schedules: readonly autoscaling.Schedule[];
  readonly alarms: readonly cloudwatch.MetricAlarm[];
}

/** Instances that boot from one manifest, over the network's zones, replaced when they fail and rolled when they change. */
export class ScaledGroup extends ComponentResource {
  /** Name of the Auto Scaling group. */
  readonly groupName: Output<string>;
  /** Of the instances' role. */
  readonly roleArn: Output<string>;
  /** When it grows and shrinks: each rule is a policy, in this order, and those of alarms have one each. */
  readonly scalingRules: readonly ScalingRule[];
  /** The raw resources. */
  readonly nodes: ScaledGroupNodes;

  constructor(name: string, args: ScaledGroupArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ScaledGroup", name, {}, opts);
    const settings = normaliseGroup(name, args);
    const { services, transform } = settings;
    const ownGroup = groupArn(accountOf(this), settings.groupName);

    const logGroup = createLogGroup(name, settings, this);
    const bundleKeys = services.map(({ bundle }) => bundle.kmsKeyArn);
    const host = withKeys(hostPermissions(services, logGroup.arn, ownGroup), bundleKeys, this);
    const drain = args.drain === undefined ? [] : drainPermissions(ownGroup);
    const roles = createRoles(name, settings, { host, drain }, this);
    const instanceProfile = createInstanceProfile(name, roles.role, transform, this);
    const boots = { logGroup, serviceRoles: roles.serviceRoles, instanceProfile };
    const launchTemplate = createTemplate(name, args, settings, boots, this);
    const keyGrant = createKeyGrant(name, settings, this);
    const before = [...roles.rolePolicies, ...(keyGrant === undefined ? [] : [keyGrant])];
    const group = createGroup(name, args, settings, { launchTemplate, before }, this);
    const launchHook = createLaunchHook(name, settings, group, this);
    const terminationHook = args.drain && createTerminationHook(name, args.drain, group, transform, this);
    const scalingRules = args.scaling?.(group.name) ?? [];
    const scaling = createScaling(name, group.name, scalingRules, transform, this);
    const forecasts = args.predictive
      ? [createPredictive(name, group.name, args.predictive, transform.policy, this)]
      : [];
    const refusals = createRefusalAlarm(name, logGroup, args.alarmActions ?? [], transform, this);
    const schedules = createSchedules(name, group.name, settings.schedules, transform.schedule, this);

    this.groupName = group.name;
    this.roleArn = roles.role.arn;
    this.scalingRules = scalingRules;
    this.nodes = {
      logGroup,
      ...roles,
      instanceProfile,
      launchTemplate,
      keyGrant,
      group,
      launchHook,
      terminationHook,
      scalingPolicies: [...scaling.policies, ...forecasts],
      schedules,
      alarms: scaling.alarms,
      ...refusals,
    };
    this.registerOutputs({ groupName: this.groupName, roleArn: this.roleArn });
  }
}

type Settings = ReturnType<typeof normaliseGroup>;
type Transforms = Settings["transform"];

function createLogGroup(
  name: string,
  { logDays, transform, kmsKeyArn }: Settings,
  parent: Resource,
): cloudwatch.LogGroup {
  return new cloudwatch.LogGroup(
    ...transformed<cloudwatch.LogGroupArgs>(
      transform.logGroup,
      name,
      { name: regionalName("logGroup", name), retentionInDays: logDays, ...given({ kmsKeyId: kmsKeyArn }) },
      { parent, ...keepsName() },
    ),
  );
}

interface Roles {
  /** Of the instances. */
  readonly role: iam.Role;
  /** What the services take on, by service; none where the instances' own role does for them. */
  readonly serviceRoles: Readonly<Record<string, iam.Role>>;
  /** All that must stand before an instance boots. */
  readonly rolePolicies: readonly iam.RolePolicy[];
}

/** Gives services their permissions: by the instance's role, or by one each that the instance's may assume. */
function createRoles(
  name: string,
  { services, separateRoles, transform }: Settings,
  { host, drain }: { readonly host: readonly Statement[]; readonly drain: readonly Statement[] },
  parent: Resource,
): Roles {
  const trust = trustService("ec2.amazonaws.com");
  const role = createRole(name, { trust, description: `Instances of ${name}` }, transform, parent);
  const hostPolicy = createRolePolicy(name, "host", role, host, transform, parent);
  if (!separateRoles) {
    const statements = [...services.flatMap(({ permissions }) => permissions), ...drain];
    const policies = permitServices(name, role, statements, transform, parent);
    return { role, serviceRoles: {}, rolePolicies: [hostPolicy, ...policies] };
  }
  const own = services.map((service) => {
    const roleName = `${name}-${service.name}`;
    const description = `Service ${service.name} on ${name}`;
    const ownRole = createRole(roleName, { trust: trustRole(role.arn), description }, transform, parent);
    const policies = permitServices(roleName, ownRole, [...service.permissions, ...drain], transform, parent);
    return { service: service.name, role: ownRole, policies };
  });
  const arns = own.map(({ role }) => role.arn);
  const assume = allow("BecomeService", ["sts:AssumeRole"], arns);
  const assumePolicy = createRolePolicy(name, "assume", role, [assume], transform, parent);
  return {
    role,
    serviceRoles: Object.fromEntries(own.map(({ service, role }) => [service, role])),
    rolePolicies: [hostPolicy, ...own.flatMap(({ policies }) => policies), assumePolicy],
  };
}

/** A service may need nothing of AWS, and AWS refuses a policy without a statement. */
function permitServices(
  policyName: string,
  to: iam.Role,
  statements: readonly Statement[],
  transform: RoleTransform,
  parent: Resource,
): iam.RolePolicy[] {
  if (statements.length === 0) return [];
  return [createRolePolicy(policyName, "service", to, statements, transform, parent)];
}

function createInstanceProfile(
  name: string,
  role: iam.Role,
  transform: Transforms,
  parent: Resource,
): iam.InstanceProfile {
  return new iam.InstanceProfile(
    ...transformed(
      transform.instanceProfile,
      name,
      { name: globalName("instanceProfile", name, parent), role: role.name },
      { parent, ...standsBeside },
    ),
  );
}

function createTemplate(
  name: string,
  args: ScaledGroupArgs,
  settings: Settings,
  boots: {
    readonly logGroup: cloudwatch.LogGroup;
    readonly serviceRoles: Roles["serviceRoles"];
    readonly instanceProfile: iam.InstanceProfile;
  },
  parent: Resource,
): ec2.LaunchTemplate {
  const { logGroup, serviceRoles, instanceProfile } = boots;
  const manifest = bootManifest({
    region: accountOf(parent).region,
    logGroup: logGroup.name,
    services: settings.services,
    roles: Object.fromEntries(Object.entries(serviceRoles).map(([service, { arn }]) => [service, arn])),
    launchHook: { group: settings.groupName, ...launchHookOf(name, settings) },
    warmPool: settings.warmPool !== undefined,
  });
  return createLaunchTemplate(
    name,
    {
      network: args.network,
      securityGroupId: args.securityGroupId,
      machine: settings.machine,
      instanceProfileArn: instanceProfile.arn,
      manifest,
    },
    settings.transform.launchTemplate,
    parent,
  );
}

/**
 * From InService, which a launch hook has come with a healthy service, until an instance has its share of the load. Measured:
 * docs/scaling.md, "Which warm-up".
 */
const warmUp = minutes(1);

function createGroup(
  name: string,
  args: ScaledGroupArgs,
  settings: Settings,
  boots: { readonly launchTemplate: ec2.LaunchTemplate; readonly before: readonly Resource[] },
  parent: Resource,
): autoscaling.Group {
  return new autoscaling.Group(
    ...transformed<autoscaling.GroupArgs>(
      settings.transform.group,
      name,
      {
        name: settings.groupName,
        minSize: settings.min,
        maxSize: settings.max,
        vpcZoneIdentifiers: args.network.instanceSubnetIds,
        ...healthChecks(settings),
        // The hook is a resource of its own, which the group's first instances would come before.
        initialLifecycleHooks: [launchHookInputs(launchHookOf(name, settings))],
        defaultCooldown: settings.cooldown.toSeconds(),
        protectFromScaleIn: args.drain !== undefined,
        ...launches(args.spot, settings.machine.instanceType, boots.launchTemplate),
        ...(settings.rolls === "onUp" ? { instanceRefresh: rollingRefresh(settings) } : {}),
        ...(settings.warmPool === undefined ? {} : { warmPool: warmPoolInputs(settings.warmPool) }),
        ...(settings.maintenance === undefined
          ? {}
          : { instanceMaintenancePolicy: maintenanceInputs(settings.maintenance) }),
        defaultInstanceWarmup: warmUp.toSeconds(),
        metricsGranularity: "1Minute",
        enabledMetrics: ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"],
        // The provider would wait for exactly as many instances as it remembers, and a farm that has scaled since has others:
        // https://github.com/hashicorp/terraform-provider-aws/issues/5241.
        waitForCapacityTimeout: "0",
        tags: [{ key: "Name", value: name, propagateAtLaunch: true }],
      },
      {
        parent,
        ...standsBeside,
        // What has been scaled out stays out, however often the program runs.
        ignoreChanges: ["desiredCapacity", ...(settings.rolls === "onUp" ? [] : launchedFrom)],
        // An instance that boots before its permissions stand would find its bundle forbidden, and its disk without a key.
        dependsOn: [...boots.before],
      },
    ),
  );
}

function healthChecks({ targetGroupArns, healthCheckGrace }: Settings) {
  const healthCheckGracePeriod = healthCheckGrace.toSeconds();
  if (targetGroupArns.length === 0) return { healthCheckType: "EC2", healthCheckGracePeriod };
  return { targetGroupArns: [...targetGroupArns], healthCheckType: "ELB", healthCheckGracePeriod };
}

/** What the group launches: instances of the template alone, or a mix of on-demand and spot capacity. */
function launches(spot: SpotArgs | undefined, instanceType: string, { id, latestVersion }: ec2.LaunchTemplate) {
  // A number of the template, not "$Latest": that never differs, so nothing would ever roll.
  const version = latestVersion.apply(String);
  if (spot === undefined) return { launchTemplate: { id, version } };
  const mixedInstancesPolicy = {
    instancesDistribution: {
      onDemandBaseCapacity: spot.onDemandBase ?? 1,
      onDemandPercentageAboveBaseCapacity: spot.onDemandPercent ?? 0,
      spotAllocationStrategy: "price-capacity-optimized",
    },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId: id, version },
      overrides: overridesOf(spot, instanceType),
    },
  };
  return { mixedInstancesPolicy, capacityRebalance: true };
}

/** What a group launches is the roll's to change: an update that wrote it would leave a roll nothing to go back to. */
const launchedFrom = ["launchTemplate", "mixedInstancesPolicy"];

/** How a change of the template reaches the instances. */
const rollingRefresh = ({ maintenance }: Settings) => ({
  strategy: "Rolling",
  preferences: {
    // Replacements come first, whatever the size: of a version that does not start nobody notices anything but a roll that waits.
    ...maintenanceRefresh(maintenance ?? { minHealthyPercent: 100, maxHealthyPercent: 125 }),
    autoRollback: true,
    skipMatching: true,
    // Waiting for a busy worker's idle moment is the termination hook's task: the refresh goes on.
    scaleInProtectedInstances: "Refresh",
    standbyInstances: "Terminate",
  },
});

/** A boot of a minute and a half, on a bad day: what comes after it may have less grace. */
const leastBoot = minutes(5);

/** How long an instance may take from its launch until its services are healthy, and the hook that waits for it. */
const launchHookOf = (name: string, { healthCheckGrace }: Settings) => ({
  name: regionalName("lifecycleHook", `${name}-launch`),
  seconds: Math.max(leastBoot.toSeconds(), healthCheckGrace.toSeconds()),
});

const launchHookInputs = ({ name, seconds }: ReturnType<typeof launchHookOf>) => ({
  name,
  lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  heartbeatTimeout: seconds,
  // Whoever does not say that it is healthy is not.
  defaultResult: "ABANDON",
});

/**
 * In service means that its services answer. Without the hook Auto Scaling calls an instance in service as soon as EC2 runs it,
 * and counts its warm-up, and the policies its capacity, from then on.
 */
function createLaunchHook(
  name: string,
  settings: Settings,
  group: autoscaling.Group,
  parent: Resource,
): autoscaling.LifecycleHook {
  return new autoscaling.LifecycleHook(
    ...transformed(
      settings.transform.launchHook,
      `${name}-launch`,
      { ...launchHookInputs(launchHookOf(name, settings)), autoscalingGroupName: group.name },
      { parent, ...standsBeside },
    ),
  );
}

function createTerminationHook(
  name: string,
  drain: Duration,
  group: autoscaling.Group,
  transform: Transforms,
  parent: Resource,
): autoscaling.LifecycleHook {
  const child = `${name}-drain`;
  return new autoscaling.LifecycleHook(
    ...transformed(
      transform.terminationHook,
      child,
      {
        name: regionalName("lifecycleHook", child),
        autoscalingGroupName: group.name,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: drain.toSeconds(),
        defaultResult: "CONTINUE",
      },
      { parent, ...standsBeside },
    ),
  );
}
