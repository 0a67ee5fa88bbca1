import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type * as ec2 from "@pulumi/aws/ec2/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { physicalName } from "../base/naming.ts";
import { allow, type Statement, trustRole, trustService } from "../base/policy-document.ts";
import { transformed } from "../base/transform.ts";
import { createRefusalAlarm, type RefusalNodes } from "../pipelines/refusal-alarm.ts";
import { createScaling } from "../scaling/scaling.ts";
import { createSchedules } from "../scaling/scheduled-size.ts";
import { normaliseGroup, type ScaledGroupArgs, type SpotArgs } from "./group-args.ts";
import { bootManifest, createLaunchTemplate } from "./launch-template.ts";
import { createRole, createRolePolicy, drainPermissions, groupArn, hostPermissions } from "./service-role.ts";

export interface ScaledGroupNodes extends RefusalNodes {
  readonly logGroup: cloudwatch.LogGroup;
  /** Role of the instances. */
  readonly role: iam.Role;
  /** Roles the services take on, by service; empty unless `separateRoles`. */
  readonly serviceRoles: Readonly<Record<string, iam.Role>>;
  readonly rolePolicies: readonly iam.RolePolicy[];
  readonly instanceProfile: iam.InstanceProfile;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly group: autoscaling.Group;
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
  /** The raw resources. */
  readonly nodes: ScaledGroupNodes;

