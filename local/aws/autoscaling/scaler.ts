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
import type { MetricData, ScalingDecision, ScalingEvent } from "../../../scaling/engine/events.ts";
import { alarmGrain, grainOf } from "../../../scaling/engine/metrics.ts";
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
  /** What is known of earlier minutes of what a plan's alarms look at, at the end of one. Omitted: what comes late is too late. */
  readonly late?: (plan: ScalingPlan, end: number) => Promise<readonly MetricData[]>;
}

export interface Scaler {
  /** Takes in minutes that have ended, and does what follows of them. */
  readonly minutes: MinutesListener;
  /** The same of each ten seconds, for alarms with a period below a minute; of a plan without any it does nothing. */
  readonly tenSeconds: MinutesListener;
  /** Something has become of an instance: looks at what stands. */
  observe(): void;
  /** Somebody has set an alarm's state; alarms that are not declared have nothing to set off. */
  setAlarm(name: string, state: AlarmState, reason: string): Promise<void>;
  /** Scheduled actions that calls put and delete, over the declared ones. */
  readonly schedules: ScheduleCalls;
  /** Whether a cooldown of the group is under way, or an activity that one follows. */
  isCooling(groupName: string): boolean;
  /**
   * Another declaration from now on. What both know of alarms, cooldowns and instances is kept.
   *
   * @param shown the alarms' states stand in the emulator already. @default false
   */
  replan(plan: ScalingPlan, shown?: boolean): Promise<void>;
  /**
   * Executes a policy at once, whatever cooldown is under way.
   *
   * @param distance of the metric from the threshold, for a step policy.
   * @throws {RangeError} when there is no such policy, or no step for it.
   */
  execute(group: string, policy: string, distance: number | undefined): Promise<void>;
  /** As it stands; `undefined`: there is no such alarm. */
  alarmState(name: string): AlarmState | undefined;
  readonly plan: ScalingPlan;
  state(): EngineState;
  /** No further decision; resolves when the one under way has been followed. */
  stop(): Promise<void>;
}

/**
 * Hooks are the hypervisor's: it waits for their completion, in real time. Zones are the emulator's. Instances start cold here, so
 * nothing fills a pool.
 */
const withoutHooks = (plan: ScalingPlan): ScalingPlan => ({
  ...plan,
  groups: plan.groups.map(({ warmPool: _, ...group }) => ({ ...group, hooks: [], rebalances: false })),
});

const tenSeconds = grainOf("ten-seconds");

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

/** Runs one job at a time, in order. A failed job is reported, and the next one still runs. */
class JobQueue {
  readonly #onError: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Resolves when the job has ended, or when it is skipped because the queue was stopped. */
  add(job: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#stopped) return;
      try {
        await job();
      } catch (error) {
        if (!this.#stopped) this.#onError(error);
      }
    });
    return this.#last;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#last;
  }
}

class LiveScaler implements Scaler {
  readonly schedules: ScheduleCalls = {
    knows: (groupName) => this.#declared.groups.some(({ name }) => name === groupName),
    put: (groupName, schedule) => this.#call(groupName, schedule.name, schedule),
    remove: (groupName, name) => this.#call(groupName, name, undefined),
  };
  readonly #options: ScalerOptions;
  readonly #seed: number;
  readonly #jobs: JobQueue;
  #declared: ScalingPlan;
  #called: ReadonlyMap<string, Schedules> = new Map();
  #plan: ScalingPlan;
  #state: EngineState;
  /** End of the last minute that the engine was told. */
  #told: number;
  #observing = false;

  constructor(options: ScalerOptions) {
    const { clock, seed = 1, onError } = options;
    this.#options = options;
    this.#seed = seed;
    this.#jobs = new JobQueue(onError);
    this.#declared = withoutHooks(options.plan);
    this.#plan = this.#declared;
    this.#state = startState(this.#plan, { at: clock.now(), seed });
    this.#told = Math.floor(clock.now() / minuteMilliseconds) * minuteMilliseconds;
  }

  get plan(): ScalingPlan {
    return this.#plan;
  }

  state(): EngineState {
    return this.#state;
  }

