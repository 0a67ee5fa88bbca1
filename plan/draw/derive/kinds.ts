/** How types are drawn: as boxes of their own, or with what they only support. */
import { resourceTypes } from "../../resource-types/all.ts";
import { detail, plainBox } from "../../resource-types/resource-type.ts";
import type { NodeKind } from "../picture.ts";

export function kindOf(type: string): readonly [kind: NodeKind, subtitle: string] | undefined {
  const picture = resourceTypes[type]?.picture;
  if (picture === undefined || picture === detail || picture === plainBox) return undefined;
  return [picture.kind, picture.subtitle];
}

/** Of types that are not known here. */
const supportTypes: readonly RegExp[] = [
  /^(tls|random|command|time|null|pulumi):/,
  /^aws:(iam|acm|route53|vpc)\//,
  /^aws:ec2\/(securityGroup|launch|subnet|routeTable|route|internetGateway|natGateway|eip|vpc(?!:)|keyPair|networkInterface)/,
  /^aws:lb\/(listener|targetGroup)/,
  /^aws:autoscaling\/(?!group:)/,
  /^aws:cloudwatch\/(log|metricAlarm|compositeAlarm|eventTarget|dashboard)/,
  /^aws:s3\/bucket(?!V2:|:)/,
  /^aws:(sns|sqs)\/(?!topic:|queue:)/,
  /^aws:ses(v2)?\/(?!\w*[iI]dentity:)/,
  /^aws:lambda\/(?!function:)/,
  /^aws:dynamodb\/(?!table:)/,
  /(Policy|Attachment|Permission|Association|Validation)$/,
];

/** True: of interest only to what it belongs to. */
export function isSupport(type: string): boolean {
  const known = resourceTypes[type];
  return known === undefined ? supportTypes.some((pattern) => pattern.test(type)) : known.picture === detail;
}
