/** The controls of AWS Foundational Security Best Practices that apply to what annofarm declares, in AWS's order of services. */
import type { Control } from "./control.ts";
import { autoScalingControls } from "./controls/autoscaling.ts";
import { dynamoControls } from "./controls/dynamodb.ts";
import { instanceControls } from "./controls/ec2-instances.ts";
import { networkControls } from "./controls/ec2-network.ts";
import { elbControls } from "./controls/elb.ts";
import { messagingControls } from "./controls/messaging.ts";
import { s3Controls } from "./controls/s3.ts";

const number = ({ id }: Control) => Number(id.split(".")[1]);

export const controls: readonly Control[] = [
  ...autoScalingControls,
  ...dynamoControls,
  ...[...instanceControls, ...networkControls].sort((a, b) => number(a) - number(b)),
  ...elbControls,
  ...s3Controls,
  ...messagingControls,
];

/** @throws {Error} naming the nearest there is, when no control has the id; case does not matter. */
export function controlNamed(id: string): Control {
  const found = controls.find((control) => control.id.toLowerCase() === id.toLowerCase());
  if (found !== undefined) return found;
  const service = id.split(".")[0]?.toLowerCase();
  const near = controls.filter((control) => control.id.toLowerCase().startsWith(`${service}.`));
  const known = (near.length > 0 ? near : controls).map((control) => control.id).join(", ");
  throw new Error(
    `there is no control ${JSON.stringify(id)} here; ${near.length > 0 ? "of that service" : "there"} are ${known}`,
  );
}
