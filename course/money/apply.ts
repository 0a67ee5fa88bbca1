/**
 * Takes the steps that are due, writes down each with its outcome, and mails them. A stack's failure stops no other's, and a step
 * that failed is due again at the next turn. A destruction takes minutes: the stack is frozen first, so that its instances end at
 * once, and the turn does not wait for it.
 */
import { causeOf } from "../cause.ts";
import type { Operations } from "../operations.ts";
import { forEachOf } from "../pool.ts";
import type { BrakeAction, BrakeDecision, DueStep } from "./brake.ts";
import type { BrakeEntry, BrakeLog, StepEntry } from "./brake-log.ts";
import type { Holds } from "./holds.ts";
import { letterOf, type Mail, toldBy } from "./mail.ts";

export interface BrakeTools {
  readonly course: string;
  readonly operations: Pick<Operations, "destroy">;
  readonly holds: Holds;
  readonly log: BrakeLog;
  /** Absent: nobody is mailed; the log and the terminal tell. */
  readonly mail?: Mail;
  now(): Date;
  /** One line about what was done or went wrong. */
  tell(line: string): void;
}

/** Groups are changed by a few calls each; more at a time would be throttled. */
const atATime = 8;
/** A destruction that failed is tried again after so long; its stack is frozen meanwhile. */
const restMilliseconds = 10 * 60_000;

export function createBrake({ course, operations, holds, log, mail, now, tell }: BrakeTools) {
  /** Stack → its destruction. */
  const destroying = new Map<string, Promise<void>>();
  /** Stack → when its destruction failed. */
  const failed = new Map<string, number>();
  const at = () => now().toISOString();

  async function record({ stack, step, settles }: BrakeAction, cause?: string): Promise<void> {
    const outcome = cause === undefined ? "done" : "failed";
    const hold: BrakeEntry = { kind: "hold", at: at(), stack, outcome, ...(cause === undefined ? {} : { cause }) };
    const entries = settles.map((due) => {
      if (cause !== undefined) return entryOf(at(), due, "failed", cause);
      return entryOf(at(), due, due.step === step ? "done" : "settled");
    });
    await log.append(settles.length === 0 ? [hold] : entries);
    if (step !== "none") tell(cause === undefined ? `${stack}: ${step} done` : `${stack}: ${step} failed: ${cause}`);
  }

  async function perform(action: BrakeAction): Promise<void> {
    const { stack, step, before } = action;
    try {
      if (step === "destroy") return await beginToDestroy(action);
      if (step !== "none") await holds.hold(stack, step, before, whyOf(action));
    } catch (error) {
      return record(action, causeOf(error));
    }
    await record(action);
  }

  /** Resolves as soon as nothing of the stack can run on. */
  async function beginToDestroy(action: BrakeAction): Promise<void> {
    const { stack, before } = action;
    await holds.freezeToDestroy(stack, before, whyOf(action)).catch((error: unknown) => {
      tell(`${stack}: cannot be frozen before it is destroyed: ${causeOf(error)}`);
    });
    const destruction = operations
      .destroy(stack, whyOf(action))
      .then(
        () => record(action),
        (error: unknown) => {
          failed.set(stack, now().getTime());
          return record(action, causeOf(error));
        },
      )
      .catch((error: unknown) => tell(`${stack}: what was done cannot be written down: ${causeOf(error)}`))
      .finally(() => destroying.delete(stack));
    destroying.set(stack, destruction);
  }

  async function tellByMail(): Promise<void> {
    const steps = log.unmailed();
    if (steps.length === 0 || mail === undefined) return;
    try {
      await mail.send(letterOf(course, steps));
      await log.append([{ kind: "mailed", at: at(), ids: toldBy(steps) }]);
    } catch (error) {
      tell(`mail about ${steps.length} steps could not be sent and is tried again: ${causeOf(error)}`);
    }
  }

  return {
    /** Stacks that are being destroyed, or could not be and are tried again later. */
    busy(): ReadonlySet<string> {
      const since = now().getTime() - restMilliseconds;
      return new Set([...destroying.keys(), ...[...failed].filter(([, time]) => time > since).map(([stack]) => stack)]);
    },
    async take({ warnings, actions }: BrakeDecision): Promise<void> {
      await log.append(warnings.map((due) => entryOf(at(), due, "done")));
      for (const { stack, at: percent } of warnings)
        tell(`${stack ?? "the class"}: ${percent} % of the budget is spent`);
      await forEachOf(actions, atATime, perform);
      await holds.note();
      await tellByMail();
    },
    /** Resolves once every destruction that has begun has ended, and is mailed. */
    async idle(): Promise<void> {
      await Promise.all(destroying.values());
      await holds.note();
      await tellByMail();
    },
  };
}
export type Brake = ReturnType<typeof createBrake>;

function entryOf(at: string, due: DueStep, outcome: StepEntry["outcome"], cause?: string): StepEntry {
  const { key, scope, stack, step, at: percent, budgetUsd, spentUsd } = due;
  return {
    kind: "step",
    at,
    key,
    scope,
    ...(stack === undefined ? {} : { stack }),
    step,
    percent,
    budgetUsd,
    spentUsd,
    outcome,
    ...(cause === undefined ? {} : { cause }),
  };
}

function whyOf({ settles: [due] }: BrakeAction): string {
  if (due === undefined) return "a frozen stack could start instances";
  return `${due.at} % of the ${due.scope}'s budget of $${due.budgetUsd} is spent`;
}
