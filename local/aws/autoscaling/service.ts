import type { Service } from "../../gateway/service.ts";
import { activityInterceptors } from "./activity-calls.ts";
import { aroundCalled, unlessCalled } from "./called.ts";
import { capacityInterceptors, healthInterceptor } from "./capacity-calls.ts";
import { instanceInterceptors } from "./instance-calls.ts";
import { lifecycleInterceptors } from "./lifecycle-calls.ts";
import { notPlayed } from "./not-played.ts";
import { refreshInterceptors, unlessRefreshed } from "./refresh-calls.ts";
import type { Running } from "./running.ts";
import { scheduleInterceptors } from "./schedule-calls.ts";

/**
 * Auto Scaling's calls, as far as the groups that run here answer them or the emulator would accept them without effect.
 *
 * @param now local epoch milliseconds.
 */
export function autoscalingService(running: Running, now: () => number): Service {
  const instances = instanceInterceptors(
    (instanceId) => running().templateVersion?.(instanceId),
    (instanceId) => running().arriving?.(instanceId),
    (instanceId) => running().leaving?.(instanceId),
    (instanceId) => running().inGrace?.(instanceId) ?? false,
    () => running().leavers?.() ?? [],
  );
  const groups = () => {
    const { calls, isCooling = () => false, arriving = () => undefined } = running();
    return calls && { ...calls, isCooling, arriving };
  };
  const capacity = capacityInterceptors(groups);
  const called = () => running().called;
  return {
    name: "autoscaling",
    around: aroundCalled("autoscaling", called),
    calls: {
      ...lifecycleInterceptors(() => running().lifecycle),
      ...activityInterceptors((groupName) => running().activities?.(groupName) ?? []),
      ...instances,
      SetInstanceHealth: healthInterceptor(groups, instances.SetInstanceHealth),
      ...capacity,
      UpdateAutoScalingGroup: unlessRefreshed(() => running().refreshes, capacity.UpdateAutoScalingGroup),
      ...scheduleInterceptors(
        () => running().schedules,
        now,
        () => called() !== undefined,
      ),
      ...unlessCalled(notPlayed.autoscaling, "autoscaling", called),
      ...refreshInterceptors(() => running().refreshes),
    },
  };
}
