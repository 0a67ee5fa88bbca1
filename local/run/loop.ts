/** The scaling loop of a run: every minute of AWS's time from what is measured to what is decided. */
import type { Plan } from "../../plan/types.ts";
import { ScalingPlanError } from "../../scaling/read/findings.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import type { ScalingPlan } from "../../scaling/scaling-plan.ts";
import { createAlarmBoard } from "../alarms/board.ts";
import type { HistoryItem } from "../alarms/history.ts";
import type { Balancer } from "../balancer/balancer.ts";
import { resourcesOfType } from "../declared.ts";
import type { Groups } from "../groups/groups.ts";
import { groupMeasure } from "../groups/metrics.ts";
import type { Hypervisor } from "../instances/hypervisor.ts";
import { createElsewhere } from "../metrics/elsewhere.ts";
import { filteredLogs } from "../metrics/filtered-logs.ts";
import { type LogFilter, type LogFilterInputs, readLogFilter } from "../metrics/log-filter.ts";
import { type MinutesListener, startMinutes } from "../metrics/minutes.ts";
import { createMetricPublisher } from "../metrics/publish.ts";
import { type Scaler, startScaler } from "../scaling/scaler.ts";
import type { RunContext } from "./context.ts";
import type { Surroundings } from "./surroundings.ts";

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
  { emulator, gateway, plan }: Pick<Surroundings, "emulator" | "gateway" | "plan">,
  { balancer, groups, hypervisor }: { balancer: Balancer; groups: Groups; hypervisor: Hypervisor },
  listeners: readonly MinutesListener[] = [],
): Promise<ScalingLoop> {
  /** What is wrong with the declaration is no reason not to run it: AWS would refuse only the policy. */
  function scalingOf(declared: Plan): ScalingPlan {
    try {
      return readScalingPlan(declared);
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
      }
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
  const elsewhere = createElsewhere(emulator);
  closers.add("metrics' clients", () => {
    publisher.destroy();
    elsewhere.destroy();
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
      elsewhere.measure(
        () => scaler.plan,
        () => filters,
      ),
    ],
    listeners: [(minutes) => publisher.publish(minutes), scaler.minutes, ...listeners],
    onError: (error) => problem("a minute's metrics are incomplete", error),
  });
  closers.add("minutes", () => ticker.stop());

  return {
    scaler,
    alarmHistory: () => board.history(),
    replan(next) {
      filters = filtersOf(next);
      return scaler.replan(scalingOf(next));
    },
  };
}