  constructor(name: string, args: ScaledGroupArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ScaledGroup", name, {}, opts);
    const self = this;
    const parent = { parent: self };
    const settings = normaliseGroup(name, args);
    const { services, transform } = settings;
    const account = accountOf(self);
    const ownGroup = groupArn(account, settings.groupName);

    const logGroup = createLogGroup();
    const role = createInstanceRole();
    const rolePolicies = [createHostPolicy()];
    const serviceRoles = createServiceRoles();
    const instanceProfile = createInstanceProfile();
    const launchTemplate = createTemplate();
    const group = createGroup();
    const terminationHook = createTerminationHook();
    const scaling = createScaling(name, group.name, args.scaling?.(group.name) ?? [], transform, self);
    const refusals = createRefusalAlarm(name, logGroup, args.alarmActions ?? [], transform, self);
    const schedules = createSchedules(name, group.name, settings.schedules, transform.schedule, self);

    this.groupName = group.name;
    this.roleArn = role.arn;
    this.nodes = {
      logGroup,
      role,
      serviceRoles,
      rolePolicies,
      instanceProfile,
      launchTemplate,
      group,
      terminationHook,
      scalingPolicies: scaling.policies,
      schedules,
      alarms: scaling.alarms,
      ...refusals,
    };
    this.registerOutputs({ groupName: this.groupName, roleArn: this.roleArn });

    function createLogGroup(): cloudwatch.LogGroup {
      return new cloudwatch.LogGroup(
        ...transformed(
          transform.logGroup,
          name,
          { name: physicalName("logGroup", name), retentionInDays: settings.logDays },
          parent,
        ),
      );
    }

    function createInstanceRole(): iam.Role {
      const trust = trustService("ec2.amazonaws.com");
      return createRole(name, { trust, description: `Instances of ${name}` }, transform, self);
    }

    function createHostPolicy(): iam.RolePolicy {
      return createRolePolicy(name, "host", role, hostPermissions(services, logGroup.arn, ownGroup), transform, self);
    }

    /** Gives services their permissions: by the instance's role, or by one each that the instance's may assume. */
    function createServiceRoles(): Record<string, iam.Role> {
      const drain = args.drain === undefined ? [] : drainPermissions(ownGroup);
      if (!settings.separateRoles) {
        const statements = [...services.flatMap(({ permissions }) => permissions), ...drain];
        permitServices(name, role, statements);
        return {};
      }
      const roles = Object.fromEntries(
        services.map((service) => {
          const roleName = `${name}-${service.name}`;
          const trust = trustRole(role.arn);
          const own = createRole(
            roleName,
            { trust, description: `Service ${service.name} on ${name}` },
            transform,
            self,
          );
          const statements = [...service.permissions, ...drain];
          permitServices(roleName, own, statements);
          return [service.name, own];
        }),
      );
      const assume = allow(
        "BecomeService",
        ["sts:AssumeRole"],
        Object.values(roles).map(({ arn }) => arn),
      );
      rolePolicies.push(createRolePolicy(name, "assume", role, [assume], transform, self));
      return roles;
    }

    /** A service may need nothing of AWS, and AWS refuses a policy without a statement. */
    function permitServices(policyName: string, to: iam.Role, statements: readonly Statement[]): void {
      if (statements.length === 0) return;
      rolePolicies.push(createRolePolicy(policyName, "service", to, statements, transform, self));
    }

    function createInstanceProfile(): iam.InstanceProfile {
      return new iam.InstanceProfile(
        ...transformed(
          transform.instanceProfile,
          name,
          { name: physicalName("instanceProfile", name), role: role.name },
          parent,
        ),
      );
    }

    function createTemplate(): ec2.LaunchTemplate {
      const manifest = bootManifest({
        region: account.region,
        logGroup: logGroup.name,
        services,
        roles: Object.fromEntries(Object.entries(serviceRoles).map(([service, { arn }]) => [service, arn])),
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
        transform.launchTemplate,
        self,
      );
    }

    function createGroup(): autoscaling.Group {
      // A number of the template, not "$Latest": that never differs, so nothing would ever roll.
      const version = launchTemplate.latestVersion.apply(String);
      return new autoscaling.Group(
        ...transformed<autoscaling.GroupArgs>(
          transform.group,
          name,
          {
            name: settings.groupName,
            minSize: settings.min,
            maxSize: settings.max,
            vpcZoneIdentifiers: args.network.instanceSubnetIds,
            // A first deployment waits until the balancer finds instances healthy, and fails when none becomes so.
            ...(settings.targetGroupArns.length > 0
              ? { targetGroupArns: [...settings.targetGroupArns], healthCheckType: "ELB", minElbCapacity: settings.min }
              : { healthCheckType: "EC2" }),
            healthCheckGracePeriod: settings.healthCheckGrace.toSeconds(),
            defaultCooldown: settings.cooldown.toSeconds(),
            protectFromScaleIn: args.drain !== undefined,
            ...(args.spot === undefined
              ? { launchTemplate: { id: launchTemplate.id, version } }
              : { mixedInstancesPolicy: spotPolicy(args.spot, launchTemplate.id, version), capacityRebalance: true }),
            instanceRefresh: {
              strategy: "Rolling",
              preferences: {
                minHealthyPercentage: settings.min > 1 ? 50 : 0,
                autoRollback: true,
                skipMatching: true,
                // Waiting for a busy worker's idle moment is the termination hook's task: the refresh goes on.
                scaleInProtectedInstances: "Refresh",
                standbyInstances: "Terminate",
              },
            },
            metricsGranularity: "1Minute",
            enabledMetrics: ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"],
            tags: [{ key: "Name", value: name, propagateAtLaunch: true }],
          },
          {
            ...parent,
            // What has been scaled out stays out, however often the program runs.
            ignoreChanges: ["desiredCapacity"],
            // An instance that boots before its permissions stand would find its bundle forbidden.
            dependsOn: [...rolePolicies],
          },
        ),
      );
    }

    function createTerminationHook(): autoscaling.LifecycleHook | undefined {
      if (args.drain === undefined) return undefined;
      const child = `${name}-drain`;
      return new autoscaling.LifecycleHook(
        ...transformed(
          transform.terminationHook,
          child,
          {
            name: physicalName("lifecycleHook", child),
            autoscalingGroupName: group.name,
            lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
            heartbeatTimeout: args.drain.toSeconds(),
            defaultResult: "CONTINUE",
          },
          parent,
        ),
      );
    }

    function spotPolicy(spot: SpotArgs, launchTemplateId: Output<string>, version: Output<string>) {
      const types = [settings.machine.instanceType, ...(spot.instanceTypes ?? [])];
      return {
        instancesDistribution: {
          onDemandBaseCapacity: spot.onDemandBase ?? 1,
          onDemandPercentageAboveBaseCapacity: spot.onDemandPercent ?? 0,
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId, version },
          overrides: [...new Set(types)].map((instanceType) => ({ instanceType })),
        },
      };
    }
  }
}
