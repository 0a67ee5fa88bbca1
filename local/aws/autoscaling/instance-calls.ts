/**
 * DescribeAutoScalingGroups and DescribeAutoScalingInstances: the emulator says of every instance that it runs the template's
 * default version. Which one it was launched from stands in the answer instead. And it forgets instances as soon as their
 * termination begins.
 */
import { type Interceptor, textOf, whole } from "../../gateway/call.ts";
import { queryAnswer, queryInput, xml } from "../../gateway/query.ts";
import type { LeavingInstance } from "../../types.ts";

/** Launch template version of an instance; `undefined`: it is not known here. */
export type VersionOf = (instanceId: string) => string | undefined;

/** One instance in the answer: a list entry that no other is in. */
const entry =
  /<member>(?:(?!<\/?member>)[\s\S])*?<InstanceId>([^<]+)<\/InstanceId>(?:(?!<\/?member>)[\s\S])*?<\/member>/g;

/** Whether an instance still has its group's time of grace. */
export type InGrace = (instanceId: string) => boolean;

/** Of an instance that is on its way out; `undefined`: it is not. */
export type LeavingOf = (instanceId: string) => LeavingInstance | undefined;

function leavingXml(instanceId: string, { groupName, template, waits }: LeavingInstance): string {
  const { id: LaunchTemplateId, version: Version } = template;
  return xml([
    {
      InstanceId: instanceId,
      AutoScalingGroupName: groupName,
      LifecycleState: waits ? "Terminating:Wait" : "Terminating",
      HealthStatus: "HEALTHY",
      LaunchTemplate: { LaunchTemplateId, Version },
      ProtectedFromScaleIn: false,
    },
  ]);
}

const listEnd = /<\/AutoScalingInstances>|<AutoScalingInstances\s*\/>/;

/** By action, for the signing name `autoscaling`. */
export function instanceInterceptors(
  versionOf: VersionOf,
  leavingOf: LeavingOf,
  inGrace: InGrace,
): Readonly<Record<"SetInstanceHealth" | "DescribeAutoScalingGroups" | "DescribeAutoScalingInstances", Interceptor>> {
  const told: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    const body = answer.body.toString("utf8").replace(entry, (instance, instanceId: string) => {
      const version = versionOf(instanceId);
      return version === undefined ? instance : instance.replace(/<Version>[^<]*</, `<Version>${version}<`);
    });
    const { "content-length": _, ...headers } = answer.headers;
    return { ...answer, headers, body: Buffer.from(body) };
  };
  /** On AWS an instance belongs to its group until it is gone: a worker looks there for the hook that waits for it. */
  const withLeaving: Interceptor = async (call, next) => {
    const answer = await whole(await told(call, next));
    const { InstanceIds } = queryInput(call.input);
    const asked = Array.isArray(InstanceIds) ? InstanceIds.map(String) : [];
    const members = asked.flatMap((id) => {
      const leaving = leavingOf(id);
      return leaving === undefined ? [] : [leavingXml(id, leaving)];
    });
    if (answer.status !== 200 || members.length === 0) return answer;
    const body = answer.body
      .toString("utf8")
      .replace(
        listEnd,
        (end) => `${end.endsWith("/>") ? "<AutoScalingInstances>" : ""}${members.join("")}</AutoScalingInstances>`,
      );
    return { ...answer, body: Buffer.from(body) };
  };
  /** The emulator knows no grace; unless told otherwise, Auto Scaling takes no notice of what is said of an instance in it. */
  const setHealth: Interceptor = async (call, next) => {
    const { InstanceId, HealthStatus, ShouldRespectGracePeriod } = call.input;
    const respects = textOf(ShouldRespectGracePeriod).toLowerCase() !== "false";
    const unheard = textOf(HealthStatus) === "Unhealthy" && respects && inGrace(textOf(InstanceId));
    return unheard ? queryAnswer("autoscaling", call.action, call.requestId, {}) : next(call);
  };
  return { SetInstanceHealth: setHealth, DescribeAutoScalingGroups: told, DescribeAutoScalingInstances: withLeaving };
}
