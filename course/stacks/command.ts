/** Operations on stacks of a course, from the files that staff have to the results. */
import { isAlive } from "../../plan/process/alive.ts";
import { stands } from "../stands.ts";
import { watchChildren } from "./children.ts";
import { type Driven, drive } from "./drive.ts";
import type { StackEntry, StackOperation } from "./events.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { openOperations, type StackOperations } from "./operations.ts";
import { createPerformer, type Listener, type Performer } from "./perform.ts";
import { allStacks, type CoursePlace, type PlacedCourse, placeCourse } from "./place.ts";
import { createProgress } from "./progress.ts";
import { type Selection, selectStacks } from "./select.ts";
import { configOf } from "./settings.ts";
import { bringUpShared, type SharedOptions, type SharedSettings, takeDownShared } from "./shared.ts";
import { type StackStatus, statusOf } from "./status.ts";
import { openTools, type Tools, type ToolsOptions } from "./tools.ts";

export interface CommandOptions extends CoursePlace, Omit<ToolsOptions, "onProgress"> {
  /** As its user calls it: `annofarm course up`. */
  readonly command: string;
  /** Over the course's configuration. */
  readonly given: Readonly<Record<string, string>>;
  readonly write: (text: string) => void;
  readonly now: () => Date;
  readonly kill: AbortSignal;
}

export interface OperationOptions extends CommandOptions, Selection {
  readonly operation: StackOperation;
  /** Also where nothing has changed. */
  readonly again: boolean;
  /** Instead of the course's. */
  readonly parallel?: number;
  readonly live: boolean;
  readonly width: number;
  /** Command with which one stack is tried again. */
  readonly retry: (stack: string) => string;
  readonly stop: AbortSignal;
}

export interface OperationOutcome extends Driven {
  readonly operation: StackOperation;
  readonly stacks: readonly StackStatus[];
  /** What a child was taken to need in the end; bytes. */
  readonly needOfChild: number;
}

interface OpenedCommand {
  readonly placed: PlacedCourse;
  readonly ledger: Ledger;
  readonly tools: Tools;
  performer(again: boolean, listener?: Listener, shared?: SharedSettings): Performer;
}

/** The course is this command's until `work` ends. */
async function withCourse<T>(options: CommandOptions, work: (opened: OpenedCommand) => Promise<T>): Promise<T> {
  const { command, given, now, kill, write } = options;
  const placed = await placeCourse(options);
  const { course, stateDirectory } = placed;
  const ledger = openLedger(stateDirectory, command, now);
  try {
    const tools = await openTools(placed, { ...options, onProgress: (line) => write(`  ${line}\n`) });
    const performer: OpenedCommand["performer"] = (again, listener = {}, shared) =>
      createPerformer({ course, stateDirectory, ledger, tools, given, shared, again, kill, now, listener });
    try {
      return await work({ placed, ledger, tools, performer });
    } finally {
      tools.close();
    }
  } finally {
    ledger.close();
  }
}

/** What would fail for every stack alike fails here, once. */
async function tryOnce({ operation, given }: OperationOptions, { placed, tools }: OpenedCommand, stack: string) {
  if (operation !== "up" && operation !== "down") {
    await tools.allGroups();
    return;
  }
  await configOf(placed.course, stack, given, operation === "up");
  await tools.engine();
  if (operation === "up") await tools.program();
}

/** What the class shares stands before the first stack and goes after the last. */
function sharing({ given, now, kill, write }: CommandOptions, { placed, tools, ledger }: OpenedCommand) {
  const { course, stacks, stateDirectory } = placed;
  const options: SharedOptions = {
    course: { ...course, config: { ...course.config, ...given } },
    ...{ stateDirectory, account: tools.account, engine: tools.sharedEngine, now, kill },
    onProgress: (line) => write(`  ${line}\n`),
  };
  return {
    up(again: boolean) {
      const names = allStacks(stacks, ledger.entries).map(({ name }) => name);
      return bringUpShared(options, names, again);
    },
    async down() {
      if (![...ledger.entries.values()].some(stands)) await takeDownShared(options);
    },
  };
}

/** Seconds that it took on average; a command before this one has written it down. */
function secondsBefore(entries: ReadonlyMap<string, StackEntry>, operation: StackOperation): number | undefined {
  const took = [...entries.values()].flatMap(({ seconds }) => seconds?.[operation] ?? []);
  return took.length === 0 ? undefined : took.reduce((sum, each) => sum + each, 0) / took.length;
}

/**
 * Does it for every chosen stack that it has something to do for. The failure of a stack is in the results.
 *
 * @throws {Error} when the course cannot be read, another command holds it, or the account is not there.
 */
export function operateCourse(options: OperationOptions): Promise<OperationOutcome> {
  return withCourse(options, async (opened) => {
    const { operation, again, write, live, width, retry, now, stop, local } = options;
    const { placed, ledger } = opened;
    // Nobody needs a stack of somebody who has left; every other command is about it too.
    const known = operation === "up" ? placed.stacks : allStacks(placed.stacks, ledger.entries);
    const chosen = selectStacks(known, options);
    if (chosen[0] !== undefined) await tryOnce(options, opened, chosen[0].name);
    const shares = sharing(options, opened);
    const shared = operation === "up" && chosen.length > 0 ? await shares.up(again) : undefined;
    const parallel = options.parallel ?? placed.course.parallel;
    const children = watchChildren(placed.stateDirectory, local === undefined ? "aws" : "local", parallel);
    const before = secondsBefore(ledger.entries, operation);
    const progress = createProgress({
      ...{ operation, total: chosen.length, write, live, width, now, retry },
      ...(before === undefined ? {} : { before }),
    });
    stop.addEventListener("abort", () =>
      progress.stopping("no further operation starts; waiting for the ones under way …"),
    );
    const driven = await drive({
      ...{ operation, stacks: chosen.map(({ name }) => name), children, progress, stop },
      performer: (listener) => opened.performer(again, listener, shared),
    });
    if (operation === "down" && !stop.aborted) await shares.down();
    const stacks = statusOf(chosen, ledger.entries, isAlive);
    return { ...driven, operation, stacks, needOfChild: children.need() };
  });
}

/** For what decides about stacks by itself. */
export interface OperatedCourse {
  readonly placed: PlacedCourse;
  readonly operations: StackOperations;
  /** What the stacks share goes, if none of them is left. */
  endShared(): Promise<void>;
  /** What every stack is; follows the operations. */
  readonly entries: ReadonlyMap<string, StackEntry>;
}

/** Runs `work` with operations on single stacks; the course is this command's until it ends. @throws as `operateCourse`. */
export function withOperations<T>(options: CommandOptions, work: (course: OperatedCourse) => Promise<T>): Promise<T> {
  return withCourse(options, (opened) => {
    const { placed, ledger, performer } = opened;
    const operations = openOperations({ performer: performer(false), ledger, now: options.now });
    return work({ placed, operations, entries: ledger.entries, endShared: () => sharing(options, opened).down() });
  });
}
