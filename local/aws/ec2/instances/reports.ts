/**
 * What boot script and watch of an instance tell Auto Scaling, told as they do it in EC2: through the gateway, by the role of the
 * instance's profile, so that AWS's refusals are seen here as well.
 */
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  SetInstanceHealthCommand,
} from "@aws-sdk/client-auto-scaling";
import type { BootManifest } from "../../../../runtime/contract/boot.ts";
import type { HookResult } from "../../../../scaling/engine/hooks.ts";
import type { Gateway } from "../../../types.ts";

export interface InstanceReports {
  /** Completes the launch hook that the manifest names. Without one, or once nothing waits for it any more, nothing happens. */
  answerLaunch(result: HookResult): Promise<void>;
  /** Its group replaces it: within its grace, too. */
  callUnhealthy(): Promise<void>;
  destroy(): void;
}

/** Patient: an emulator that is being brought back answers after a while, and nobody else completes the hook. */
const maxAttempts = 10;

const isTooLate = (error: unknown) => error instanceof Error && error.name === "ValidationError";

export function createReports(
  gateway: Pick<Gateway, "endpoint" | "credentialsFor">,
  roleArn: string,
  instanceId: string,
  { region, launchHook }: Pick<BootManifest, "region" | "launchHook">,
): InstanceReports {
  const client = new AutoScalingClient({
    endpoint: gateway.endpoint,
    region,
    maxAttempts,
    credentials: async () => {
      const { expiration, ...credentials } = gateway.credentialsFor(roleArn);
      return { ...credentials, expiration: new Date(expiration) };
    },
  });

  /** The script goes on when a call comes too late; any other refusal means that its role or its group is not as declared. */
  async function tell(what: string, call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (cause) {
      if (isTooLate(cause)) return;
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new Error(`${roleArn} cannot ${what} (${why})`, { cause });
    }
  }

  return {
    async answerLaunch(LifecycleActionResult) {
      if (launchHook === undefined) return;
      const { group: AutoScalingGroupName, name: LifecycleHookName } = launchHook;
      const action = { AutoScalingGroupName, LifecycleHookName, InstanceId: instanceId, LifecycleActionResult };
      await tell(`complete launch hook ${LifecycleHookName}`, client.send(new CompleteLifecycleActionCommand(action)));
    },
    async callUnhealthy() {
      const said = { InstanceId: instanceId, HealthStatus: "Unhealthy", ShouldRespectGracePeriod: false };
      await tell(`call ${instanceId} unhealthy`, client.send(new SetInstanceHealthCommand(said)));
    },
    destroy: () => client.destroy(),
  };
}
