/** Auto Scaling groups of the course: how large they are, and made so. Every answer is whole: all pages, or an error. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { GroupSize } from "./events.ts";

export interface Group extends GroupSize {
  readonly name: string;
  /** Tag `owner`, as it stands: students can change it. */
  readonly owner?: string;
}

export interface Groups {
  list(): Promise<readonly Group[]>;
  resize(name: string, size: GroupSize): Promise<void>;
  /** Whether scheduled actions change its size. */
  schedule(name: string, acts: boolean): Promise<void>;
  close(): void;
}

function groupOf({
  AutoScalingGroupName: name,
  MinSize,
  MaxSize,
  DesiredCapacity,
  Tags = [],
}: AutoScalingGroup): Group[] {
  if (name === undefined) return [];
  const owner = Tags.find(({ Key }) => Key === "owner")?.Value;
  const size = { min: MinSize ?? 0, max: MaxSize ?? 0, desired: DesiredCapacity ?? 0 };
  return [{ name, ...size, ...(owner === undefined ? {} : { owner }) }];
}

/**
 * A stack's own: names of its groups begin with its name. A program that names them otherwise tags them with it; the tag is not
 * believed of a group that is by its name another stack's of the course.
 */
export function groupsOfStack(stack: string, all: readonly Group[]): Group[] {
  const course = stack.slice(0, stack.lastIndexOf("-") + 1);
  return all.filter(({ name, owner }) => name.startsWith(`${stack}-`) || (owner === stack && !name.startsWith(course)));
}

export interface GroupsOptions {
  readonly region: string;
  /** Where the account is; omitted: AWS, with the credentials that every AWS tool takes. */
  readonly environment?: Readonly<Record<string, string>>;
}

function configOf({ region, environment = {} }: GroupsOptions) {
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = environment;
  if (endpoint === undefined) return { region, maxAttempts: 8 };
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { region, maxAttempts: 8, endpoint, credentials };
}

export function openGroups(options: GroupsOptions): Groups {
  const client = new AutoScalingClient(configOf(options));
  const scheduled = ["ScheduledActions"];
  return {
    async list() {
      const found: Group[] = [];
      for await (const page of paginateDescribeAutoScalingGroups({ client, pageSize: 100 }, {})) {
        found.push(...(page.AutoScalingGroups ?? []).flatMap(groupOf));
      }
      return found;
    },
    async resize(AutoScalingGroupName, { min, max, desired }) {
      const size = { MinSize: min, MaxSize: max, DesiredCapacity: desired };
      await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...size }));
    },
    async schedule(AutoScalingGroupName, acts) {
      const Command = acts ? ResumeProcessesCommand : SuspendProcessesCommand;
      await client.send(new Command({ AutoScalingGroupName, ScalingProcesses: scheduled }));
    },
    close: () => client.destroy(),
  };
}
