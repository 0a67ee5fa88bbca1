/**
 * DescribeAutoScalingGroups and DescribeAutoScalingInstances: the emulator says of every instance that it runs the template's
 * default version. Which one it was launched from stands in the answer instead. And it forgets instances as soon as their
 * termination begins.
 */
import { type Call, type Interceptor, textOf, whole } from "../../gateway/call.ts";
import { queryAnswer, queryInput } from "../../gateway/query.ts";
import { childOf, elementOf, parseXml, printXml, type XmlElement } from "../../gateway/xml-document.ts";
import type { LeavingInstance } from "../../types.ts";

/** Launch template version of an instance; `undefined`: it is not known here. */
export type VersionOf = (instanceId: string) => string | undefined;

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

/** The same with each instance's own version: an entry of a list that tells an instance's id. */
function withVersions(element: XmlElement, versionOf: VersionOf): XmlElement {
  const id = element.name === "member" ? childOf(element, "InstanceId") : undefined;
  const version = id === undefined ? undefined : versionOf(id.text);
  if (version !== undefined) return withText(element, "Version", version);
  return { ...element, children: element.children.map((child) => withVersions(child, versionOf)) };
}

/** The same with more entries at the end of the list of that name. */
function withMembers(element: XmlElement, list: string, members: readonly XmlElement[]): XmlElement {
  if (element.name === list) return { ...element, text: "", children: [...element.children, ...members] };
  return { ...element, children: element.children.map((child) => withMembers(child, list, members)) };
}

/** By action, for the signing name `autoscaling`. */
export function instanceInterceptors(
  versionOf: VersionOf,
  leavingOf: LeavingOf,
  inGrace: InGrace,
): Readonly<Record<"SetInstanceHealth" | "DescribeAutoScalingGroups" | "DescribeAutoScalingInstances", Interceptor>> {
  const told =
    (change: (document: XmlElement, call: Call) => XmlElement): Interceptor =>
    async (call, next) => {
      const answer = await whole(await next(call));
      if (answer.status !== 200) return answer;
      const document = change(withVersions(parseXml(answer.body.toString("utf8")), versionOf), call);
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
  /** The emulator knows no grace; unless told otherwise, Auto Scaling takes no notice of what is said of an instance in it. */
  const setHealth: Interceptor = async (call, next) => {
    const { InstanceId, HealthStatus, ShouldRespectGracePeriod } = call.input;
    const respects = textOf(ShouldRespectGracePeriod).toLowerCase() !== "false";
    const unheard = textOf(HealthStatus) === "Unhealthy" && respects && inGrace(textOf(InstanceId));
    return unheard ? queryAnswer("autoscaling", call.action, call.requestId, {}) : next(call);
  };
  return {
    SetInstanceHealth: setHealth,
    DescribeAutoScalingGroups: told((document) => document),
    DescribeAutoScalingInstances: told(withLeaving),
  };
}
