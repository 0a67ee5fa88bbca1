/**
 * A program's next run in the process of the last one, which has Pulumi's packages loaded. It finds what a first run finds:
 * modules of its own that are fresh, and the SDK's state empty. Where a run has left anything else behind, there is no next one.
 */
import module, { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { runtime } from "@pulumi/pulumi";
import { isShared, resolveSync, runKey } from "./fresh.js";

const { cache } = createRequire(import.meta.url);
type Loaded = NonNullable<(typeof cache)[string]>;

/** Where the SDK keeps a run's state (`runtime/state.js`), and what its packages have registered since they were loaded. */
interface SdkGlobals {
  globalStore?: { resourcePackages: unknown; resourceModules: unknown } | undefined;
  stackResource?: unknown;
}
const globals = globalThis as SdkGlobals;

/** Forgets CommonJS modules, except Pulumi's with all that they have loaded. */
function forgetModules(): void {
  const kept = new Set<Loaded>();
  const keep = (module: Loaded): void => {
    if (kept.has(module)) return;
    kept.add(module);
    module.children.forEach(keep);
  };
  const loaded = Object.entries(cache).flatMap(([file, module]) => (module === undefined ? [] : [{ file, module }]));
  for (const { file, module } of loaded) if (isShared(file)) keep(module);
  for (const { file, module } of loaded) if (!kept.has(module)) delete cache[file];
}

function hookIn(): void {
  // Since Node 22.15 hooks can run in the thread that loads, without a second one. @types/node is of Node 20.
  const { registerHooks } = module as { registerHooks?: (hooks: { resolve: unknown }) => void };
  if (registerHooks === undefined) module.register("./fresh.js", import.meta.url);
  else registerHooks({ resolve: resolveSync });
}

/** Makes the process ready for a run. @param run how many there are with this one. @returns what to import for it. */
export function prepareRun(entry: string, run: number): string {
  const url = pathToFileURL(entry);
  if (run === 1) return url.href;
  // Behind the loader of TypeScript, so that this one has the last word. A first run goes without it.
  if (run === 2) hookIn();
  forgetModules();
  resetSdk();
  url.searchParams.set(runKey, String(run));
  return url.href;
}

/** Gives the SDK an empty state, but for what its packages registered when they were loaded. */
function resetSdk(): void {
  if (globals.globalStore === undefined) return;
  const { resourcePackages, resourceModules } = globals.globalStore;
  globals.globalStore = undefined;
  globals.stackResource = undefined;
  runtime.isDryRun(); // the first question makes a new state
  Object.assign(globals.globalStore ?? {}, { resourcePackages, resourceModules });
}

/** What a program can change for whatever runs after it in its process. Listeners: of the process's own events. */
interface Surroundings {
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly directory: string;
  readonly globals: Readonly<Record<PropertyKey, PropertyDescriptor>>;
  readonly listeners: ReadonlyMap<string | symbol, readonly unknown[]>;
}

let before: Surroundings | undefined;
/** Listeners of packages that stay loaded: they listen in each run. */
const lasting = new WeakSet<object>();

function noteListener(_: string | symbol, listener: object): void {
  const lines = new Error("who listens").stack?.split("\n") ?? [];
  const caller = lines.slice(1).find((line) => !line.includes("node:") && !line.includes(import.meta.filename));
  if (caller !== undefined && isShared(caller)) lasting.add(listener);
}

/** Notes, before the program's first line, how it finds its process. */
export function noteSurroundings(): void {
  if (before !== undefined) return;
  process.on("newListener", noteListener);
  before = {
    environment: { ...process.env },
    directory: process.cwd(),
    globals: Object.getOwnPropertyDescriptors(globalThis),
    listeners: new Map(process.eventNames().map((name) => [name, process.listeners(name as "exit")])),
  };
}

function sameProperty(a: PropertyDescriptor = {}, b: PropertyDescriptor = {}): boolean {
  return Object.is(a.value, b.value) && a.get === b.get && a.set === b.set && a.writable === b.writable;
}

function restoreGlobals(globals: Surroundings["globals"]): boolean {
  const own = ["globalStore", "stackResource"];
  return Reflect.ownKeys(globalThis)
    .filter((key) => !own.includes(String(key)))
    .every((key) => {
      const descriptor = globals[key as string];
      const found = Object.getOwnPropertyDescriptor(globalThis, key);
      if (sameProperty(found, descriptor)) return true;
      if (descriptor === undefined) return Reflect.deleteProperty(globalThis, key);
      return Reflect.defineProperty(globalThis, key, descriptor);
    });
}

/** Puts back what the program has changed. @returns false when it has left something that cannot be undone. */
export function restoreSurroundings(): boolean {
  if (before === undefined) return false;
  const { environment, directory, globals, listeners } = before;
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  for (const [key, value] of Object.entries(environment)) if (process.env[key] !== value) process.env[key] = value;
  if (process.cwd() !== directory) process.chdir(directory);
  process.exitCode = undefined;
  for (const name of process.eventNames()) {
    const known = listeners.get(name) ?? [];
    const added = process.listeners(name as "exit").filter((each) => !known.includes(each) && !lasting.has(each));
    for (const listener of added) process.off(name, listener);
  }
  return restoreGlobals(globals);
}
