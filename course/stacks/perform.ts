/** One operation on one stack, in the ledger from its beginning to its end. */
import type { EngineStep } from "../../plan/engine/host/messages.ts";
import type { StackConfig } from "../../plan/stack-config.ts";
import { decide, type StackDecision } from "./decide.ts";
import type { StackOperation } from "./events.ts";
import { freeze, minimum, release } from "./hold.ts";
import type { Ledger } from "./ledger.ts";
import { openLog } from "./log-file.ts";
import type { StackResult } from "./result.ts";
import { type CourseSettings, configOf, fingerprintUnder } from "./settings.ts";
import type { SharedSettings } from "./shared.ts";
import type { Tools } from "./tools.ts";

export interface Listener {
  /** It is under way now. */
  begun?(stack: string): void;
  /** Resources that have been dealt with so far. */
  progress?(stack: string, resources: number): void;
  process?(stack: string, pid: number): void;
}

export interface PerformerOptions {
  readonly course: CourseSettings;
  readonly stateDirectory: string;
  readonly ledger: Ledger;
  readonly tools: Pick<Tools, "account" | "engine" | "groups" | "allGroups" | "program">;
  /** Over the course's configuration. */
  readonly given: Readonly<Record<string, string>>;
  /** What a stack is told of what it shares with others; `given` is over it. */
  readonly shared?: SharedSettings | undefined;
  /** Also where nothing has changed. */
  readonly again: boolean;
  /** Ends what is under way at once. */
  readonly kill: AbortSignal;
  readonly now: () => Date;
  readonly listener?: Listener;
}

export interface Performer {
  /** What goes wrong with the stack is its result. @throws when that cannot be written down. */
  perform(stack: string, operation: StackOperation): Promise<StackResult>;
}

/** One operation on one stack, as it is under way. */
interface Run extends PerformerOptions {
  readonly stack: string;
  readonly operation: StackOperation;
  readonly log: (text: string) => void;
  readonly seconds: () => number;
}

interface Intent {
  readonly decision: StackDecision;
  /** Of what an engine is to do. */
  readonly config?: StackConfig;
  readonly fingerprint?: string;
}

async function intentOf(run: Run): Promise<Intent> {
  const { course, stack, operation, ledger, again, tools } = run;
  const given = { ...run.shared?.(stack), ...run.given };
  const wish = { operation, again, account: tools.account.identity };
  if (operation !== "up" && operation !== "down") return { decision: decide(ledger.of(stack), wish) };
  const config = await configOf(course, stack, given, operation === "up");
  if (operation === "down") return { decision: decide(ledger.of(stack), wish), config };
  const fingerprint = fingerprintUnder(await tools.program(), config);
  return { decision: decide(ledger.of(stack), { ...wish, fingerprint }), config, fingerprint };
}

/** `update aws:sns/topic:Topic gas-alarms` */
function stepText({ op, type, urn }: EngineStep): string {
  return `${op} ${type} ${urn.split("::").slice(3).join("::")}`;
}

type Todo = Extract<StackDecision, { does: true }>;

async function byEngine(run: Run, config: StackConfig, { refresh, cutOff }: Todo): Promise<StackResult["changes"]> {
  const { stack, operation, kill, log, listener = {} } = run;
  let resources = 0;
  const engine = await run.tools.engine();
  const outcome = await engine.update(stack, {
    operation: operation === "up" ? "up" : "destroy",
    config,
    refresh,
    cutOff,
    kill,
    onOutput: log,
    onProcess: (pid) => listener.process?.(stack, pid),
    onStep(step, done) {
      if (!done) return;
      if (step.op !== "same") log(stepText(step));
      listener.progress?.(stack, ++resources);
    },
  });
  for (const warning of outcome.warnings) log(`warning: ${warning}`);
  return outcome.changes;
}

async function bySizes({ stack, operation, ledger, tools, now }: Run): Promise<void> {
  const hold = { ledger, groups: tools.groups, all: await tools.allGroups(), now };
  if (operation === "freeze") await freeze(stack, hold);
  else if (operation === "minimum") await minimum(stack, hold);
  else await release(stack, hold);
}

type Rest = Omit<StackResult, "stack" | "operation" | "seconds">;
const resultOf = ({ stack, operation, seconds }: Run, rest: Rest): StackResult => ({
  ...{ stack, operation, seconds: seconds() },
  ...rest,
});

function failed(run: Run, error: unknown): StackResult {
  const { stack, operation, ledger, kill, log, now } = run;
  const why = error instanceof Error ? error.message : String(error);
  if (kill.aborted) {
    log(`${operation}: cut off`);
    return resultOf(run, { outcome: "stopped" });
  }
  log(`${operation} failed: ${why}`);
  ledger.add({ kind: "failed", at: now().toISOString(), stack, operation, cause: why });
  return resultOf(run, { outcome: "failed", why });
}

async function carryOut(run: Run, { config, fingerprint }: Intent, todo: Todo): Promise<StackResult> {
  const { stack, operation, ledger, tools, log, now } = run;
  const at = now().toISOString();
  const { identity } = tools.account;
  const where = identity === undefined ? {} : { account: identity };
  ledger.add({ kind: "begun", at, stack, operation, pid: process.pid, ...where });
  run.listener?.begun?.(stack);
  log(`${operation} begins${todo.cutOff ? ", after one that was cut off" : ""}`);
  let changes: StackResult["changes"];
  try {
    if (config === undefined) await bySizes(run);
    else changes = await byEngine(run, config, todo);
  } catch (error) {
    return failed(run, error);
  }
  log(`${operation} done`);
  const done = { kind: "done", at: now().toISOString(), stack, operation, seconds: run.seconds() } as const;
  ledger.add({ ...done, ...(fingerprint === undefined ? {} : { fingerprint }) });
  return resultOf(run, { outcome: "done", ...(changes === undefined ? {} : { changes }) });
}

export function createPerformer(options: PerformerOptions): Performer {
  const { stateDirectory, now } = options;
  return {
    async perform(stack, operation) {
      const begun = now().getTime();
      const seconds = () => (now().getTime() - begun) / 1000;
      const run: Run = { ...options, stack, operation, log: openLog(stateDirectory, stack, now), seconds };
      let intent: Intent;
      try {
        intent = await intentOf(run);
      } catch (error) {
        return failed(run, error);
      }
      const { decision } = intent;
      if (!decision.does) return resultOf(run, { outcome: "nothing to do", why: decision.why });
      return carryOut(run, intent, decision);
    },
  };
}
