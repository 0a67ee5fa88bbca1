/** The whole environment of a service's process on an instance of this machine. */

import { quietSdk } from "../../../../plan/process/quiet-sdk.ts";
import type { BootService } from "../../../../runtime/contract/boot.ts";

export interface InstanceHost {
  /** The port this process answers on: stands in for the declared one. */
  readonly port: number;
  readonly region: string;
  readonly gateway: string;
  readonly metadata: string;
  /** Folder for what the service keeps, gone with the instance. */
  readonly home: string;
  /** Folder for its temporary files, emptied whenever it starts. */
  readonly temporary: string;
  /** Written for services that assume a role of their own. */
  readonly configFile: string;
}

const profileName = "service";

/** User that services run as on an instance (components/group/user-data.ts). */
const user = "annofarm";

/**
 * What the unit of an instance gives its service (components/group/user-data.ts), declared variables before its own as there. Nothing
 * of the user's own environment but `PATH`; `HOME` is the service's, else the SDK would find the user's real AWS credentials.
 */
export function serviceEnvironment(service: BootService, around: InstanceHost): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: around.home,
    STATE_DIRECTORY: around.home,
    TMPDIR: around.temporary,
    LANG: "C.UTF-8",
    TZ: "UTC",
    USER: user,
    LOGNAME: user,
    ...service.environment,
    PORT: String(around.port),
    AWS_REGION: around.region,
    AWS_ENDPOINT_URL: around.gateway,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: around.metadata,
    ...quietSdk,
    ...(service.roleArn === undefined ? {} : { AWS_CONFIG_FILE: around.configFile, AWS_PROFILE: profileName }),
  };
}

/** The AWS configuration file by which a service assumes its own role from the instance's. */
export function serviceConfigFile(roleArn: string, region: string): string {
  return [
    `[profile ${profileName}]`,
    `role_arn = ${roleArn}`,
    "credential_source = Ec2InstanceMetadata",
    `region = ${region}`,
    "",
  ].join("\n");
}
