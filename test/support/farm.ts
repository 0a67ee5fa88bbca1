/** A farm declared in the emulator by plain API calls, with the fixture service in its bundle. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { create } from "tar";
import type { Emulator } from "../../local/types.ts";
import type { BootService } from "../../runtime/contract/boot.ts";
import { bootManifestBegin, bootManifestEnd } from "../../runtime/contract/boot-place.ts";
import { clientOptions } from "./emulator.ts";

export interface Farm {
  readonly groupName: string;
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
  readonly bundleSha256: string;
  readonly launchTemplateId: string;
  /** Makes another version of the launch template, whose service differs by these changes; answers its number. */
  newVersion(changes: Partial<BootService>): Promise<string>;
}

export interface FarmOptions {
  readonly name: string;
  readonly size: number;
  readonly sizeMax?: number;
  /** Changes to the one service of the boot manifest. */
  readonly service?: Partial<BootService>;
  readonly protectedFromScaleIn?: boolean;
  readonly checkedByBalancer?: boolean;
  readonly hookHeartbeatSeconds?: number;
  /** Of a launch hook that the boot completes. Default: there is none. */
  readonly launchHookHeartbeatSeconds?: number;
  readonly terminationPolicies?: readonly string[];
  /** Default: two. */
  readonly zones?: readonly string[];
  readonly idleTimeoutSeconds?: number;
  readonly algorithm?: string;
}

export const fixturePort = 8000;

async function fixtureBundle(): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-bundle-"));
  const file = join(directory, "bundle.tgz");
  const cwd = fileURLToPath(new URL("fixture", import.meta.url));
  await create({ gzip: true, file, cwd, portable: true }, ["service.js", "package.json"]);
  const bytes = await readFile(file);
  await rm(directory, { recursive: true });
  return bytes;
}

async function loadBalancer(emulator: Emulator, options: FarmOptions) {
  const elb = new ElasticLoadBalancingV2Client(clientOptions(emulator));
  const ec2 = new EC2Client(clientOptions(emulator));
  const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { LoadBalancers: [balancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: options.name,
      Subnets: subnets.slice(0, 2).map((subnet) => subnet.SubnetId ?? ""),
    }),
  );
  const { TargetGroups: [group] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: options.name,
      Protocol: "HTTP",
      Port: fixturePort,
      VpcId: subnets[0]?.VpcId,
      HealthCheckPath: "/healthz",
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: "200" },
    }),
  );
  const loadBalancerArn = balancer?.LoadBalancerArn ?? "";
  const targetGroupArn = group?.TargetGroupArn ?? "";
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: targetGroupArn,
      Attributes: [
        { Key: "deregistration_delay.timeout_seconds", Value: "30" },
        { Key: "load_balancing.algorithm.type", Value: options.algorithm ?? "round_robin" },
      ],
    }),
  );
  await elb.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: loadBalancerArn,
      Attributes: [
        { Key: "idle_timeout.timeout_seconds", Value: String(options.idleTimeoutSeconds ?? 60) },
        { Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" },
      ],
    }),
  );
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
    }),
  );
  elb.destroy();
  ec2.destroy();
  return { loadBalancerArn, targetGroupArn };
}

/** Declares bucket, bundle, role, profile, balancer, launch template and group. */
export async function declareFarm(emulator: Emulator, options: FarmOptions): Promise<Farm> {
  const { name, size } = options;
  const config = clientOptions(emulator);
  const s3 = new S3Client(config);
  const iam = new IAMClient(config);
  const ec2 = new EC2Client(config);
  const autoScaling = new AutoScalingClient(config);
  const bytes = await fixtureBundle();
  const bundleSha256 = createHash("sha256").update(bytes).digest("hex");
  const bundle = { bucket: `bundles-${name}`, key: `${bundleSha256}.tgz`, sha256: bundleSha256 };
  await s3.send(new CreateBucketCommand({ Bucket: bundle.bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bundle.bucket, Key: bundle.key, Body: bytes }));
  await iam.send(new CreateRoleCommand({ RoleName: `${name}-role`, AssumeRolePolicyDocument: "{}" }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: `${name}-role` }));
  const arns = await loadBalancer(emulator, options);
  const service: BootService = {
    name: "fixture",
    bundle,
    entry: "service.js",
    environment: { GREETING: "hello" },
    port: fixturePort,
    healthPath: "/healthz",
    stopSeconds: 20,
    ...options.service,
  };
  const { launchHookHeartbeatSeconds: seconds } = options;
  const launchHook = seconds === undefined ? {} : { launchHook: { group: name, name: "boot", seconds } };
  const launchTemplateData = (services: readonly BootService[]) => {
    const manifest = { version: 1, region: emulator.region, logGroup: `/farm/${name}`, ...launchHook, services };
    const userData = `#!/bin/bash\ncat > boot.json ${bootManifestBegin}\n${JSON.stringify(manifest)}\n${bootManifestEnd}\n`;
    return {
      ImageId: "ami-12345678",
      InstanceType: "t4g.small" as const,
      IamInstanceProfile: { Name: name },
      UserData: Buffer.from(userData).toString("base64"),
      MetadataOptions: { HttpTokens: "required" as const, InstanceMetadataTags: "enabled" as const },
    };
  };
  const { LaunchTemplate: template } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: launchTemplateData([service]),
    }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: options.sizeMax ?? 10,
      DesiredCapacity: 0,
      LaunchTemplate: { LaunchTemplateId: template?.LaunchTemplateId, Version: "1" },
      AvailabilityZones: (options.zones ?? ["a", "b"]).map((zone) => emulator.region + zone),
      TargetGroupARNs: [arns.targetGroupArn],
      TerminationPolicies: [...(options.terminationPolicies ?? ["Default"])],
      HealthCheckType: options.checkedByBalancer === false ? "EC2" : "ELB",
      HealthCheckGracePeriod: 60,
      NewInstancesProtectedFromScaleIn: options.protectedFromScaleIn ?? false,
      Tags: [{ Key: "Name", Value: `${name}-instance`, PropagateAtLaunch: true }],
    }),
  );
  // The first instances come after the hooks.
  for (const [hook, transition, heartbeat] of [
    ["boot", "LAUNCHING", seconds],
    ["drain", "TERMINATING", options.hookHeartbeatSeconds],
  ] as const) {
    if (heartbeat === undefined) continue;
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: name,
        LifecycleHookName: hook,
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
        HeartbeatTimeout: heartbeat,
      }),
    );
  }
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: size }));
  for (const client of [s3, iam, autoScaling]) client.destroy();
  const launchTemplateId = template?.LaunchTemplateId ?? "";
  return {
    groupName: name,
    ...arns,
    bundleSha256,
    launchTemplateId,
    async newVersion(changes) {
      const { LaunchTemplateVersion: made } = await ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: launchTemplateId,
          LaunchTemplateData: launchTemplateData([{ ...service, ...changes }]),
        }),
      );
      return String(made?.VersionNumber);
    },
  };
}