  isCooling(groupName: string): boolean {
    const group = this.#state.groups[groupName];
    return group !== undefined && (group.pace !== undefined || this.#options.clock.now() < group.cooldownUntil);
  }

  /** A property: it is handed on as a listener. */
  readonly minutes: MinutesListener = ({ starts, series }) =>
    this.#jobs.add(async () => {
      const decisions = [...(await this.#look())];
      const known = (await this.#options.late?.(this.#plan, (starts.at(-1) ?? 0) + minuteMilliseconds)) ?? [];
      for (const start of starts) {
        const end = start + minuteMilliseconds;
        const at = Math.max(end, this.#state.now);
        decisions.push(...this.#advance({ kind: "minute", at, data: [...metricData(series, start), ...known] }));
        this.#told = end;
      }
      await this.#follow(decisions);
    });

  readonly tenSeconds: MinutesListener = ({ starts, series }) =>
    this.#jobs.add(async () => {
      if (!this.#plan.alarms.some((alarm) => alarmGrain(alarm) === tenSeconds)) return;
      const decisions = [...(await this.#look())];
      for (const start of starts) {
        const at = Math.max(start + tenSeconds, this.#state.now);
        decisions.push(...this.#advance({ kind: "ten-seconds", at, data: metricData(series, start) }));
      }
      await this.#follow(decisions);
    });

  observe(): void {
    if (this.#observing) return; // one that waits will see this as well
    this.#observing = true;
    void this.#jobs.add(async () => {
      this.#observing = false;
      await this.#follow(await this.#look());
    });
  }

  setAlarm(alarm: string, to: AlarmState, reason: string): Promise<void> {
    return this.#jobs.add(async () => {
      if (!this.#plan.alarms.some(({ name }) => name === alarm)) return;
      const seen = await this.#look();
      const set = this.#advance({ kind: "alarm-set", at: this.#now(), alarm, state: to, reason });
      await this.#follow([...seen, ...set]);
    });
  }

  async execute(group: string, policy: string, distance: number | undefined): Promise<void> {
    let refused: RangeError | undefined;
    await this.#jobs.add(async () => {
      const seen = await this.#look();
      try {
        const event = {
          kind: "execute",
          at: this.#now(),
          group,
          policy,
          ...(distance === undefined ? {} : { distance }),
        };
        await this.#follow([...seen, ...this.#advance(event as ScalingEvent)]);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        refused = error;
      }
    });
    if (refused !== undefined) throw refused;
  }

  alarmState(name: string): AlarmState | undefined {
    return this.#state.alarms[name]?.state;
  }

  replan(next: ScalingPlan, shown = false): Promise<void> {
    return this.#jobs.add(async () => {
      const before = this.#declared;
      this.#declared = withoutHooks(next);
      this.#called = outlasting(this.#called, before, this.#declared);
      this.#plan = withSchedules(this.#declared, this.#called);
      const old = this.#state;
      const fresh = startState(this.#plan, { at: old.now, seed: this.#seed });
      this.#state = { ...old, alarms: keep(fresh.alarms, old.alarms), groups: keep(fresh.groups, old.groups) };
      if (!shown) await this.#options.board.begin(this.#plan.alarms);
    });
  }

  stop(): Promise<void> {
    return this.#jobs.stop();
  }

  #call(group: string, name: string, schedule: SchedulePlan | undefined): Promise<void> {
    return this.#jobs.add(async () => {
      this.#called = new Map(this.#called).set(group, new Map(this.#called.get(group)).set(name, schedule));
      this.#plan = withSchedules(this.#declared, this.#called);
    });
  }

  /** Never beyond a minute that has not been told yet: its data come at its end. */
  #now(): number {
    return Math.max(this.#state.now, Math.min(this.#options.clock.now(), this.#told + minuteMilliseconds - 1));
  }

  #advance(event: ScalingEvent): readonly ScalingDecision[] {
    const { state, decisions } = step(this.#plan, this.#state, event);
    this.#state = state;
    return decisions;
  }

  async #look(): Promise<readonly ScalingDecision[]> {
    const found = await this.#options.groups.observe();
    const known = found.filter(({ group }) => this.#plan.groups.some(({ name }) => name === group));
    return this.#advance({ kind: "observed", at: this.#now(), groups: known });
  }

  async #follow(decisions: readonly ScalingDecision[]): Promise<void> {
    const { board, groups, onDecision = () => {} } = this.#options;
    for (const [index, decision] of decisions.entries()) {
      onDecision(decision);
      if (decision.kind === "alarm") await board.change(decision);
      else if (decision.kind === "notify") await board.notify(decision);
      else if (decision.kind === "bounds") await groups.setBounds(decision.group, decision);
      else if (decision.kind === "desired") await this.#scale(decision, decisions.slice(index + 1));
    }
  }

  async #scale(
    decision: Extract<ScalingDecision, { kind: "desired" }>,
    after: readonly ScalingDecision[],
  ): Promise<void> {
    const { group, from, to: desired, cause, by, alarm, at } = decision;
    const { board, groups } = this.#options;
    // Which instances go is said right after; whoever is protected by now is passed over.
    const next = after.findIndex((each) => each.kind === "desired" && each.group === group);
    const remove = (next < 0 ? after : after.slice(0, next)).flatMap((each) =>
      each.kind === "terminate" && each.group === group ? [each.instanceId] : [],
    );
    await groups.scale(group, { desired, remove, cause });
    if (alarm !== undefined) board.acted(at, alarm, `${by} of ${group}: ${from} to ${desired}`);
  }
}

/** Resolves when all alarms are shown as they are at the start. */
export async function startScaler(options: ScalerOptions): Promise<Scaler> {
  const scaler = new LiveScaler(options);
  await options.board.begin(scaler.plan.alarms);
  return scaler;
}
