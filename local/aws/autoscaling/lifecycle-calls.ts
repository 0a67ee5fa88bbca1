/** Auto Scaling's lifecycle actions, which the emulator does not offer: instances tell that they have drained. */
import { type Call, type Interceptor, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryAnswer } from "../../gateway/query.ts";

/** Who knows which actions are under way: the hypervisor. */
export interface LifecycleReceiver {
  /** False: no such action is under way. */
  complete(action: LifecycleAction, result: "CONTINUE" | "ABANDON"): boolean;
  /** False: no such action is under way. */
  heartbeat(action: LifecycleAction): boolean;
}

interface LifecycleAction {
  readonly groupName: string;
  readonly hookName: string;
  readonly instanceId?: string;
  readonly token?: string;
}

function actionOf(input: Readonly<Record<string, unknown>>): LifecycleAction {
  const instanceId = textOf(input.InstanceId);
  const token = textOf(input.LifecycleActionToken);
  return {
    groupName: textOf(input.AutoScalingGroupName),
    hookName: textOf(input.LifecycleHookName),
    ...(instanceId === "" ? {} : { instanceId }),
    ...(token === "" ? {} : { token }),
  };
}

/** @param receiver answers `undefined` while nothing runs yet. */
export function lifecycleInterceptors(
  receiver: () => LifecycleReceiver | undefined,
): Readonly<Record<string, Interceptor>> {
  const tell =
    (action: string, told: (receiver: LifecycleReceiver, input: Readonly<Record<string, unknown>>) => boolean) =>
    async ({ input, requestId }: Call) => {
      const known = receiver();
      if (known === undefined || !told(known, input)) {
        throw new Refusal(400, "ValidationError", "No active Lifecycle Action found with the given instance or token");
      }
      return queryAnswer("autoscaling", action, requestId, {});
    };
  return {
    CompleteLifecycleAction: tell("CompleteLifecycleAction", (known, input) => {
      const result = textOf(input.LifecycleActionResult);
      if (result === "ABANDON" || result === "CONTINUE") return known.complete(actionOf(input), result);
      throw new Refusal(400, "ValidationError", `LifecycleActionResult is ${result}; give CONTINUE or ABANDON`);
    }),
    RecordLifecycleActionHeartbeat: tell("RecordLifecycleActionHeartbeat", (known, input) =>
      known.heartbeat(actionOf(input)),
    ),
  };
}
