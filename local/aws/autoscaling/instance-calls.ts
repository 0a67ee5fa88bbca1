/**
 * DescribeAutoScalingGroups and DescribeAutoScalingInstances: the emulator says of every instance that it is in service and runs
 * the template's default version. How far it is, and which version it was launched from, stand in the answer instead. And it
 * forgets instances as soon as their termination begins.
 */
import { hookLimitSeconds } from "../../../scaling/engine/hooks.ts";
import { type Call, type Interceptor, textOf, whole } from "../../gateway/call.ts";
import { queryAnswer, queryInput } from "../../gateway/query.ts";
import { childOf, elementOf, parseXml, printXml, type XmlElement } from "../../gateway/xml-document.ts";
import type { LeavingInstance } from "../../types.ts";
import type { ArrivingState } from "./running.ts";

/** Launch template version of an instance; `undefined`: it is not known here. */
export type VersionOf = (instanceId: string) => string | undefined;

/** Lifecycle state of an instance on its way into service; `undefined`: it is in service, or not known here. */
export type ArrivingOf = (instanceId: string) => ArrivingState | undefined;

/** Whether an instance still has its group's time of grace. */
export type InGrace = (instanceId: string) => boolean;

/** Of an instance that is on its way out; `undefined`: it is not. */
export type LeavingOf = (instanceId: string) => LeavingInstance | undefined;

/** As an entry of the answer's list. */
function leavingElement(instanceId: string, { groupName, template, waits }: LeavingInstance): XmlElement {
  const { id: LaunchTemplateId, version: Version } = template;
  return elementOf("member", {
    InstanceId: instanceId,
    AutoScalingGroupName: groupName,
    LifecycleState: waits ? "Terminating:Wait" : "Terminating",
    HealthStatus: "HEALTHY",
    LaunchTemplate: { LaunchTemplateId, Version },
    ProtectedFromScaleIn: false,
  });
}

/** The same with another text in every element of that name. */
function withText(element: XmlElement, name: string, text: string): XmlElement {
  if (element.name === name) return { ...element, text };
  return { ...element, children: element.children.map((child) => withText(child, name, text)) };
}

/** The same with each instance's own version and state: an entry of a list that tells an instance's id. */
function withOwnFacts(element: XmlElement, versionOf: VersionOf, arrivingOf: ArrivingOf): XmlElement {
  const id = element.name === "member" ? childOf(element, "InstanceId")?.text : undefined;
  if (id === undefined) {
    return { ...element, children: element.children.map((child) => withOwnFacts(child, versionOf, arrivingOf)) };
  }
  const [version, state] = [versionOf(id), arrivingOf(id)];
  const versioned = version === undefined ? element : withText(element, "Version", version);
  return state === undefined ? versioned : withText(versioned, "LifecycleState", state);
}

/** The same with more entries at the end of the list of that name. */
function withMembers(element: XmlElement, list: string, members: readonly XmlElement[]): XmlElement {
  if (element.name === list) return { ...element, text: "", children: [...element.children, ...members] };
  return { ...element, children: element.children.map((child) => withMembers(child, list, members)) };
}

/** The same with the time that each hook holds an instance at most; the emulator says 48 hours of every hook. */
function withLimits(element: XmlElement): XmlElement {
  const heartbeat = childOf(element, "HeartbeatTimeout")?.text;
  if (heartbeat !== undefined) return withText(element, "GlobalTimeout", String(hookLimitSeconds(Number(heartbeat))));
  return { ...element, children: element.children.map(withLimits) };
}

/** By action, for the signing name `autoscaling`. */
export function instanceInterceptors(
  versionOf: VersionOf,
  arrivingOf: ArrivingOf,
  leavingOf: LeavingOf,
  inGrace: InGrace,
  leavers: () => readonly (LeavingInstance & { readonly instanceId: string })[],
): Readonly<
  Record<
    "SetInstanceHealth" | "DescribeAutoScalingGroups" | "DescribeAutoScalingInstances" | "DescribeLifecycleHooks",
    Interceptor
  >
> {
  const told =
    (change: (document: XmlElement, call: Call) => XmlElement): Interceptor =>
    async (call, next) => {
      const answer = await whole(await next(call));
      if (answer.status !== 200) return answer;
      const document = change(withOwnFacts(parseXml(answer.body.toString("utf8")), versionOf, arrivingOf), call);
      const { "content-length": _, ...headers } = answer.headers;
      return { ...answer, headers, body: Buffer.from(printXml(document)) };
    };
  /** On AWS an instance belongs to its group until it is gone: a worker looks there for the hook that waits for it. */
  function withLeaving(document: XmlElement, call: Call): XmlElement {
    const { InstanceIds } = queryInput(call.input);
    const asked = Array.isArray(InstanceIds) ? InstanceIds.map(String) : [];
    const members = asked.flatMap((id) => {
      const leaving = leavingOf(id);
      return leaving === undefined ? [] : [leavingElement(id, leaving)];
    });
    return withMembers(document, "AutoScalingInstances", members);
  }
  /** The same of a group, with its members on their way out. */
  function withGroupsLeavers(element: XmlElement): XmlElement {
    const name = element.name === "member" ? childOf(element, "AutoScalingGroupName")?.text : undefined;
    const list = childOf(element, "Instances");
    if (name === undefined || list === undefined) {
      return { ...element, children: element.children.map(withGroupsLeavers) };
    }
    const listed = new Set(list.children.map((member) => childOf(member, "InstanceId")?.text));
    const members = leavers()
      .filter(({ groupName, instanceId }) => groupName === name && !listed.has(instanceId))
      .map(({ instanceId, ...leaving }) => leavingElement(instanceId, leaving));
    const extended = { ...list, text: "", children: [...list.children, ...members] };
    return { ...element, children: element.children.map((child) => (child === list ? extended : child)) };
  }
  /** The emulator knows no grace; unless told otherwise, Auto Scaling takes no notice of what is said of an instance in it. */
  const setHealth: Interceptor = async (call, next) => {
    const { InstanceId, HealthStatus, ShouldRespectGracePeriod } = call.input;
    const respects = textOf(ShouldRespectGracePeriod).toLowerCase() !== "false";
    const unheard = textOf(HealthStatus) === "Unhealthy" && respects && inGrace(textOf(InstanceId));
    return unheard ? queryAnswer("autoscaling", call.action, call.requestId, {}) : next(call);
  };
  return {
    SetInstanceHealth: setHealth,
    DescribeAutoScalingGroups: told(withGroupsLeavers),
    DescribeAutoScalingInstances: told(withLeaving),
    DescribeLifecycleHooks: told(withLimits),
  };
}
