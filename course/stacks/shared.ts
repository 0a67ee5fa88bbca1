/**
 * What the stacks of a class share, brought up before the first of them and taken down after the last. It is a stack of its own
 * program, kept beside the ledger: no operation on students' stacks is about it.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readStackConfig, type StackConfig } from "../../plan/stack-config.ts";
import type { Course } from "../course-file/course.ts";
import { type Allotments, allocate, readPlaces, stacksPerBalancer, writePlaces } from "../plan/places.ts";
import {
  checkSharing,
  readTemplate,
  type SharedOutputs,
  sharedConfig,
  sharedProgram,
  sharedStack,
  sharedTemplate,
  sharesAnything,
  stackConfig,
  type Template,
} from "../plan/sharing.ts";
import { writePrivate } from "../private-file.ts";
import type { TargetAccount } from "./account.ts";
import type { Engine } from "./engine.ts";
import { openLog } from "./log-file.ts";
import { fingerprintOf, fingerprintUnder } from "./settings.ts";
import { writtenDown } from "./shared-ledger.ts";

const fileSchema = z.object({
  /** Of program and configuration; absent: it was cut off, or is to be taken down. */
  fingerprint: z.string().optional(),
  /** See `Account.identity`. */
  account: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()),
});
type Kept = z.output<typeof fileSchema>;

const fileOf = (stateDirectory: string) => join(stateDirectory, "shared.json");

function readKept(stateDirectory: string): Kept | undefined {
  const file = fileOf(stateDirectory);
  if (!existsSync(file)) return undefined;
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file} does not say what the class shares; bring back a copy of it`, { cause });
  }
}

const keep = (stateDirectory: string, kept: Kept) =>
  writePrivate(fileOf(stateDirectory), `${JSON.stringify(kept, null, 2)}\n`);

export interface SharedOptions {
  readonly course: Course;
  readonly stateDirectory: string;
  readonly account: TargetAccount;
  /** Of the shared program. */
  readonly engine: () => Promise<Engine>;
  readonly now: () => Date;
  readonly kill: AbortSignal;
  /** Told of what takes time. */
  readonly onProgress: (line: string) => void;
}

async function update(
  { course, stateDirectory, engine, now, kill }: SharedOptions,
  operation: "up" | "down",
  config: StackConfig,
  { refresh, cutOff }: { refresh: boolean; cutOff: boolean },
): Promise<Readonly<Record<string, unknown>>> {
  const stack = sharedStack(course.course);
  const log = openLog(stateDirectory, stack, now);
  const opened = await engine();
  const { deployment, warnings } = await writtenDown({ stateDirectory, stack, operation, now, kill }, () =>
    opened.update(stack, {
      ...{ operation: operation === "up" ? "up" : "destroy", config, refresh, cutOff, kill, onOutput: log },
      onStep: ({ op, urn }, done) => {
        if (done && op !== "same") log(`${op} ${urn.split("::").slice(2).join("::")}`);
      },
      onProcess: () => {},
    }),
  );
  for (const warning of warnings) log(`warning: ${warning}`);
  return deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** What a stack is told of what is shared, by its name. */
export type SharedSettings = (stack: string) => Readonly<Record<string, string>>;

const configured = (course: Course, template: Template, places: Allotments): Promise<StackConfig> =>
  readStackConfig(sharedProgram, sharedTemplate, sharedConfig(course, template, places));

/**
 * Brings up what the class shares, unless it stands as it should. Places of stacks are written down before anything is made of them.
 *
 * @param stacks all of the course, and those that still stand.
 * @param again also where nothing has changed.
 * @returns nothing, when nothing is shared.
 * @throws {Error} when the course's choices do not go together, or the engine fails; no stack has been touched then.
 */
export async function bringUpShared(
  options: SharedOptions,
  stacks: readonly string[],
  again: boolean,
): Promise<SharedSettings | undefined> {
  const { course, stateDirectory, account, onProgress } = options;
  checkSharing(course);
  const template = await readTemplate(course);
  const kept = readKept(stateDirectory);
  if (!sharesAnything(course, template)) return undefined;
  const places =
    course.isolation === "balancers"
      ? allocate(readPlaces(stateDirectory), stacks, stacksPerBalancer(template.webMax))
      : {};
  if (course.isolation === "balancers") writePlaces(stateDirectory, places);
  const config = await configured(course, template, places);
  const fingerprint = fingerprintUnder(await fingerprintOf(sharedProgram, []), config);
  const settings = (outputs: SharedOutputs) => (stack: string) => stackConfig(course, template, outputs, stack, places);

  const sameAccount = kept?.account === account.identity;
  if (kept?.fingerprint === fingerprint && sameAccount && !again) return settings(kept.outputs as SharedOutputs);
  onProgress(`${sharedStack(course.course)}: what the class shares is coming up`);
  const where = account.identity === undefined ? {} : { account: account.identity };
  // Until it has come to its end, a later command must look at it again.
  keep(stateDirectory, { ...where, outputs: kept?.outputs ?? {} });
  const cutOff = kept !== undefined && kept.fingerprint === undefined;
  const refresh = again || cutOff || (kept !== undefined && !sameAccount);
  const outputs = await update(options, "up", config, { refresh, cutOff });
  keep(stateDirectory, { ...where, fingerprint, outputs });
  return settings(outputs as SharedOutputs);
}

/**
 * Takes down what the class shares, if it was ever brought up; the last stack must be gone.
 *
 * @returns whether there was anything.
 */
export async function takeDownShared(options: SharedOptions): Promise<boolean> {
  const { course, stateDirectory, account, onProgress } = options;
  const kept = readKept(stateDirectory);
  if (kept === undefined) return false;
  onProgress(`${sharedStack(course.course)}: what the class shared is going`);
  const config = await configured(course, await readTemplate(course), readPlaces(stateDirectory));
  const { fingerprint: _, ...cut } = kept;
  keep(stateDirectory, cut);
  const refresh = kept.fingerprint === undefined || kept.account !== account.identity;
  await update(options, "down", config, { refresh, cutOff: kept.fingerprint === undefined });
  rmSync(fileOf(stateDirectory), { force: true });
  return true;
}
