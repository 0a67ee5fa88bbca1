/** What runs in the account, as its APIs tell of it. Every answer is whole: all pages, or an error. Nothing here changes anything. */
import { type Activity, AutoScalingClient, paginateDescribeScalingActivities } from "@aws-sdk/client-auto-scaling";
import { EC2Client, type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import { type Group, openGroups } from "../stacks/groups.ts";

/** Times are epoch milliseconds. */
export interface SeenInstance {
  readonly id: string;
  /** Stack that it belongs to. */
  readonly owner: string;
  readonly group?: string;
  readonly type: string;
  readonly spot: boolean;
  /** Last time that it was started. */
  readonly launchedAt: number;
  /** Starts or runs: AWS charges for it. */
  readonly runs: boolean;
  /** When it stopped being charged, as EC2 says; absent while it runs, and where EC2 does not say. */
  readonly endedAt?: number;
}

export interface SeenActivity {
  readonly id: string;
  readonly owner: string;
  readonly group: string;
  readonly instanceId: string;
  readonly what: "launch" | "terminate";
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly status: "under way" | "done" | "failed";
}

/** A group of the course. `owner`: the stack that it belongs to. */
export type SeenGroup = Group & { readonly owner: string };

/** `course`: begins the owner of every stack, before a hyphen. */
export interface AccountObserver {
  instances(course: string): Promise<readonly SeenInstance[]>;
  groups(course: string): Promise<readonly SeenGroup[]>;
  /** Those that have begun since then, of groups that are gone too; AWS keeps six weeks. */
  activities(course: string, since: number): Promise<readonly SeenActivity[]>;
  close(): void;
}

/** What an activity did to which instance. An activity that moved or attached one has neither launched nor ended it. */
const deed = /^(Launching|Terminating) .*?\b(i-[0-9a-z]+)/;
/** `User initiated (2026-11-26 15:00:00 GMT)`: EC2 gives the time of a transition in no other place. */
const transition = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:GMT|UTC)\)/;

const tagOf = ({ Tags = [] }: Instance, key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;

/** Letters and digits with one hyphen: what an owner can be. Tags are in students' hands, and owners become names of files. */
const ownerForm = /^[a-z0-9]+-[a-z0-9]+$/;

/**
 * The stack that something belongs to: the beginning of its group's name, which nobody can change, before the tag `owner`, which
 * students can. Neither a course nor a pseudonym has a hyphen. `undefined`: none of this course.
 */
function ownerOf(course: string, group: string | undefined, tag: string | undefined): string | undefined {
  const isOfCourse = (name: string | undefined) => name?.startsWith(`${course}-`) === true;
  const owner = isOfCourse(group) ? group?.split("-").slice(0, 2).join("-") : isOfCourse(tag) ? tag : undefined;
  return owner === undefined || ownerForm.test(owner) ? owner : `${course}-unknown`;
}

function transitionTime({ StateTransitionReason = "" }: Instance): number | undefined {
  const [, day, time] = transition.exec(StateTransitionReason) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

function seenInstance(course: string, instance: Instance): SeenInstance | undefined {
  const { InstanceId: id, InstanceType: type, LaunchTime, State } = instance;
  const group = tagOf(instance, "aws:autoscaling:groupName");
  const owner = ownerOf(course, group, tagOf(instance, "owner"));
  if (id === undefined || type === undefined || LaunchTime === undefined || owner === undefined) return undefined;
  const runs = State?.Name === "pending" || State?.Name === "running";
  const endedAt = runs ? undefined : transitionTime(instance);
  return {
    id,
    owner,
    type,
    spot: instance.InstanceLifecycle === "spot",
    launchedAt: LaunchTime.getTime(),
    runs,
    ...(group === undefined ? {} : { group }),
    // A transition before the last start belongs to an earlier stop.
    ...(endedAt === undefined || endedAt < LaunchTime.getTime() ? {} : { endedAt }),
  };
}

function seenActivity(course: string, activity: Activity): SeenActivity | undefined {
  const { ActivityId: id, AutoScalingGroupName: group, Description = "", StartTime, EndTime, StatusCode } = activity;
  const [, verb, instanceId] = deed.exec(Description) ?? [];
  const owner = ownerOf(course, group, undefined);
  if (id === undefined || group === undefined || owner === undefined) return undefined;
  if (StartTime === undefined || instanceId === undefined) return undefined;
  const ended = StatusCode === "Failed" || StatusCode === "Cancelled";
  return {
    id,
    owner,
    group,
    instanceId,
    what: verb === "Launching" ? "launch" : "terminate",
    startedAt: StartTime.getTime(),
    status: StatusCode === "Successful" ? "done" : ended ? "failed" : "under way",
    ...(EndTime === undefined ? {} : { endedAt: EndTime.getTime() }),
  };
}

async function instancesBy(ec2: EC2Client, tag: string, course: string): Promise<Instance[]> {
  const found: Instance[] = [];
  const Filters = [{ Name: `tag:${tag}`, Values: [`${course}-*`] }];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  return found;
}

/** Credentials and endpoint come from where every AWS tool takes them. */
export function openAccount(region: string): AccountObserver {
  const config = { region, maxAttempts: 5 };
  const ec2 = new EC2Client(config);
  const scaling = new AutoScalingClient(config);
  const groups = openGroups({ region });

  return {
    async instances(course) {
      // Students can remove their tags, but not the one that Auto Scaling has given.
      const found = await Promise.all([
        instancesBy(ec2, "owner", course),
        instancesBy(ec2, "aws:autoscaling:groupName", course),
      ]);
      const byId = new Map(found.flat().map((instance) => [instance.InstanceId, instance]));
      return [...byId.values()].flatMap((instance) => seenInstance(course, instance) ?? []);
    },
    async groups(course) {
      return (await groups.list()).flatMap((group): SeenGroup[] => {
        const owner = ownerOf(course, group.name, group.owner);
        return owner === undefined ? [] : [{ ...group, owner }];
      });
    },
    async activities(course, since) {
      const found: SeenActivity[] = [];
      const wanted = {
        IncludeDeletedGroups: true,
        Filters: [{ Name: "StartTimeLowerBound", Values: [new Date(since).toISOString()] }],
      };
      for await (const page of paginateDescribeScalingActivities({ client: scaling, pageSize: 100 }, wanted)) {
        found.push(...(page.Activities ?? []).flatMap((each) => seenActivity(course, each) ?? []));
      }
      return found;
    },
    close() {
      ec2.destroy();
      scaling.destroy();
      groups.close();
    },
  };
}
