/** What a launch template says about an instance, read from the emulator as EC2 would read it. */
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { type BootManifest, readBootManifest } from "../../../../runtime/contract/boot.ts";
import { administrator } from "../../../emulator/administrator.ts";
import type { Emulator } from "../../../types.ts";

export interface TemplateVersion {
  readonly id: string;
  /** Number, `$Latest` or `$Default`. */
  readonly version: string;
}

export interface InstanceTemplate {
  readonly userData: string;
  readonly manifest: BootManifest;
  readonly instanceType: string;
  readonly imageId: string;
  /** Tags are shown to the instance through its metadata endpoint (off unless declared). */
  readonly showsTags: boolean;
  readonly profile: { readonly arn: string; readonly roleName: string; readonly roleArn: string } | undefined;
}

export function createTemplates(emulator: Pick<Emulator, "endpoint" | "region">) {
  const config = administrator(emulator);
  const ec2 = new EC2Client(config);
  const iam = new IAMClient(config);

  async function profileOf(name: string) {
    const { InstanceProfile: profile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name }));
    const role = profile?.Roles?.[0];
    if (!profile?.Arn || !role?.Arn || !role.RoleName) throw new Error(`instance profile ${name} has no role`);
    return { arn: profile.Arn, roleName: role.RoleName, roleArn: role.Arn };
  }

  return {
    /** @throws {Error} when the version is unknown, has no boot manifest, or names a profile that has no role. */
    async read({ id, version }: TemplateVersion): Promise<InstanceTemplate> {
      const { LaunchTemplateVersions: versions } = await ec2.send(
        new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
      );
      const data = versions?.[0]?.LaunchTemplateData;
      if (data === undefined) throw new Error(`launch template ${id} has no version ${version}`);
      const userData = Buffer.from(data.UserData ?? "", "base64").toString("utf8");
      const profile = data.IamInstanceProfile?.Name ?? data.IamInstanceProfile?.Arn?.split("/").at(-1);
      return {
        userData,
        manifest: readBootManifest(userData),
        instanceType: data.InstanceType ?? "unknown",
        imageId: data.ImageId ?? "unknown",
        showsTags: data.MetadataOptions?.InstanceMetadataTags === "enabled",
        profile: profile === undefined ? undefined : await profileOf(profile),
      };
    },
    destroy() {
      ec2.destroy();
      iam.destroy();
    },
  };
}
export type Templates = ReturnType<typeof createTemplates>;
