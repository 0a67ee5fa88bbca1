/**
 * The rules of health: what makes a group replace an instance, when, and the words for it. An instance that is to be replaced
 * goes whether or not it is protected: protection is against scale-in only.
 *
 * | What is said | Within the grace period | While HealthCheck is suspended |
 * |---|---|---|
 * | the machine is gone | replaced at once | not noticed |
 * | its launch was abandoned (a hook) | replaced at once | replaced |
 * | a user's SetInstanceHealth | looked at when it was said (`ShouldRespectGracePeriod`) | replaced |
 * | EC2's status checks | waits for its end | not noticed |
 * | the balancer's health check, where the group heeds it | waits for its end | not noticed |
 *
 * Source: "Health checks for instances in an Auto Scaling group", "Suspend and resume processes".
 */

/** Parts of Auto Scaling that can be suspended for a group. */
export const scalingProcesses = [
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "Launch",
  "ReplaceUnhealthy",
  "ScheduledActions",
  "Terminate",
] as const;
export type ScalingProcess = (typeof scalingProcesses)[number];

/** What is said against an instance. */
export type Complaint =
  | { readonly by: "lost" }
  | { readonly by: "hook"; readonly hook: string }
  | { readonly by: "user" }
  /** `reason`: what a status check found, where it says so. */
  | { readonly by: "EC2"; readonly reason?: string | undefined }
  | { readonly by: "ELB" };

/** Checks that can be suspended, and those that heed the grace period. */
const checks: Readonly<Record<Complaint["by"], { readonly isCheck: boolean; readonly waits: boolean }>> = {
  lost: { isCheck: true, waits: false },
  hook: { isCheck: false, waits: false },
  user: { isCheck: false, waits: false },
  EC2: { isCheck: true, waits: true },
  ELB: { isCheck: true, waits: true },
};

/** Whether a group listens to this check at all. */
export const isHeeded = (
  by: Complaint["by"],
  { checkedByBalancer }: { readonly checkedByBalancer: boolean },
): boolean => by !== "ELB" || checkedByBalancer;

/** As activities have it. */
function wordsOf(complaint: Complaint): string {
  if (complaint.by === "lost") return "an EC2 health check indicating it has been terminated or stopped";
  if (complaint.by === "hook") return `an abandoned lifecycle hook ${complaint.hook}`;
  if (complaint.by === "user") return "a user health-check";
  if (complaint.by === "ELB") return "an ELB system health check failure";
  return complaint.reason === undefined
    ? "an EC2 instance status checks failure"
    : `a health check failure: ${complaint.reason}`;
}

export interface Standing {
  /** Milliseconds since it came into service. */
  readonly age: number;
  readonly graceMilliseconds: number;
  readonly suspended: ReadonlySet<ScalingProcess>;
}

/** Why the instance is to be replaced now, the first complaint that counts; `undefined`: it stays for the present. */
export function replacementCause(
  complaints: readonly Complaint[],
  { age, graceMilliseconds, suspended }: Standing,
): string | undefined {
  if (suspended.has("ReplaceUnhealthy") || suspended.has("Terminate")) return undefined;
  const counts = ({ by }: Complaint) =>
    !(checks[by].isCheck && suspended.has("HealthCheck")) && !(checks[by].waits && age < graceMilliseconds);
  const first = complaints.find(counts);
  return first && wordsOf(first);
}
