/**
 * Brings the newest version of a group's launch template to its instances, by an instance refresh that can go back.
 *
 * The group keeps the version that has proved itself until the refresh has been successful: that is what AWS goes back to, and what
 * whatever is launched after a rollback gets. It works because nobody has written the new version to the group before
 * (docs/decisions/0055-a-roll-is-a-command.md).
 */
import {
  CancelInstanceRefreshCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
} from "@aws-sdk/client-auto-scaling";
import { alarmStates, type Clients, configurationOf, type DeployedGroup } from "./deployed.ts";
import { isUnderWay, latestRefresh, versionOf } from "./progress.ts";

/** AWS takes ten alarms at most. */
const alarmsMost = 10;

export interface RollOptions {
  /** Version of the launch template; omitted: the newest. */
  readonly to?: string;
  /** Minutes that the alarms are listened to once everything has been replaced, 0 to 2,880. */
  readonly bakeMinutes: number;
  /** Of the desired capacity, 100 to 200 percent: instances alive at a time. */
  readonly maxHealthyPercentage: number;
  /** False: no alarm can end the roll. */
  readonly alarms: boolean;
}

/** What is asked for: the group, what it is to run, and the alarms that may end it. */
export interface Roll {
  readonly group: DeployedGroup;
  readonly version: string;
  readonly alarms: readonly string[];
}

/** Whether the group launches this version as declared, and every instance runs it. */
export const isDone = ({ group: { asDeclared, launches, runs }, version }: Pick<Roll, "group" | "version">): boolean =>
  asDeclared && launches === version && runs.every((each) => each === version);

async function checkAlarms(clients: Clients, { name }: DeployedGroup, alarms: readonly string[]): Promise<void> {
  const states = await alarmStates(clients, alarms);
  const wrong = alarms.filter((alarm) => states.get(alarm) !== "OK");
  if (wrong.length === 0) return;
  const told = wrong.map((alarm) => `${alarm} ${states.has(alarm) ? `is ${states.get(alarm)}` : "is not there"}`);
  throw new Error(
    `${name} is not rolled: ${told.join(", ")}, and AWS begins only when each alarm of a roll is OK. ` +
      "See to its cause (a new alarm is OK after some minutes), or give --no-alarms",
  );
}

/**
 * What a roll of the group would be; nothing is changed.
 *
 * @throws {Error} when it could not go back, or AWS would not begin it.
 */
export async function prepareRoll(clients: Clients, group: DeployedGroup, options: RollOptions): Promise<Roll> {
  const { name, launches, newest, templateName } = group;
  const { to: version = newest } = options;
  if (Number(version) > Number(newest)) {
    throw new Error(`launch template ${templateName} has no version ${version}; its newest is ${newest}`);
  }
  const alarms = options.alarms ? group.alarms.slice(0, alarmsMost) : [];
  const roll = { group, version, alarms };
  if (isDone(roll)) return roll;
  if (!/^\d+$/.test(launches)) {
    throw new Error(`${name} launches version ${launches}, to which AWS cannot go back; give the group a number`);
  }
  const active = await latestRefresh(clients, name);
  if (active !== undefined && isUnderWay(active)) {
    throw new Error(
      `${name} is being rolled to version ${versionOf(active) ?? "unknown"} already; see it through with --follow, or end it with --back or --cancel`,
    );
  }
  await checkAlarms(clients, group, alarms);
  return roll;
}

/** @returns id of the refresh. */
export async function startRoll({ autoScaling }: Clients, roll: Roll, options: RollOptions): Promise<string> {
  const { group, version, alarms } = roll;
  const { InstanceRefreshId = "" } = await autoScaling.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: group.name,
      Strategy: "Rolling",
      DesiredConfiguration: configurationOf(group, version),
      Preferences: {
        AutoRollback: true,
        SkipMatching: true,
        // Replacements come first, at any size: an instance that serves ends only once its replacement does.
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: options.maxHealthyPercentage,
        BakeTime: options.bakeMinutes * 60,
        // A busy worker finishes its job in its termination hook; to wait for an idle moment could take for ever.
        ScaleInProtectedInstances: "Refresh",
        StandbyInstances: "Terminate",
        ...(alarms.length === 0 ? {} : { AlarmSpecification: { Alarms: [...alarms] } }),
      },
    }),
  );
  return InstanceRefreshId;
}

const turns = { back: RollbackInstanceRefreshCommand, cancel: CancelInstanceRefreshCommand } as const;
export type Turn = keyof typeof turns;

/** Turns a roll that is under way round, or stops it where it is. @throws {Error} when none is. */
export async function turn({ autoScaling }: Clients, group: string, how: Turn): Promise<string> {
  try {
    const { InstanceRefreshId = "" } = await autoScaling.send(new turns[how]({ AutoScalingGroupName: group }));
    return InstanceRefreshId;
  } catch (cause) {
    if (!/ActiveInstanceRefreshNotFound/.test((cause as Error).name)) throw cause;
    const past = how === "back" ? "; to go back to a version of before, roll to it: --group … --to <version>" : "";
    throw new Error(`no roll of ${group} is under way${past}`, { cause });
  }
}
