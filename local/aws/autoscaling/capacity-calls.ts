/**
 * Calls that change how large a group is and what it does. The emulator keeps what they say; here they act at once, are checked as
 * AWS checks them (the emulator takes every number and every name), and leave it to the engine's rule which instance goes.
 */
import { scalingProcesses } from "../../../scaling/engine/health.ts";
import { type Interceptor, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryAnswer, queryInput } from "../../gateway/query.ts";
import type { GroupState } from "./emulated.ts";

export interface SizeChange {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly desired: number | undefined;
}

/** What the groups of this machine do for their callers. */
export interface GroupCalls {
  /** @throws {RangeError} when there is no such group. */
  named(groupName: string): Promise<GroupState>;
  /** @throws {RangeError} outside of the group's bounds. */
  setDesired(groupName: string, desired: number): Promise<void>;
  /** Has leave whoever has no room within the sizes that the group is about to be given. @throws {RangeError} when they contradict one another. */
  fit(groupName: string, sizes: SizeChange): Promise<void>;
  /** The group of a member; `undefined`: no group has it. */
  groupOf(instanceId: string): Promise<GroupState | undefined>;
  /** Somebody asks for the end of this instance. */
  markRequested(instanceId: string): void;
  /** Looks at once for what has changed. */
  reconcile(): Promise<void>;
  /** Whether a cooldown is under way, or an activity that one follows. */
  isCooling(groupName: string): boolean;
  /** Lifecycle state of a member that is not in service yet; `undefined`: it is. */
  arriving(instanceId: string): string | undefined;
}

/** Of SetInstanceProtection. */
const protectedMax = 50;

const invalid = (message: string) => new Refusal(400, "ValidationError", message);

/** What is out of range for the groups is a validation error to the caller. */
async function checked<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RangeError) throw invalid(error.message);
    throw error;
  }
}

const numberOf = (value: unknown) => (textOf(value) === "" ? undefined : Number(textOf(value)));
const isTrue = (value: unknown) => textOf(value).toLowerCase() === "true";

/** Actions whose effect is found by looking at the group: it looks at once. */
const looked = [
  "AttachLoadBalancerTargetGroups",
  "CreateAutoScalingGroup",
  "CreateOrUpdateTags",
  "DeleteAutoScalingGroup",
  "DeleteLifecycleHook",
  "DeleteTags",
  "DetachLoadBalancerTargetGroups",
  "EnableMetricsCollection",
  "PutLifecycleHook",
] as const;

/** Of UpdateAutoScalingGroup: the emulator drops them, or nothing here reads them. */
const withoutEffect = [
  "CapacityRebalance",
  "DefaultCooldown",
  "DefaultInstanceWarmup",
  "DesiredCapacityType",
  "LaunchConfigurationName",
  "MaxInstanceLifetime",
  "PlacementGroup",
  "TerminationPolicies",
] as const;

function refuseWithoutEffect(flat: Parameters<Interceptor>[0]["input"]): void {
  const input = queryInput(flat);
  const name = withoutEffect.find((each) => input[each] !== undefined);
  if (name === undefined) return;
  const text = `${name} of autoscaling:UpdateAutoScalingGroup would have no effect on this machine; declare it in the program, and start again`;
  throw new Refusal(501, "NotImplemented", text);
}

