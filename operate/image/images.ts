/** Machine images of a stack: the architectures that it needs, what is pinned, and the newest that there is. */
import {
  type _InstanceType,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Plan } from "../../plan/types.ts";
import {
  type ImageArchitecture,
  imageArchitectures,
  imageParameter,
  imageSettings,
} from "../../runtime/contract/image.ts";

export interface ImageClients {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  close(): void;
}

/** Credentials and endpoint come from where every AWS tool takes them. */
export function openClients(region: string): ImageClients {
  const config = { region, maxAttempts: 3 };
  const ec2 = new EC2Client(config);
  const ssm = new SSMClient(config);
  return {
    ec2,
    ssm,
    close() {
      ec2.destroy();
      ssm.destroy();
    },
  };
}

interface Image {
  readonly id: string;
  /** Such as `al2023-ami-2023.9.20251117.1-kernel-6.12-arm64`; `undefined`: EC2 does not know the image in this region. */
  readonly name: string | undefined;
}

export interface StackImage {
  readonly architecture: ImageArchitecture;
  /** Key of the stack's configuration that pins it. */
  readonly setting: string;
  readonly pinned: Image | undefined;
  readonly newest: Image;
}

/** Instance types that the launch templates of a plan name. */
export function instanceTypes({ resources }: Plan): string[] {
  const templates = resources.filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
  return [...new Set(templates.map(({ inputs }) => String(inputs.instanceType)))].sort();
}

async function architecturesOf({ ec2 }: ImageClients, types: readonly string[]): Promise<ImageArchitecture[]> {
  const request = new DescribeInstanceTypesCommand({ InstanceTypes: [...types] as _InstanceType[] });
  const { InstanceTypes: found = [] } = await ec2.send(request);
  const supported = found.flatMap(({ ProcessorInfo }) => ProcessorInfo?.SupportedArchitectures ?? []);
  return imageArchitectures.filter((each) => supported.includes(each));
}

async function namesOf({ ec2 }: ImageClients, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // By filter: an image that has been taken away is then only missing, and no error.
  const request = new DescribeImagesCommand({
    Filters: [{ Name: "image-id", Values: [...ids] }],
    IncludeDeprecated: true,
  });
  const { Images = [] } = await ec2.send(request);
  return new Map(Images.map(({ ImageId = "", Name = "" }) => [ImageId, Name]));
}

/**
 * One for each architecture that the stack's instance types have.
 *
 * @param values the stack's configuration, `project:key` → value.
 * @throws {Error} when AWS tells no newest image.
 */
export async function stackImages(
  clients: ImageClients,
  {
    types,
    namespace,
    values,
  }: { types: readonly string[]; namespace: string; values: Readonly<Record<string, string>> },
): Promise<StackImage[]> {
  if (types.length === 0) return [];
  const architectures = await architecturesOf(clients, types);
  const Names = architectures.map(imageParameter);
  const { Parameters = [] } = await clients.ssm.send(new GetParametersCommand({ Names }));
  const found = architectures.map((architecture) => {
    const newest = Parameters.find(({ Name }) => Name === imageParameter(architecture))?.Value;
    if (newest === undefined)
      throw new Error(`AWS tells no newest image: there is no parameter ${imageParameter(architecture)}`);
    const setting = `${namespace}:${imageSettings[architecture]}`;
    return { architecture, setting, newest, pinned: values[setting] };
  });
  const names = await namesOf(
    clients,
    found.flatMap(({ newest, pinned }) => (pinned === undefined ? newest : [newest, pinned])),
  );
  const image = (id: string): Image => ({ id, name: names.get(id) });
  return found.map(({ pinned, newest, ...rest }) => ({
    ...rest,
    pinned: pinned === undefined ? undefined : image(pinned),
    newest: image(newest),
  }));
}
