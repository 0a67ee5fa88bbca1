/**
 * Runs a Pulumi program in this process and asks the parent process, over IPC, to bring each resource into being. It stands
 * where Pulumi's engine stands: the SDK's own mock monitor with the answers replaced, so no Pulumi CLI is needed.
 *
 * A process of its own gives the program what it has under `pulumi up`: its working directory, a fresh module cache, and an
 * end with the run; and an unhandled rejection inside it is the program's failure, not the runner's.
 */
import { createRequire } from "node:module";
import { RunError, runtime } from "@pulumi/pulumi";
import { noteSurroundings, prepareRun, restoreSurroundings } from "./again.ts";
import { noteAskedKeys } from "./asked-keys.ts";
import {
  type Answer,
  endOfOutput,
  type FromProgram,
  type Registration,
  type Start,
  type ToProgram,
} from "./messages.ts";
import { toPlain, toWire } from "./wire.ts";

/** The parts of a gRPC request that are read here. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getRemote(): boolean;
  getProtect(): boolean;
  getImportid(): string;
  getObject(): Struct;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getAdditionalsecretoutputsList(): string[];
}
interface ReadRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getId(): string;
  getProperties(): Struct;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
}
interface Struct {
  toJavaScript(): Record<string, unknown>;
}
type Callback = (error: unknown, response?: unknown) => void;
interface Monitor {
  registerResource(request: RegisterRequest, callback: Callback): void;
  readResource(request: ReadRequest, callback: Callback): void;
  registerResourceOutputs(request: { getUrn(): string; getOutputs(): Struct }, callback: Callback): void;
  invoke(request: { getTok(): string; getArgs(): Struct }, callback: Callback): void;
}

const stackType = "pulumi:pulumi:Stack";
const waiting = new Map<number, (answer: Answer) => void>();
const urns = new Set<string>();
let calls = 0;
let runs = 0;
/** How many calls there were when the process had nothing left to do. */
let asked = -1;
/** The run that is not over, and its outputs once its last line has run. */
let current: { readonly start: Start; outputs?: Readonly<Record<string, unknown>> } | undefined;
/** As they are before a program can replace them. */
const streams = [process.stdout, process.stderr].map((stream) => stream.write.bind(stream));

/**
 * Pulumi notes by a nameless error where each promise was made. To look all those places up in the TypeScript source would take
 * a quarter of the run, and nobody reads them.
 */
Error.prepareStackTrace = (error, frames) =>
  error.message === "" ? "" : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");

/** The SDK notes of each promise where it was made, for a report of those that never settle; `beforeExit` below reports them. */
createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js").debuggablePromise = (promise: unknown) =>
  promise;

/** Keys of the configuration that this run has asked for. */
const askedKeys = noteAskedKeys();

function send(message: FromProgram): void {
  process.send?.(message);
}

/** What the program printed is read to its end before anybody hears how it ended. */
function endOutput(): void {
  for (const write of streams) write(`${endOfOutput}\n`);
}

