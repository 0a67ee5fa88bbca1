/**
 * Scaling in an account that nobody's program has declared: groups, policies and alarms come by call, and instances run nothing.
 *
 *     calls ──▶ what is to be followed ──▶ engine ──▶ groups ──▶ idle instances
 *     minutes of queues, topics and CloudWatch ──┘
 */
import { AutoScalingClient, UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { lookBackMinutes, minute } from "../../scaling/engine/metrics.ts";
import type { ScalingPlan } from "../../scaling/scaling-plan.ts";
import type { EmulatedAccount } from "../aws/account.ts";
import { createCalledScaling } from "../aws/autoscaling/called.ts";
import { startGroups } from "../aws/autoscaling/groups.ts";
import { groupMeasure } from "../aws/autoscaling/minutes.ts";
import { runningGroups } from "../aws/autoscaling/running.ts";
import { type Scaler, startScaler } from "../aws/autoscaling/scaler.ts";
import { createAlarmBoard } from "../aws/cloudwatch/alarms.ts";
import { createForeignMetrics } from "../aws/cloudwatch/foreign-metrics.ts";
import { minuteMilliseconds, startMinutes } from "../aws/cloudwatch/minutes.ts";
import { createMetricPublisher } from "../aws/cloudwatch/publish.ts";
import { metricData } from "../aws/cloudwatch/statistics.ts";
import { createIdleInstances } from "../aws/ec2/instances/idle.ts";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator, LocalClock } from "../types.ts";
import type { Closers } from "./closers.ts";

export interface PlayedScalingOptions {
  readonly emulator: Emulator;
  readonly gateway: EmulatedAccount;
  readonly clock: LocalClock;
  readonly closers: Pick<Closers, "add">;
  readonly onProblem: (text: string, error: unknown) => void;
}

const none: ScalingPlan = { groups: [], alarms: [], remarks: [] };

/** What CloudWatch has of the minutes that a plan's alarms look back to: data come late and with times of the past. */
function createHistory({ emulator, closers }: PlayedScalingOptions) {
  const foreign = createForeignMetrics(emulator);
  closers.add("metrics' history", () => foreign.destroy());
  return async (plan: ScalingPlan, end: number) => {
    const starts = Array.from({ length: lookBackMinutes(plan) }, (_, index) => end - (index + 1) * minuteMilliseconds);
    if (starts.length === 0) return [];
    const series = await foreign.measure(() => plan, minute)(starts.reverse());
    return starts.flatMap((start) => metricData(series, start).map((data) => ({ ...data, start })));
  };
}

/** Resolves when calls to groups, policies and alarms act. */
export async function playScaling(options: PlayedScalingOptions): Promise<void> {
  const { emulator, gateway, clock, closers, onProblem } = options;
  const hypervisor = createIdleInstances(clock);
  closers.add("instances", () => hypervisor.stop());
  const groups = startGroups({
    emulator,
    hypervisor,
    balancers: [],
    clock,
    leastGraceMilliseconds: 0,
    onError: (error) => onProblem("the groups' loop met an error and goes on", error),
  });
  closers.add("groups", () => groups.stop());
  const board = createAlarmBoard(emulator, (error) => onProblem("an alarm could not tell its topic", error));
  closers.add("alarms", () => board.destroy());
  const scaler: Scaler = await startScaler({
    plan: none,
    clock,
    groups,
    board,
    late: createHistory(options),
    onError: (error) => onProblem("a scaling decision could not be followed", error),
  });
  closers.add("scaling", () => scaler.stop());
  const look = ({ kind }: { readonly kind: string }) => {
    if (kind === "in-service" || kind === "terminated" || kind === "lost") scaler.observe();
  };
  closers.add("scaling's view of instances", hypervisor.on(look));
  const publisher = createMetricPublisher(emulator);
  const cloudWatch = new CloudWatchClient(administrator(emulator));
  const autoScaling = new AutoScalingClient(administrator(emulator));
  closers.add("scaling's clients", () => {
    publisher.destroy();
    cloudWatch.destroy();
    autoScaling.destroy();
  });
  const ticker = startMinutes({
    clock,
    measures: [gateway.measure, groupMeasure(() => groups.observe())],
    listeners: [(minutes) => publisher.publish(minutes), scaler.minutes],
    onError: (error) => onProblem("a minute's metrics are incomplete", error),
  });
  closers.add("minutes", () => ticker.stop());
  const running = runningGroups(hypervisor, groups);
  const isHere = (id: string) => hypervisor.instances().some(({ instanceId }) => instanceId === id);
  gateway.attach({
    ...running,
    // All groups are run here: a member that is not here yet is about to be.
    arriving: (id) => running.arriving(id) ?? (isHere(id) ? undefined : "Pending"),
    alarmHistory: () => board.history(),
    setAlarm: (...told) => scaler.setAlarm(...told),
    schedules: scaler.schedules,
    isCooling: (groupName) => scaler.isCooling(groupName),
    called: createCalledScaling({
      place: emulator,
      cloudWatch,
      scaler: () => scaler,
      withoutGrace: (AutoScalingGroupName) =>
        autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, HealthCheckGracePeriod: 0 })),
      members: async (groupName) => (await groups.calls.named(groupName)).instances.length,
      onProblem: (problem) => onProblem("not followed", problem),
    }),
  });
}
