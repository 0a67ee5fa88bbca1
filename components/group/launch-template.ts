import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as ssm from "@pulumi/aws/ssm/index.js";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { BootManifest } from "../../runtime/contract/boot.ts";
import { imageParameter } from "../../runtime/contract/image.ts";
import type { CustomerKeyArgs } from "../base/customer-key.ts";
import { standsBeside } from "../base/keep.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { given, type Service } from "../bundle/service.ts";
import type { NetworkIds } from "../network/network.ts";
import { type Architecture, architectureOf } from "./instance-type.ts";
import { userData } from "./user-data.ts";

/** When a changed launch template reaches instances that run. */
export const rollings = ["onUp", "byCommand"] as const;
export type Rolling = (typeof rollings)[number];

/** What a group's machines are; the same for every farm. */
export interface MachineArgs extends CustomerKeyArgs {
  /** EC2 instance type; Graviton or not is read off its name. @default "t4g.small" */
  readonly instanceType?: string;
  /**
   * For an instance type that is newer than the AWS provider's list of them: its architecture, which says that the name is
   * meant. Omitted, a type that is not in that list is refused.
   * @default as the type's name has it
   */
  readonly architecture?: Architecture;
  /** Root disk, 8 to 16,384 GiB, encrypted gp3. @default 8 */
  readonly diskGiB?: number;
  /**
   * Machine image.
   * @default Amazon Linux 2023 as of this deployment: a later `pulumi up` finds the newer image, and makes a version with it
   */
  readonly imageId?: Input<string>;
  /**
   * When changed code, settings or machines reach instances. `onUp`: `pulumi up` starts an instance refresh, which on AWS has nothing
   * to go back to. `byCommand`: `pulumi up` only makes the version, and `annofarm roll` brings it to the instances; until that has
   * succeeded the group launches what has proved itself, and a roll that fails goes back by itself.
   * @default "onUp"
   */
  readonly rolls?: Rolling;
  /** How long logs are kept, in days CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400. @default 30 */
  readonly logDays?: number;
}

/**
 * The newest Amazon Linux 2023 image. Looked up now instead of named as a parameter in the template (`resolve:ssm:…`),
 * because an instance refresh cannot roll back to a template that names a parameter.
 */
function latestImage(architecture: Architecture, parent: Resource): Output<string> {
  return ssm.getParameterOutput({ name: imageParameter(architecture) }, { parent }).value;
}

/** The boot manifest of an instance that runs these services; `roles` are those the services take on, by service. */
export function bootManifest(args: {
  region: Input<string>;
  logGroup: Input<string>;
  services: readonly Service[];
  roles: Readonly<Record<string, Input<string>>>;
  launchHook: { readonly group: Input<string>; readonly name: Input<string>; readonly seconds: number };
  /** Whether instances may wait in a warm pool before they serve. */
  warmPool: boolean;
}): Output<BootManifest> {
  return output({
    version: 1 as const,
    region: args.region,
    logGroup: args.logGroup,
    launchHook: args.launchHook,
    ...(args.warmPool ? { warmPool: true as const } : {}),
    services: args.services.map((service) => {
      const roleArn = args.roles[service.name];
      return {
        name: service.name,
        bundle: { bucket: service.bundle.bucketName, key: service.bundle.key, sha256: service.bundle.sha256 },
        entry: service.bundle.entry,
        environment: { ...service.environment, AWS_REGION: args.region, PORT: output(service.port).apply(String) },
        port: service.port,
        healthPath: service.healthPath,
        ...(roleArn === undefined ? {} : { roleArn }),
        stopSeconds: service.stopSeconds,
      };
    }),
  });
}

/** A launch template: metadata v2 only, encrypted disk, no key pair (SSM instead), everything else in the user data. */
export function createLaunchTemplate(
  name: string,
  args: {
    network: NetworkIds;
    securityGroupId: Input<string>;
    machine: MachineArgs & { instanceType: string; hibernates: boolean };
    instanceProfileArn: Output<string>;
    manifest: Output<BootManifest>;
  },
  transform: Transform<ec2.LaunchTemplateArgs> | undefined,
  parent: Resource,
): ec2.LaunchTemplate {
  const { network, machine } = args;
  return new ec2.LaunchTemplate(
    ...transformed<ec2.LaunchTemplateArgs>(
      transform,
      name,
      {
        name: regionalName("launchTemplate", name),
        imageId: machine.imageId ?? latestImage(machine.architecture ?? architectureOf(machine.instanceType), parent),
        instanceType: machine.instanceType,
        iamInstanceProfile: { arn: args.instanceProfileArn },
        userData: args.manifest.apply((manifest) => Buffer.from(userData(manifest)).toString("base64")),
        updateDefaultVersion: true,
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: machine.diskGiB ?? 8,
              encrypted: "true",
              ...given({ kmsKeyId: machine.kmsKeyArn }),
              deleteOnTermination: "true",
            },
          },
        ],
        // Only what was launched so can hibernate.
        ...(machine.hibernates ? { hibernationOptions: { configured: true } } : {}),
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: output(network.publicAddresses).apply(String),
            securityGroups: [args.securityGroupId],
            deleteOnTermination: "true",
          },
        ],
        tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: { Name: name } })),
        tags: { Name: name },
      },
      { parent, ...standsBeside },
    ),
  );
}
