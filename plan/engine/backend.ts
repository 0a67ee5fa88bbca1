/** Pulumi's own files of a stack, as far as an engine that was killed leaves something in them to be dealt with. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../process/alive.ts";
import { type Deployment, pendingCreates } from "./state.ts";

/** One stack in a backend that is a folder of this machine. */
export interface KeptStack {
  /** Pulumi's folder, in which `.pulumi` lies. */
  readonly backend: string;
  readonly project: string;
  readonly stack: string;
}

function stateIn(file: string): Deployment | undefined {
  try {
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: Deployment | null } };
    return checkpoint?.latest ?? {};
  } catch {
    return undefined;
  }
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the last engine, when it ended, may have left something of this URN behind that the state does not have. An engine
 * that was killed over the writing of its state may leave half of it: the copy of the state before is then put back. Beside the
 * state Pulumi writes a file of attributes (its type and checksum), which it does not miss, but does not read when it is broken.
 *
 * @param remedy what is to be done when both are damaged: the end of the error's message.
 */
export function leftUnfinished({ backend, project, stack }: KeptStack, remedy: string): (urn: string) => boolean {
  const file = join(backend, ".pulumi", "stacks", project, `${stack}.json`);
  if (!existsSync(file)) return () => false;
  if (existsSync(`${file}.attrs`) && !isJson(`${file}.attrs`)) rmSync(`${file}.attrs`);
  const whole = stateIn(file);
  if (whole !== undefined) {
    const pending = pendingCreates(whole);
    return (urn) => pending.has(urn);
  }
  const before = stateIn(`${file}.bak`);
  if (before === undefined) throw new Error(`${file} is damaged, and so is the copy beside it; ${remedy}`);
  copyFileSync(`${file}.bak`, file);
  const known = new Set((before.resources ?? []).map(({ urn }) => urn));
  return (urn) => !known.has(urn);
}

/** Files named by the processes of providers that run, one each. */
const providersBeside = (journal: string) => join(dirname(journal), "providers");

/** Notes a provider for as long as its process lives. */
export function noteProvider(journal: string): void {
  const folder = providersBeside(journal);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(process.pid));
  writeFileSync(file, "");
  process.once("exit", () => rmSync(file, { force: true }));
}

const lookMilliseconds = 50;

/**
 * Resolves when nothing of an engine that was cut off works any more on the stack. A killed process takes a moment to die, and its
 * lock is its own until then. Its provider finishes what is under way and writes it down, and whoever goes on before that would make
 * the same thing again.
 *
 * @param patience milliseconds; whoever still works after them belongs to nobody.
 */
export async function untilAlone(kept: KeptStack, journal: string, patience = 30_000): Promise<void> {
  const folder = providersBeside(journal);
  const deadline = Date.now() + patience;
  const works = () => [...notesIn(folder), ...locksOf(kept)].some(ownerLives);
  while (works() && Date.now() < deadline) await delay(lookMilliseconds);
  rmSync(folder, { recursive: true, force: true });
}

/** A file that says whose it is; without an owner nobody knows. */
interface Note {
  readonly file: string;
  readonly pid?: number;
}

function ownerLives({ file, pid }: Note): boolean {
  return pid !== undefined && pid > 0 && isAlive(pid, statSync(file, { throwIfNoEntry: false })?.mtimeMs);
}

const notesIn = (folder: string): Note[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => ({ file: join(folder, name), pid: Number(name) })) : [];

function locksOf({ backend, project, stack }: KeptStack): Note[] {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ ...lockIn(join(folder, name)), file: join(folder, name) }));
}

/** One that was killed over the writing of it may leave it empty: it is nobody's. Released meanwhile: the same. */
function lockIn(file: string): { readonly pid?: number } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { readonly pid?: number };
  } catch {
    return { pid: 0 };
  }
}

/** Takes away the locks of engines that no longer live: Pulumi would wait for their owners for ever. */
export function clearStaleLocks(kept: KeptStack): void {
  for (const lock of locksOf(kept)) if (lock.pid !== undefined && !ownerLives(lock)) rmSync(lock.file, { force: true });
}
