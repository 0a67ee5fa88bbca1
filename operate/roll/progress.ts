/** How a roll goes, told line by line, and what has become of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeInstanceRefreshesCommand, type InstanceRefresh } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "./deployed.ts";

export type Outcome = "rolled" | "went back" | "failed" | "cancelled";

const outcomes: Readonly<Record<string, Outcome>> = {
  Successful: "rolled",
  RollbackSuccessful: "went back",
  Failed: "failed",
  RollbackFailed: "failed",
  Cancelled: "cancelled",
};

export const isUnderWay = ({ Status }: InstanceRefresh): boolean => outcomes[Status ?? ""] === undefined;

/** Version of the launch template that a refresh brings. */
export function versionOf({ DesiredConfiguration: desired }: InstanceRefresh): string | undefined {
  const mixed = desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return (mixed ?? desired?.LaunchTemplate)?.Version;
}

/** The one under way, or else the last; `undefined`: there has been none for six weeks. */
export async function latestRefresh(
  { autoScaling }: Pick<Clients, "autoScaling">,
  AutoScalingGroupName: string,
  id?: string,
): Promise<InstanceRefresh | undefined> {
  const InstanceRefreshIds = id === undefined ? undefined : [id];
  const request = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName, InstanceRefreshIds });
  return (await autoScaling.send(request)).InstanceRefreshes?.[0];
}

const because = (reason: string | undefined) => (reason ? `: ${reason}` : "");

/** What there is to say of a refresh now. */
export function progressLine(refresh: InstanceRefresh): string {
  const { Status, StatusReason, PercentageComplete = 0, InstancesToUpdate = 0, RollbackDetails } = refresh;
  const version = `version ${versionOf(refresh) ?? "unknown"}`;
  const why = RollbackDetails?.RollbackReason ?? StatusReason;
  if (Status === "Pending") return `${version} is about to be rolled out`;
  if (Status === "InProgress")
    return `${version}: ${PercentageComplete} % replaced, ${InstancesToUpdate} to go${because(StatusReason)}`;
  if (Status === "Baking") return `${version} runs everywhere; its alarms are listened to${because(StatusReason)}`;
  if (Status === "Successful") return `done, runs ${version}`;
  if (Status === "RollbackInProgress") return `goes back from ${version}, ${PercentageComplete} % left${because(why)}`;
  if (Status === "RollbackSuccessful") return `went back from ${version}${because(why)}`;
  if (Status === "RollbackFailed") return `could not go back from ${version}${because(StatusReason ?? why)}`;
  if (Status === "Cancelling") return "is being cancelled; what has begun comes to its end";
  if (Status === "Cancelled") return `cancelled: ${PercentageComplete} % runs ${version}, and stays so`;
  return `${version} ${Status}${because(StatusReason)}`;
}

interface FollowOptions {
  /** Between looks. */
  readonly milliseconds: number;
  /** Told of every change. */
  readonly tell: (line: string) => void;
  /** Ends the following; the roll goes on. */
  readonly signal: AbortSignal;
}

/** Resolves when the refresh has ended. @throws the signal's reason. */
export async function follow(
  clients: Pick<Clients, "autoScaling">,
  group: string,
  id: string,
  { milliseconds, tell, signal }: FollowOptions,
): Promise<Outcome> {
  for (let told = ""; ; ) {
    signal.throwIfAborted();
    const refresh = await latestRefresh(clients, group, id);
    if (refresh === undefined) throw new Error(`the roll ${id} of ${group} is not there any more: is the group?`);
    const line = progressLine(refresh);
    if (line !== told) tell(line);
    told = line;
    const outcome = outcomes[refresh.Status ?? ""];
    if (outcome !== undefined) return outcome;
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}
