/** One operation on chosen stacks of a course, from the files that staff have to the results. */
import { isAlive } from "../../plan/process/alive.ts";
import { defaultState, type OpenedCourse, openCourse, stateOf } from "../people/open.ts";
import { sharedProgram } from "../plan/sharing.ts";
import type { CourseStack } from "../types.ts";
import { type Account, awsAccount, localAccount } from "./account.ts";
import { type Children, watchChildren } from "./children.ts";
import { type Driven, drive } from "./drive.ts";
import { type Engine, openEngine } from "./engine.ts";
import type { StackEntry, StackOperation } from "./events.ts";
import { type Groups, openGroups } from "./groups.ts";
import { type Ledger, openLedger, readLedger } from "./ledger.ts";
import { createPerformer } from "./perform.ts";
import { pluginsOf, providePlugins } from "./plugins.ts";
import { createProgress } from "./progress.ts";
import { type Selection, selectStacks, withLeavers } from "./select.ts";
import { fingerprintOf } from "./settings.ts";
import { bringUpShared, takeDownShared } from "./shared.ts";
import { type StackStatus, statusOf } from "./status.ts";

export interface CoursePlace {
  /** course.yaml. */
  readonly file: string;
  /** Folder of the courses' states; absent: beside the file. */
  readonly state?: string;
}

/** A course with where its state lies. */
export interface PlacedCourse extends OpenedCourse {
  readonly stateDirectory: string;
}

/** @throws {MistakesError} with every mistake of the course file, or of the roster. */
export async function placeCourse({ file, state = defaultState(file) }: CoursePlace): Promise<PlacedCourse> {
  const opened = await openCourse(file, state);
  return { ...opened, stateDirectory: stateOf(state, opened.course.course) };
}

