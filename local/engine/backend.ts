/** Pulumi's own files of a stack, as far as an engine that was killed leaves something in them to be dealt with. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lives } from "../process/lives.ts";
import { type Deployment, pendingCreates } from "./state.ts";

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
 */
export function leftUnfinished(backend: string, project: string, stack: string): (urn: string) => boolean {
  const file = join(backend, ".pulumi", "stacks", project, `${stack}.json`);
  if (!existsSync(file)) return () => false;
  if (existsSync(`${file}.attrs`) && !isJson(`${file}.attrs`)) rmSync(`${file}.attrs`);
  const whole = stateIn(file);
  if (whole !== undefined) {
    const pending = pendingCreates(whole);
    return (urn) => pending.has(urn);
  }
  const before = stateIn(`${file}.bak`);
  if (before === undefined) throw new Error(`${file} is damaged, and so is the copy beside it; --fresh begins anew`);
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

/** Whoever still works after this time belongs to nobody. */
const patienceMilliseconds = 30_000;
const lookMilliseconds = 50;

/**
 * Resolves when nothing of an engine that was cut off works any more. A killed process takes a moment to die, and its lock is its
 * own until then. Its provider finishes what is under way and writes it down, and whoever goes on before that would make the same
 * thing again.
 */
export async function untilAlone({ backend, journal }: { backend: string; journal: string }): Promise<void> {
  const folder = providersBeside(journal);
  const deadline = Date.now() + patienceMilliseconds;
  const providers = () => (existsSync(folder) ? readdirSync(folder).map(Number) : []);
  const owners = () => locksIn(backend).flatMap(({ pid }) => pid ?? []);
  while ([...providers(), ...owners()].some(lives) && Date.now() < deadline) await delay(lookMilliseconds);
  rmSync(folder, { recursive: true, force: true });
}

function locksIn(backend: string): { readonly file: string; readonly pid?: number }[] {
  const folder = join(backend, ".pulumi", "locks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name))
    .map((file) => ({ ...(JSON.parse(readFileSync(file, "utf8")) as { readonly pid?: number }), file }));
}

/** Takes away the locks of engines that no longer live: Pulumi would wait for their owners for ever. */
export function clearStaleLocks(backend: string): void {
  for (const { file, pid } of locksIn(backend)) if (pid !== undefined && !lives(pid)) rmSync(file);
}