/** By action, for the signing name `autoscaling`. @param calls answers `undefined` while nothing runs yet: the emulator is told alone. */
export function capacityInterceptors(calls: () => GroupCalls | undefined): Readonly<Record<string, Interceptor>> {
  type Check = (known: GroupCalls, input: Parameters<Interceptor>[0]["input"]) => Promise<void>;

  /** Checks, tells the emulator, and looks. */
  const noticed =
    (check: Check = async () => {}): Interceptor =>
    async (call, next) => {
      const known = calls();
      if (known !== undefined) await checked(check(known, call.input));
      const answer = await next(call);
      if (answer.status === 200) void known?.reconcile();
      return answer;
    };

  const processes: Check = async (known, flat) => {
    const { AutoScalingGroupName, ScalingProcesses } = queryInput(flat);
    await known.named(textOf(AutoScalingGroupName));
    const given = Array.isArray(ScalingProcesses) ? ScalingProcesses.map(String) : [];
    const strange = given.find((name) => !scalingProcesses.some((each) => each === name));
    if (strange === undefined) return;
    throw invalid(`${strange} is not a scaling process; give some of ${scalingProcesses.join(", ")}, or none for all`);
  };

  const inService: Check = async ({ arriving, named }, flat) => {
    const { InstanceIds, AutoScalingGroupName } = queryInput(flat);
    const ids = Array.isArray(InstanceIds) ? InstanceIds.map(String) : [];
    if (ids.length > protectedMax) throw invalid(`${ids.length} instances are more than ${protectedMax} at once`);
    const { instances } = await named(textOf(AutoScalingGroupName));
    const strange = ids.find((id) => !instances.some(({ instanceId }) => instanceId === id));
    if (strange !== undefined)
      throw invalid(`The instance ${strange} is not part of Auto Scaling group ${textOf(AutoScalingGroupName)}.`);
    const early = ids.find((id) => arriving(id) !== undefined);
    if (early === undefined) return;
    const text = `The instance ${early} is not in InService or EnteringStandby or Standby. It is ${arriving(early)}`;
    throw invalid(text);
  };

  return {
    SetInstanceProtection: noticed(inService),
    ...Object.fromEntries(looked.map((action) => [action, noticed()])),
    SuspendProcesses: noticed(processes),
    ResumeProcesses: noticed(processes),
    async SetDesiredCapacity(call, next) {
      const known = calls();
      if (known === undefined) return next(call);
      const groupName = textOf(call.input.AutoScalingGroupName);
      if (isTrue(call.input.HonorCooldown) && known.isCooling(groupName)) {
        const text = `${groupName} is in its cooldown, or in an activity that one follows; wait for its end, or do not honour it`;
        throw new Refusal(400, "ScalingActivityInProgress", text);
      }
      await checked(known.setDesired(groupName, numberOf(call.input.DesiredCapacity) ?? Number.NaN));
      return queryAnswer("autoscaling", call.action, call.requestId, {});
    },
    UpdateAutoScalingGroup: noticed(async (known, input) => {
      refuseWithoutEffect(input);
      const { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity } = input;
      const sizes = { min: numberOf(MinSize), max: numberOf(MaxSize), desired: numberOf(DesiredCapacity) };
      await known.fit(textOf(AutoScalingGroupName), sizes);
    }),
    TerminateInstanceInAutoScalingGroup: noticed(async (known, input) => {
      const instanceId = textOf(input.InstanceId);
      const group = await known.groupOf(instanceId);
      if (group === undefined) throw invalid(`no group has an instance ${instanceId}`);
      if (isTrue(input.ShouldDecrementDesiredCapacity) && group.desired <= group.minSize) {
        throw invalid(
          `${group.name} has its least size, ${group.minSize}; do not decrement its desired capacity, or lower its least size first`,
        );
      }
      known.markRequested(instanceId);
    }),
  };
}

/** An instance's health as somebody says it: checked before, and acted on at once after what `inner` makes of it. */
export function healthInterceptor(calls: () => GroupCalls | undefined, inner: Interceptor): Interceptor {
  return async (call, next) => {
    const known = calls();
    const [instanceId, status] = [textOf(call.input.InstanceId), textOf(call.input.HealthStatus)];
    if (status !== "Healthy" && status !== "Unhealthy")
      throw invalid(`HealthStatus is ${status}; give Healthy or Unhealthy`);
    if (known !== undefined && (await known.groupOf(instanceId)) === undefined) {
      throw invalid(`no group has an instance ${instanceId}`);
    }
    const answer = await inner(call, next);
    void known?.reconcile();
    return answer;
  };
}
