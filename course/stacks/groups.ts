/** Auto Scaling groups of the course: how large they are, and made so. Every answer is whole: all pages, or an error. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { GroupSize } from "./events.ts";

export interface Group extends GroupSize {
  readonly name: string;
  /** Tag `owner`, as it stands: students can change it. */
  readonly owner?: string;
  /** Processes that are suspended, as Auto Scaling calls them. */
  readonly suspended: readonly string[];
  /** Instances that scaling in passes over. */
  readonly shielded: readonly string[];
}

export interface Groups {
  list(): Promise<readonly Group[]>;
  resize(name: string, size: GroupSize): Promise<void>;
  suspend(name: string, processes: readonly string[]): Promise<void>;
  resume(name: string, processes: readonly string[]): Promise<void>;
  /** Lets scaling in end these instances; a busy worker still has its termination hook to finish in. */
  unshield(name: string, instanceIds: readonly string[]): Promise<void>;
  close(): void;
}

function groupOf(found: AutoScalingGroup): Group[] {
  const { AutoScalingGroupName: name, MinSize, MaxSize, DesiredCapacity, Tags = [] } = found;
  if (name === undefined) return [];
  const owner = Tags.find(({ Key }) => Key === "owner")?.Value;
  const group = {
    ...{ name, min: MinSize ?? 0, max: MaxSize ?? 0, desired: DesiredCapacity ?? 0 },
    suspended: (found.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
    shielded: (found.Instances ?? [])
      .filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn === true)
      .flatMap(({ InstanceId }) => InstanceId ?? []),
  };
  return [{ ...group, ...(owner === undefined ? {} : { owner }) }];
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

/** Instances that one call of SetInstanceProtection takes. */
const instancesMax = 50;

export function openGroups(options: GroupsOptions): Groups {
  const client = new AutoScalingClient(configOf(options));
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
    async suspend(AutoScalingGroupName, processes) {
      await client.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...processes] }));
    },
    async resume(AutoScalingGroupName, processes) {
      await client.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...processes] }));
    },
    async unshield(AutoScalingGroupName, instanceIds) {
      for (let start = 0; start < instanceIds.length; start += instancesMax) {
        const InstanceIds = instanceIds.slice(start, start + instancesMax);
        await client.send(
          new SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: false }),
        );
      }
    },
    close: () => client.destroy(),
  };
}
