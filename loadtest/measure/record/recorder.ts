/** Looks at groups and alarms again and again while a load test runs, and at what is kept of them once it has ended. */
import type { AlarmState } from "../../../scaling/alarm.ts";
import type { TimelineLine, Write } from "../timeline.ts";
import type { AlarmFound, Aws } from "./aws.ts";

export type Sample = Extract<TimelineLine, { kind: "sample" }>;

export interface RecorderOptions {
  readonly aws: Pick<Aws, "groups" | "alarms" | "activities" | "history" | "metric">;
  readonly groups: readonly string[];
  /** AWS's time now, epoch milliseconds. */
  readonly now: () => number;
  /** Real milliseconds between two looks. */
  readonly every: number;
  readonly write: Write;
  /** Told of each look; `undefined`: it failed. */
  readonly onLook?: (sample: Sample | undefined, at: number) => void;
}

export interface Recorder {
  /** The newest look. */
  latest(): Sample;
  readonly alarms: readonly AlarmFound[];
  /** Ends looking; resolves once nothing is under way. */
  stop(): Promise<void>;
  /** Writes down what AWS has kept of a time: activities, changes of alarms, metrics. */
  collect(from: number, to: number): Promise<void>;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The first look is its own check: it rejects when AWS cannot be asked. Later ones that fail are written down as missed. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { aws, groups, now, write } = options;
  const problem = (what: string, error: unknown) =>
    write({ kind: "problem", at: now(), message: `${what}: ${messageOf(error)}` });

  async function look(): Promise<{ sample: Sample; alarms: readonly AlarmFound[] }> {
    const at = now();
    const [sizes, alarms] = await Promise.all([aws.groups(groups), aws.alarms(groups)]);
    const states: Record<string, AlarmState> = {};
    for (const { name, state } of alarms) states[name] = state;
    return { sample: { kind: "sample", at, groups: sizes, alarms: states }, alarms };
  }

  const first = await look();
  let latest = first.sample;
  write(latest);
  let stopped = false;
  /** The newest look failed. */
  let isBlind = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  async function again(): Promise<void> {
    try {
      latest = (await look()).sample;
      isBlind = false;
      write(latest);
      options.onLook?.(latest, latest.at);
    } catch (error) {
      isBlind = true;
      const at = now();
      write({ kind: "missed", at, message: `groups and alarms could not be read: ${messageOf(error)}` });
      options.onLook?.(undefined, at);
    }
    next();
  }
  function next(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      looking = again();
    }, options.every);
  }
  next();

  return {
    latest: () => latest,
    alarms: first.alarms,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
    async collect(from, to) {
      if (isBlind) {
        // Each of many questions would wait for its time-out.
        problem("activities, alarms and metrics", new Error("not asked for, since the last look failed"));
        return;
      }
      for (const group of groups) {
        try {
          (await aws.activities(group, from, to)).forEach(write);
        } catch (error) {
          problem(`activities of ${group}`, error);
        }
      }
      for (const alarm of first.alarms) {
        // An endpoint without a history leaves what was seen by looking.
        const changes = await aws.history(alarm.name, from, to).catch(() => []);
        changes.forEach(write);
        try {
          // A window reaches back by its period from the first minute.
          const begin = Math.floor(from / 60_000) * 60_000 - alarm.periodSeconds * 1000;
          write({ kind: "metric", alarm: alarm.name, minutes: await aws.metric(alarm, begin, to) });
        } catch (error) {
          problem(`metric of ${alarm.name}`, error);
        }
      }
    },
  };
}
