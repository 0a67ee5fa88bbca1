/** The scaling loop of a run: every minute of AWS's time from what is measured to what is decided. */
import type { Plan } from "../../plan/types.ts";
import { grainOf } from "../../scaling/engine/metrics.ts";
import { ScalingPlanError } from "../../scaling/read/findings.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import type { ScalingPlan } from "../../scaling/scaling-plan.ts";
import type { Groups } from "../aws/autoscaling/groups.ts";
import { groupMeasure } from "../aws/autoscaling/minutes.ts";
import { type Scaler, startScaler } from "../aws/autoscaling/scaler.ts";
import type { HistoryItem } from "../aws/cloudwatch/alarm-calls.ts";
import { createAlarmBoard } from "../aws/cloudwatch/alarms.ts";
import { filteredLogs } from "../aws/cloudwatch/filtered-logs.ts";
import { createForeignMetrics } from "../aws/cloudwatch/foreign-metrics.ts";
import { type LogFilter, type LogFilterInputs, readLogFilter } from "../aws/cloudwatch/log-filter.ts";
import { type MinutesListener, startMinutes } from "../aws/cloudwatch/minutes.ts";
import { createMetricPublisher } from "../aws/cloudwatch/publish.ts";
import type { Hypervisor } from "../aws/ec2/instances/hypervisor.ts";
import type { Balancer } from "../aws/elb/balancer.ts";
import { resourcesOfType } from "../resources/declared.ts";
import type { RunContext } from "./context.ts";
import type { BackingServices } from "./services.ts";

export interface ScalingLoop {
  readonly scaler: Scaler;
  alarmHistory(): readonly HistoryItem[];
  /** Follows another declaration from now on. */
  replan(plan: Plan): Promise<void>;
}

/** Those that nothing here plays have been refused when they were declared. */
const filtersOf = (plan: Plan): LogFilter[] =>
  resourcesOfType(plan, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) =>
    readLogFilter(inputs as unknown as LogFilterInputs),
  );

const none: ScalingPlan = { groups: [], alarms: [], remarks: [] };

/** @param listeners told every minute's data as well. */
export async function startLoop(
  { closers, clock, log, problem }: RunContext,
  { emulator, gateway, plan }: Pick<BackingServices, "emulator" | "gateway" | "plan">,
  { balancer, groups, hypervisor }: { balancer: Balancer; groups: Groups; hypervisor: Hypervisor },
  listeners: readonly MinutesListener[] = [],
): Promise<ScalingLoop> {
  /** What is wrong with the declaration is no reason not to run it: AWS would refuse only the policy. */
  function scalingOf(declared: Plan): ScalingPlan {
    try {
      const scaling = readScalingPlan(declared);
      for (const remark of scaling.remarks) if (remark.includes(": not evaluated")) log.warn({ remark }, "alarm");
      return scaling;
    } catch (error) {
      if (!(error instanceof ScalingPlanError)) throw error;
      problem("scaling policies do not act", error);
      return none;
    }
  }

  const board = createAlarmBoard(emulator, (error) => problem("an alarm could not tell its topic", error));
  closers.add("alarms", () => board.destroy());
  const scaler = await startScaler({
    plan: scalingOf(plan),
    clock,
    groups,
    board,
    onDecision(decision) {
      if (decision.kind === "alarm" || decision.kind === "desired" || decision.kind === "bounds") {
        log.info(decision, decision.kind);
      } else if (decision.kind === "refused") log.warn(decision, "a scheduled action was refused");
    },
    onError: (error) => problem("a scaling decision could not be followed", error),
  });
  closers.add("scaling", () => scaler.stop());
  closers.add(
    "scaling's view of instances",
    hypervisor.on(({ kind }) => {
      if (kind === "in-service" || kind === "terminated" || kind === "lost") scaler.observe();
    }),
  );

  let filters = filtersOf(plan);
  const publisher = createMetricPublisher(emulator);
  const foreign = createForeignMetrics(emulator);
  closers.add("metrics' clients", () => {
    publisher.destroy();
    foreign.destroy();
  });
  const ticker = startMinutes({
    clock,
    measures: [
      balancer.measure,
      gateway.measure,
      groupMeasure(() => groups.observe()),
      filteredLogs(
        () => filters,
        () => hypervisor.instances(),
      ),
      foreign.measure(
        () => scaler.plan,
        grainOf("minute"),
        () => filters,
      ),
    ],
    listeners: [(minutes) => publisher.publish(minutes), scaler.minutes, ...listeners],
    onError: (error) => problem("a minute's metrics are incomplete", error),
  });
  closers.add("minutes", () => ticker.stop());
  const tenSeconds = grainOf("ten-seconds");
  const fineTicker = startMinutes({
    clock,
    milliseconds: tenSeconds,
    measures: [foreign.measure(() => scaler.plan, tenSeconds)],
    listeners: [scaler.tenSeconds],
    onError: (error) => problem("ten seconds' metrics are incomplete", error),
  });
  closers.add("ten seconds", () => fineTicker.stop());

  return {
    scaler,
    alarmHistory: () => board.history(),
    replan(next) {
      filters = filtersOf(next);
      return scaler.replan(scalingOf(next));
    },
  };
}
