/**
 * The scaling engine on the live farm: told every minute's data and what stands, it decides as it does in a simulation; what it
 * decides is done through the emulator's own APIs, where a recorder or the AWS CLI sees it.
 *
 *     balancer, gateway, groups ──minute──▶ engine ──▶ alarm states, history, notices
 *     instances ──────────observed────────▶   │
 *          ▲                                  └─────▶ bounds, desired capacity, instances to go
 *          └──────────── control loop of the groups ◀─────────┘
 */
import type { AlarmState } from "../../../scaling/alarm.ts";
import { step } from "../../../scaling/engine/engine.ts";
import type { ScalingDecision, ScalingEvent } from "../../../scaling/engine/events.ts";
import { type EngineState, startState } from "../../../scaling/engine/state.ts";
import type { ScalingPlan, SchedulePlan } from "../../../scaling/scaling-plan.ts";
import type { LocalClock } from "../../types.ts";
import type { AlarmBoard } from "../cloudwatch/alarms.ts";
import { type MinutesListener, minuteMilliseconds } from "../cloudwatch/minutes.ts";
import { metricData } from "../cloudwatch/statistics.ts";
import type { Groups } from "./groups.ts";
import type { ScheduleCalls } from "./schedule-calls.ts";

export interface ScalerOptions {
  readonly plan: ScalingPlan;
  readonly clock: Pick<LocalClock, "now">;
  readonly groups: Pick<Groups, "observe" | "scale" | "setBounds">;
  readonly board: AlarmBoard;
  /** Chance decides between instances that are equally fit to go. @default 1 */
  readonly seed?: number;
  /** Told of each decision that is followed, and of what policies did not do. */
  readonly onDecision?: (decision: ScalingDecision) => void;
  readonly onError: (error: unknown) => void;
}

export interface Scaler {
  /** Takes in minutes that have ended, and does what follows of them. */
  readonly minutes: MinutesListener;
  /** Something has become of an instance: looks at what stands. */
  observe(): void;
  /** Somebody has set an alarm's state; alarms that are not declared have nothing to set off. */
  setAlarm(name: string, state: AlarmState, reason: string): Promise<void>;
  /** Scheduled actions that calls put and delete, over the declared ones. */
  readonly schedules: ScheduleCalls;
  /** Whether a cooldown of the group is under way, or an activity that one follows. */
  isCooling(groupName: string): boolean;
  /** Another declaration from now on. What both know of alarms, cooldowns and instances is kept. */
  replan(plan: ScalingPlan): Promise<void>;
  readonly plan: ScalingPlan;
  state(): EngineState;
  /** No further decision; resolves when the one under way has been followed. */
  stop(): Promise<void>;
}

/** Hooks are the hypervisor's: it waits for their completion, in real time. */
const withoutHooks = (plan: ScalingPlan): ScalingPlan => ({
  ...plan,
  groups: plan.groups.map((group) => ({ ...group, hooks: [] })),
});

type Schedules = ReadonlyMap<string, SchedulePlan | undefined>;

/** @param called by group, then name; `undefined`: it was deleted. */
const withSchedules = (plan: ScalingPlan, called: ReadonlyMap<string, Schedules>): ScalingPlan => ({
  ...plan,
  groups: plan.groups.map((group) => {
    const own = called.get(group.name) ?? new Map<string, SchedulePlan | undefined>();
    const declared = group.schedules.filter(({ name }) => !own.has(name));
    return { ...group, schedules: [...declared, ...[...own.values()].flatMap((each) => each ?? [])] };
  }),
});

/** Of schedules by call, those that another declaration says nothing new of. */
function outlasting(called: ReadonlyMap<string, Schedules>, before: ScalingPlan, after: ScalingPlan) {
  const declared = (plan: ScalingPlan, group: string, name: string) =>
    JSON.stringify(plan.groups.find((each) => each.name === group)?.schedules.find((each) => each.name === name));
  return new Map(
    [...called].map(([group, own]) => {
      const kept = [...own].filter(([name]) => declared(before, group, name) === declared(after, group, name));
      return [group, new Map(kept)] as const;
    }),
  );
}

const keep = <Value>(fresh: Record<string, Value>, old: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fresh).map(([name, value]) => [name, old[name] ?? value]));

