import type { Service } from "../../gateway/service.ts";
import { activityInterceptors } from "./activity-calls.ts";
import { instanceInterceptors } from "./instance-calls.ts";
import { lifecycleInterceptors } from "./lifecycle-calls.ts";
import { notPlayed } from "./not-played.ts";
import { refreshInterceptors } from "./refresh-calls.ts";
import type { Running } from "./running.ts";

/** Auto Scaling's calls, as far as the groups that run here answer them or the emulator would accept them without effect. */
export function autoscalingService(running: Running): Service {
  return {
    name: "autoscaling",
    calls: {
      ...lifecycleInterceptors(() => running().lifecycle),
      ...activityInterceptors((groupName) => running().activities?.(groupName) ?? []),
      ...instanceInterceptors(
        (instanceId) => running().templateVersion?.(instanceId),
        (instanceId) => running().leaving?.(instanceId),
        (instanceId) => running().inGrace?.(instanceId) ?? false,
      ),
      ...notPlayed.autoscaling,
      ...refreshInterceptors(() => running().refreshes),
    },
  };
}
