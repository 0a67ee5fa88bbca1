/** The groups of a stack, changed through Auto Scaling's API. */
import {
  AutoScalingClient,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Account } from "./account.ts";
import type { GroupControl } from "./sizes.ts";

/** Instances that one call of SetInstanceProtection takes. */
const instancesMax = 50;

/** Credentials and endpoint come from where every AWS tool takes them. @param account whose groups; it stays open. */
export function openGroupControl(
  course: string,
  region: string,
  account: Pick<Account, "groups">,
): GroupControl & { close(): void } {
  const scaling = new AutoScalingClient({ region, maxAttempts: 5 });
  return {
    groups: async (stack) => (await account.groups(course)).filter(({ owner }) => owner === stack),
    async resize(AutoScalingGroupName, { min: MinSize, max: MaxSize, desired: DesiredCapacity }) {
      await scaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity }),
      );
    },
    async suspend(AutoScalingGroupName, processes) {
      await scaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...processes] }));
    },
    async resume(AutoScalingGroupName, processes) {
      await scaling.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...processes] }));
    },
    async unshield(AutoScalingGroupName, instanceIds) {
      for (let start = 0; start < instanceIds.length; start += instancesMax) {
        const InstanceIds = instanceIds.slice(start, start + instancesMax);
        await scaling.send(
          new SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: false }),
        );
      }
    },
    close: () => scaling.destroy(),
  };
}
