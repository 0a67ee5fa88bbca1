/**
 * Calls that the emulator accepts and that would change nothing that runs here: they are refused by name, so that nobody takes
 * the acceptance for the deed. Declared resources do not pass here; for them see the handlers.
 */
import type { Call, Interceptor } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";

const byGroup =
  "instances come and go by their groups here: use set-desired-capacity or terminate-instance-in-auto-scaling-group";
const byDeclaration = "declare it in the program, and start again";

function refusing(actions: readonly string[], instead: string): Record<string, Interceptor> {
  const refuse = async ({ service, action }: Call): Promise<never> => {
    throw new Refusal(501, "NotImplemented", `${service}:${action} would have no effect on this machine; ${instead}`);
  };
  return Object.fromEntries(actions.map((action) => [action, refuse]));
}

/** By service, then action. */
export const notPlayed = {
  autoscaling: {
    ...refusing(["AttachInstances", "DetachInstances", "EnterStandby", "ExitStandby"], byGroup),
    ...refusing(
      ["DeletePolicy", "DeleteWarmPool", "PutNotificationConfiguration", "PutScalingPolicy", "PutWarmPool"],
      byDeclaration,
    ),
    ...refusing(["AttachLoadBalancers", "DetachLoadBalancers"], "balancers are known by their target groups here"),
    ...refusing(["CreateLaunchConfiguration", "DeleteLaunchConfiguration"], "groups launch from launch templates here"),
    ...refusing(["ExecutePolicy"], "set its alarm's state instead: aws cloudwatch set-alarm-state"),
  },
  elasticloadbalancing: refusing(["DeregisterTargets", "RegisterTargets"], byGroup),
  // Alarms are read from the declaration; one that only the emulator has is never evaluated.
  monitoring: refusing(["DeleteAlarms", "DisableAlarmActions", "EnableAlarmActions", "PutMetricAlarm"], byDeclaration),
  ec2: refusing(["RebootInstances", "RunInstances", "StartInstances", "StopInstances", "TerminateInstances"], byGroup),
} satisfies Readonly<Record<string, Readonly<Record<string, Interceptor>>>>;