function fail(error: unknown): void {
  Reflect.deleteProperty(Error, "prepareStackTrace"); // stacks are written when they are first read, so this one from now on
  const { message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const because = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  endOutput();
  // As under `pulumi up`: what a program refuses on purpose says all there is to say; its own mistakes say where they are.
  const refused = error instanceof Error && RunError.isInstance(error);
  send({ kind: "failed", message: `${message}${because}`, stack: refused ? "" : (stack ?? "") });
}

function ask(message: (call: number) => FromProgram): Promise<Answer> {
  const call = calls++;
  return new Promise((resolve) => {
    waiting.set(call, resolve);
    process.channel?.ref();
    send(message(call));
  });
}

function answered(answer: Answer): void {
  waiting.get(answer.call)?.(answer);
  waiting.delete(answer.call);
  // Only a question keeps the process alive: a program that waits for nothing that can come ends, and says so.
  if (waiting.size === 0) process.channel?.unref();
}

/** As the engine forms it: the types of all parents but the stack, joined by `$`. */
function urnOf(start: Start, parent: string, type: string, name: string): string {
  const parentTypes = parent.split("::")[2] ?? "";
  const qualified = parentTypes === "" || parentTypes === stackType ? type : `${parentTypes}$${type}`;
  return `urn:pulumi:${start.stack}::${start.project}::${qualified}::${name}`;
}

/** The stack is the root of everything; a resource without another parent has none. */
function parentOf(request: { getParent(): string }): string | undefined {
  const parent = request.getParent();
  return parent === "" || parent.split("::")[2] === stackType ? undefined : parent;
}

function claimUrn(urn: string): string {
  if (urns.has(urn)) throw new Error(`two resources have the same URN ${urn}; give one of them another name`);
  urns.add(urn);
  return urn;
}

type Declared = Pick<
  RegisterRequest & ReadRequest,
  "getType" | "getName" | "getParent" | "getDependenciesList" | "getAdditionalsecretoutputsList"
>;

/** What is told of a resource, made or only read, and how it was answered. */
async function tell(
  start: Start,
  request: Declared,
  properties: Struct,
  more: Pick<Registration, "custom" | "protect" | "existing" | "ignoreChanges" | "deleteBeforeReplace">,
) {
  const [type, name] = [request.getType(), request.getName()];
  const urn = claimUrn(urnOf(start, request.getParent(), type, name));
  const { values, secrets } = toPlain(properties.toJavaScript());
  const registration: Registration = {
    urn,
    type,
    name,
    parent: parentOf(request),
    dependencies: request.getDependenciesList(),
    inputs: values,
    secretInputs: secrets,
    ...more,
  };
  const answer = await ask((call) => ({ kind: "register", call, registration }));
  return { urn, secrets, answer, secretOutputs: request.getAdditionalsecretoutputsList() };
}

async function register(start: Start, request: RegisterRequest) {
  const { urn, secrets, answer, secretOutputs } = await tell(start, request, request.getObject(), {
    custom: request.getCustom() || request.getRemote(),
    protect: request.getProtect(),
    existing: request.getImportid() || undefined,
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
  });
  const secret = new Set([...secretOutputs, ...secrets.map((path) => path.split(/[.[]/)[0] ?? "")]);
  return {
    getUrn: () => urn,
    getId: () => answer.id ?? "",
    getObject: () => ({ toJavaScript: () => toWire(answer.outputs, secret) }),
    getPropertydependenciesMap: () => undefined,
    getResult: () => 0,
  };
}

async function read(start: Start, request: ReadRequest) {
  const { urn, answer, secretOutputs } = await tell(start, request, request.getProperties(), {
    custom: true,
    protect: false,
    existing: request.getId(),
    ignoreChanges: [],
    deleteBeforeReplace: undefined,
  });
  return {
    getUrn: () => urn,
    getProperties: () => ({ toJavaScript: () => toWire(answer.outputs, new Set(secretOutputs)) }),
  };
}

async function invoke(token: string, args: Struct) {
  const answer = await ask((call) => ({ kind: "invoke", call, token, args: toPlain(args.toJavaScript()).values }));
  return { getFailuresList: () => [], getReturn: () => ({ toJavaScript: () => answer.outputs }) };
}

/** Lets a promise answer a gRPC callback; what goes wrong here is the run's failure. */
function answerWith(callback: Callback, response: Promise<unknown>): void {
  response.then(
    (value) => callback(null, value),
    (error: unknown) => {
      fail(error);
      callback(error);
    },
  );
}

async function run(start: Start): Promise<void> {
  const mine: typeof current = { start };
  current = mine;
  urns.clear();
  askedKeys.clear();
  const entry = prepareRun(start.entry, ++runs);
  const unused = () => {
    throw new Error("the monitor's answers are replaced");
  };
  await runtime.setMocks({ call: unused, newResource: unused }, start.project, start.stack, start.preview, "local");
  const monitor = runtime.getMonitor() as unknown as Monitor;
  monitor.registerResource = (request, callback) => answerWith(callback, register(start, request));
  monitor.readResource = (request, callback) => answerWith(callback, read(start, request));
  monitor.invoke = (request, callback) => answerWith(callback, invoke(request.getTok(), request.getArgs()));
  monitor.registerResourceOutputs = (request, callback) => {
    send({ kind: "outputs", urn: request.getUrn(), outputs: toPlain(request.getOutputs().toJavaScript()).values });
    callback(null, {});
  };
  runtime.setAllConfig({ ...start.config });
  const outputs = await runtime.runInPulumiStack(() => {
    noteSurroundings();
    return import(entry);
  });
  await runtime.disconnect();
  mine.outputs = outputs ?? {};
}

// As under `pulumi up`, a program is over when its process has nothing left to do.
process.on("beforeExit", () => {
  if (current === undefined) return;
  // Packages may declare more at the very end (`bucket.onObjectCreated` does): over is what has nothing to do twice.
  if (asked !== calls) {
    asked = calls;
    setImmediate(() => {});
    return;
  }
  const { start, outputs } = current;
  current = undefined;
  if (outputs === undefined) {
    fail(new Error("it waits for a value that never comes: a promise or an Output that nothing resolves"));
    return;
  }
  const again = start.again && restoreSurroundings();
  if (again) process.channel?.ref(); // the next start comes from there
  endOutput();
  send({ kind: "done", outputs, asked: [...askedKeys], again });
});
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
process.on("disconnect", () => process.exit(0)); // the runner is gone
process.on("message", (message: ToProgram) => {
  if (message.kind === "answer") {
    answered(message);
    return;
  }
  process.channel?.unref();
  run(message).catch(fail);
});
