import { isDeepStrictEqual } from "node:util";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeTagsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
  type RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { type Context, type Handler, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined, pascal, type Tags, tagList, tagMap, tagSpecifications, truth } from "../../resources/shape.ts";
import { changeTags } from "./tags.ts";

interface TemplateInputs {
  readonly name?: string;
  readonly description?: string;
  readonly imageId?: string;
  readonly instanceType?: string;
  readonly userData?: string;
  readonly ebsOptimized?: string | boolean;
  readonly iamInstanceProfile?: { readonly arn?: string; readonly name?: string };
  readonly vpcSecurityGroupIds?: readonly string[];
  readonly metadataOptions?: Readonly<Record<string, unknown>>;
  readonly monitoring?: { readonly enabled?: boolean };
  readonly blockDeviceMappings?: readonly {
    readonly deviceName?: string;
    readonly ebs?: Readonly<Record<string, unknown>>;
  }[];
  readonly networkInterfaces?: readonly Readonly<Record<string, unknown>>[];
  readonly tagSpecifications?: readonly { readonly resourceType: string; readonly tags?: Tags }[];
  readonly instanceMarketOptions?: Readonly<Record<string, unknown>>;
  readonly creditSpecification?: Readonly<Record<string, unknown>>;
  readonly updateDefaultVersion?: boolean;
  readonly tags?: Tags;
}

function templateData(inputs: TemplateInputs): RequestLaunchTemplateData {
  const blockDevices = inputs.blockDeviceMappings?.map(({ ebs, ...device }) => ({
    ...(pascal(device) as object),
    Ebs: defined({
      ...(pascal(ebs ?? {}) as object),
      Encrypted: truth(ebs?.encrypted),
      DeleteOnTermination: truth(ebs?.deleteOnTermination),
    }),
  }));
  const interfaces = inputs.networkInterfaces?.map(({ securityGroups, ...card }) =>
    defined({
      ...(pascal(card) as object),
      Groups: securityGroups,
      AssociatePublicIpAddress: truth(card.associatePublicIpAddress),
      DeleteOnTermination: truth(card.deleteOnTermination),
    }),
  );
  const instanceTags = inputs.tagSpecifications?.map(({ resourceType, tags }) => ({
    ResourceType: resourceType,
    Tags: tagList(tags),
  }));
  return defined({
    ImageId: inputs.imageId,
    InstanceType: inputs.instanceType,
    UserData: inputs.userData,
    EbsOptimized: truth(inputs.ebsOptimized),
    IamInstanceProfile: pascal(inputs.iamInstanceProfile),
    SecurityGroupIds: inputs.vpcSecurityGroupIds,
    MetadataOptions: pascal(inputs.metadataOptions),
    Monitoring: pascal(inputs.monitoring),
    InstanceMarketOptions: pascal(inputs.instanceMarketOptions),
    CreditSpecification: pascal(inputs.creditSpecification),
    BlockDeviceMappings: blockDevices,
    NetworkInterfaces: interfaces,
    TagSpecifications: instanceTags,
  }) as RequestLaunchTemplateData;
}

async function read(id: string, { client, emulator }: Context): Promise<State | undefined> {
  const command = new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] });
  const template = (await ifThere(client(EC2Client).send(command)))?.LaunchTemplates?.[0];
  if (template === undefined) return undefined;
  const { LaunchTemplateVersions: versions } = await client(EC2Client).send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ["$Latest"] }),
  );
  // What the template itself says of its tags is what they were when it was made.
  const Filters = [{ Name: "resource-id", Values: [id] }];
  const { Tags } = await client(EC2Client).send(new DescribeTagsCommand({ Filters }));
  const data = versions?.[0]?.LaunchTemplateData;
  const outputs = {
    imageId: data?.ImageId,
    instanceType: data?.InstanceType,
    userData: data?.UserData,
    tags: tagMap(Tags),
    name: template.LaunchTemplateName,
    arn: `arn:aws:ec2:${emulator.region}:${emulator.accountId}:launch-template/${id}`,
    latestVersion: template.LatestVersionNumber,
    defaultVersion: template.DefaultVersionNumber,
  };
  return { id, outputs: defined(outputs) };
}

export const launchTemplate: Handler = handler<TemplateInputs>({
  async create(inputs, context) {
    const { LaunchTemplate } = await context.client(EC2Client).send(
      new CreateLaunchTemplateCommand(
        defined({
          LaunchTemplateName: inputs.name ?? context.autoName,
          VersionDescription: inputs.description,
          LaunchTemplateData: templateData(inputs),
          TagSpecifications: tagSpecifications("launch-template", inputs.tags),
        }),
      ),
    );
    return sent(await read(sent(LaunchTemplate?.LaunchTemplateId, "LaunchTemplateId"), context), "LaunchTemplate");
  },
  read: ({ id }, context) => read(id, context),
  async update({ id, inputs: previous }, inputs, context) {
    const ec2 = context.client(EC2Client);
    await changeTags(id, previous.tags, inputs.tags, context);
    // The template's own tags are not what it makes instances of: no new version for them.
    if (isDeepStrictEqual({ ...previous, tags: {} }, { ...inputs, tags: {} })) {
      return sent(await read(id, context), "LaunchTemplate");
    }
    const { LaunchTemplateVersion } = await ec2.send(
      new CreateLaunchTemplateVersionCommand(
        defined({
          LaunchTemplateId: id,
          VersionDescription: inputs.description,
          LaunchTemplateData: templateData(inputs),
        }),
      ),
    );
    if (inputs.updateDefaultVersion) {
      const DefaultVersion = String(sent(LaunchTemplateVersion?.VersionNumber, "VersionNumber"));
      await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion }));
    }
    return sent(await read(id, context), "LaunchTemplate");
  },
  async delete({ id }, { client }) {
    await ifThere(client(EC2Client).send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id })));
  },
});