/** Resolves when all alarms are shown as they are at the start. */
export async function startScaler(options: ScalerOptions): Promise<Scaler> {
  const { clock, groups, board, seed = 1, onDecision = () => {}, onError } = options;
  let declared = withoutHooks(options.plan);
  let called: ReadonlyMap<string, Schedules> = new Map();
  let plan = declared;
  let state = startState(plan, { at: clock.now(), seed });
  /** End of the last minute that the engine was told. */
  let told = Math.floor(clock.now() / minuteMilliseconds) * minuteMilliseconds;
  let stopped = false;
  let queue: Promise<void> = Promise.resolve();
  let observing = false;

  function enqueue(job: () => Promise<void>): Promise<void> {
    queue = queue.then(async () => {
      if (stopped) return;
      try {
        await job();
      } catch (error) {
        if (!stopped) onError(error);
      }
    });
    return queue;
  }

  function advance(event: ScalingEvent): readonly ScalingDecision[] {
    const { state: next, decisions } = step(plan, state, event);
    state = next;
    return decisions;
  }

  /** Never beyond a minute that has not been told yet: its data come at its end. */
  const now = () => Math.max(state.now, Math.min(clock.now(), told + minuteMilliseconds - 1));

  async function look(): Promise<readonly ScalingDecision[]> {
    const found = await groups.observe();
    const known = found.filter(({ group }) => plan.groups.some(({ name }) => name === group));
    return advance({ kind: "observed", at: now(), groups: known });
  }

  async function follow(decisions: readonly ScalingDecision[]): Promise<void> {
    for (const [index, decision] of decisions.entries()) {
      onDecision(decision);
      if (decision.kind === "alarm") await board.change(decision);
      else if (decision.kind === "notify") await board.notify(decision);
      else if (decision.kind === "bounds") await groups.setBounds(decision.group, decision);
      else if (decision.kind === "desired") await scale(decision, decisions.slice(index + 1));
    }
  }

  async function scale(
    decision: Extract<ScalingDecision, { kind: "desired" }>,
    after: readonly ScalingDecision[],
  ): Promise<void> {
    const { group, from, to: desired, cause, by, alarm, at } = decision;
    // Which instances go is said right after; whoever is protected by now is passed over.
    const next = after.findIndex((each) => each.kind === "desired" && each.group === group);
    const remove = (next < 0 ? after : after.slice(0, next)).flatMap((each) =>
      each.kind === "terminate" && each.group === group ? [each.instanceId] : [],
    );
    await groups.scale(group, { desired, remove, cause });
    if (alarm !== undefined) board.acted(at, alarm, `${by} of ${group}: ${from} to ${desired}`);
  }

  const call = (group: string, name: string, schedule: SchedulePlan | undefined) =>
    enqueue(async () => {
      called = new Map(called).set(group, new Map(called.get(group)).set(name, schedule));
      plan = withSchedules(declared, called);
    });

  await board.begin(plan.alarms);

  return {
    schedules: {
      knows: (groupName) => declared.groups.some(({ name }) => name === groupName),
      put: (groupName, schedule) => call(groupName, schedule.name, schedule),
      remove: (groupName, name) => call(groupName, name, undefined),
    },
    isCooling(groupName) {
      const group = state.groups[groupName];
      return group !== undefined && (group.pace !== undefined || clock.now() < group.cooldownUntil);
    },
    minutes: ({ starts, series }) =>
      enqueue(async () => {
        const decisions = [...(await look())];
        for (const start of starts) {
          const end = start + minuteMilliseconds;
          decisions.push(...advance({ kind: "minute", at: Math.max(end, state.now), data: metricData(series, start) }));
          told = end;
        }
        await follow(decisions);
      }),
    observe() {
      if (observing) return; // one that waits will see this as well
      observing = true;
      void enqueue(async () => {
        observing = false;
        await follow(await look());
      });
    },
    setAlarm: (alarm, to, reason) =>
      enqueue(async () => {
        if (!plan.alarms.some(({ name }) => name === alarm)) return;
        await follow([...(await look()), ...advance({ kind: "alarm-set", at: now(), alarm, state: to, reason })]);
      }),
    replan: (next) =>
      enqueue(async () => {
        const before = declared;
        declared = withoutHooks(next);
        called = outlasting(called, before, declared);
        plan = withSchedules(declared, called);
        const fresh = startState(plan, { at: state.now, seed });
        state = { ...state, alarms: keep(fresh.alarms, state.alarms), groups: keep(fresh.groups, state.groups) };
        await board.begin(plan.alarms);
      }),
    get plan() {
      return plan;
    },
    state: () => state,
    async stop() {
      stopped = true;
      await queue;
    },
  };
}