export interface OperationOptions extends CoursePlace, Selection {
  readonly operation: StackOperation;
  /** As its user calls it: `annofarm course up`. */
  readonly command: string;
  /** Over the course's configuration. */
  readonly given: Readonly<Record<string, string>>;
  /** Also where nothing has changed. */
  readonly again: boolean;
  /** Instead of the course's. */
  readonly parallel?: number;
  /** `emulate.json`; absent: AWS. */
  readonly local?: string;
  /** Finds Pulumi's command line, and gets it when there is none. */
  readonly pulumi: () => Promise<string>;
  readonly write: (text: string) => void;
  readonly live: boolean;
  readonly width: number;
  /** Command with which one stack is tried again. */
  readonly retry: (stack: string) => string;
  readonly now: () => Date;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

export interface OperationOutcome extends Driven {
  readonly operation: StackOperation;
  readonly stacks: readonly StackStatus[];
  /** What a child was taken to need in the end; bytes. */
  readonly needOfChild: number;
}

function accountOf(local: string | undefined): Promise<Account> | Account {
  return local === undefined ? awsAccount() : localAccount(local);
}

function requireRegion({ course }: PlacedCourse, { region }: Account): void {
  if (region === undefined || region === course.region) return;
  throw new Error(
    `the course is in ${course.region}, but annofarm emulate runs an account of ${region}; start it with --region ${course.region}`,
  );
}

/** Those of the course, and those of whoever has left the roster that still stand. */
function allStacks({ stacks }: PlacedCourse, entries: ReadonlyMap<string, StackEntry>): CourseStack[] {
  const standing = [...entries.values()].filter(({ state }) => state !== "gone" && state !== "absent");
  return withLeavers(
    stacks,
    standing.map(({ stack }) => stack),
  );
}

/** What an operation works with: an engine, or sizes of groups. */
interface Tools {
  readonly engine?: Engine;
  /** Of the program of what the class shares. */
  readonly sharedEngine?: () => Promise<Engine>;
  readonly groups?: Groups;
  readonly program?: string;
  close(): void;
}

async function toolsFor(
  options: OperationOptions,
  { course, stateDirectory }: PlacedCourse,
  account: Account,
): Promise<Tools> {
  const { operation, local, write } = options;
  if (operation !== "up" && operation !== "down") {
    const groups = openGroups({ region: course.region, environment: local === undefined ? {} : account.environment });
    return { groups, close: groups.close };
  }
  const pulumi = await options.pulumi();
  if (account.kind === "aws") {
    await providePlugins(pulumi, account.plugins, await pluginsOf(course.program), (line) => write(`  ${line}\n`));
  }
  const { program, backend } = course;
  const kept = { account, pulumi, program, stateDirectory, ...(backend === undefined ? {} : { backend }) };
  const engine = await openEngine(kept);
  const sharedEngine = () => openEngine({ ...kept, program: sharedProgram });
  if (operation === "down") return { engine, sharedEngine, close: () => {} };
  return {
    engine,
    sharedEngine,
    program: await fingerprintOf(program, [options.file, course.roster]),
    close: () => {},
  };
}

const noneStands = ({ entries }: Ledger) =>
  [...entries.values()].every(({ state }) => state === "gone" || state === "absent");

/** Seconds that an `up` took on average; a command before this one has written it down. */
function secondsBefore(ledger: Ledger, operation: StackOperation): number | undefined {
  const took = [...ledger.entries.values()].flatMap(({ seconds }) => seconds?.[operation] ?? []);
  return took.length === 0 ? undefined : took.reduce((sum, each) => sum + each, 0) / took.length;
}

async function driveChosen(
  options: OperationOptions,
  placed: PlacedCourse,
  ledger: Ledger,
  children: Children,
): Promise<OperationOutcome> {
  const { operation, given, again, write, live, width, retry, now, stop, kill } = options;
  const { course, stateDirectory } = placed;
  // Nobody needs a stack of somebody who has left; every other command is about it too.
  const chosen = selectStacks(operation === "up" ? placed.stacks : allStacks(placed, ledger.entries), options);
  const account = await accountOf(options.local);
  requireRegion(placed, account);
  const { close, sharedEngine, ...tools } = await toolsFor(options, placed, account);
  const sharing = sharedEngine && {
    ...{ course: { ...course, config: { ...course.config, ...given } }, stateDirectory, account, engine: sharedEngine },
    ...{ now, kill, onProgress: (line: string) => write(`  ${line}\n`) },
  };
  const before = secondsBefore(ledger, operation);
  const progress = createProgress({
    ...{ operation, total: chosen.length, write, live, width, now, retry },
    ...(before === undefined ? {} : { before }),
  });
  stop.addEventListener("abort", () => progress.stopping("nothing more begins; what is under way comes to its end …"));
  try {
    const names = allStacks(placed, ledger.entries).map(({ name }) => name);
    const shared = operation === "up" && sharing ? await bringUpShared(sharing, names, again) : undefined;
    const driven = await drive({
      ...{ operation, stacks: chosen.map(({ name }) => name), children, progress, stop },
      performer: (listener) =>
        createPerformer({
          ...{ course, stateDirectory, ledger, account, given, shared, again, kill, now, listener },
          ...tools,
        }),
    });
    if (operation === "down" && sharing && noneStands(ledger) && !stop.aborted) await takeDownShared(sharing);
    return {
      ...driven,
      operation,
      stacks: statusOf(chosen, ledger.entries, isAlive),
      needOfChild: children.need(),
    };
  } finally {
    close();
  }
}

/**
 * Does it for every chosen stack that it has something to do for. The failure of a stack is in the results.
 *
 * @throws {Error} when the course cannot be read, another command holds it, or the account is not there.
 */
export async function operateCourse(options: OperationOptions): Promise<OperationOutcome> {
  const placed = await placeCourse(options);
  const { course, stateDirectory } = placed;
  const ledger = openLedger(stateDirectory, options.command, options.now);
  try {
    const kind = options.local === undefined ? "aws" : "local";
    const children = watchChildren(stateDirectory, kind, options.parallel ?? course.parallel);
    return await driveChosen(options, placed, ledger, children);
  } finally {
    ledger.close();
  }
}

/** What the stacks are, by the ledger alone. */
export async function courseStatus(options: CoursePlace & Selection): Promise<StackStatus[]> {
  const placed = await placeCourse(options);
  const entries = readLedger(placed.stateDirectory);
  return statusOf(selectStacks(allStacks(placed, entries), options), entries, isAlive);
}
