/**
 * Runs one operation of Pulumi's engine, and the program when the engine asks for it: the Automation API's inline program. A
 * process of its own gives the program its working directory, a fresh module cache, and an end with the operation.
 */
import { pathToFileURL } from "node:url";
import { runtime } from "@pulumi/pulumi";
import { type EngineEvent, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { noteAskedKeys } from "../../program/asked-keys.ts";
import { type Deployment, pendingCreates, settled, supposed } from "../state.ts";
import type { FromHost, Start } from "./messages.ts";

/** The program runs at most once in this process. */
const askedKeys = noteAskedKeys();

function send(message: FromHost): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

function told({ diagnosticEvent, summaryEvent, resourcePreEvent, resOutputsEvent }: EngineEvent): FromHost | undefined {
  if (diagnosticEvent !== undefined) {
    const { severity, message, urn } = diagnosticEvent;
    return { kind: "diagnostic", severity, message: message.trim(), ...(urn ? { urn } : {}) };
  }
  if (summaryEvent !== undefined) {
    return { kind: "summary", changes: summaryEvent.resourceChanges as Record<string, number> };
  }
  const metadata = (resOutputsEvent ?? resourcePreEvent)?.metadata;
  if (metadata === undefined) return undefined;
  const { op, urn, type, diffs } = metadata;
  return { kind: "step", step: { op, urn, type, diffs: diffs ?? [] }, done: resOutputsEvent !== undefined };
}

async function openStack(start: Start): Promise<Stack> {
  const workspace = await LocalWorkspace.create({
    workDir: start.workspace,
    pulumiHome: start.home,
    pulumiCommand: await PulumiCommand.get({
      root: start.pulumi.replace(/\/bin\/pulumi$/, ""),
      skipVersionCheck: true,
    }),
    envVars: { ...start.environment },
    program() {
      runtime.setAllConfig({ ...start.config });
      return import(pathToFileURL(start.entry).href);
    },
  });
  const stack = await Stack.createOrSelect(start.stack, workspace);
  // What an operation has done is told by its events and the exported state: three more processes of the engine, to ask it again, are spared.
  return Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
}

/** Aborted when nobody waits for the outcome any more: the engine ends what is under way, writes its state and begins nothing. */
const abandoned = new AbortController();

const quiet = { onError: () => {}, color: "never", suppressProgress: true } as const;

/**
 * What was being created when the engine before this one was killed, and of which nobody has written down whether it was. What can be
 * looked for by its name is; the state forgets the rest.
 */
async function clearPending(stack: Stack): Promise<void> {
  const exported = await stack.exportStack();
  const deployment = (exported.deployment ?? {}) as Deployment;
  if (pendingCreates(deployment).size === 0) return;
  const looked = supposed(deployment);
  for (const urn of pendingCreates(looked)) {
    const message = "was being created when an earlier engine was killed; if it stands, nothing here knows of it";
    await send({ kind: "diagnostic", severity: "warning", message, urn });
  }
  await stack.importStack({ ...exported, deployment: looked });
  await stack.refresh({ ...quiet, clearPendingCreates: true, signal: abandoned.signal });
}

async function perform(start: Start, stack: Stack): Promise<void> {
  const options = {
    ...quiet,
    onEvent(event: EngineEvent) {
      const message = told(event);
      if (message !== undefined) void send(message);
    },
    signal: abandoned.signal,
    ...(start.parallel === undefined ? {} : { parallel: start.parallel }),
  };
  switch (start.operation) {
    case "preview":
      await stack.preview({ ...options, refresh: start.refresh });
      break;
    case "up":
      await stack.up({ ...options, refresh: start.refresh });
      break;
    case "refresh":
      await stack.refresh(options);
      break;
    case "destroy":
      await stack.destroy({ ...options, refresh: start.refresh });
      break;
    case "export":
      break;
  }
}

async function run(start: Start): Promise<void> {
  const stack = await openStack(start);
  if (start.unlock) await stack.cancel();
  if (start.pending === "cleared" && start.operation !== "export") await clearPending(stack);
  // Nobody waits any more: what has not begun does not begin.
  if (abandoned.signal.aborted) return;
  await perform(start, stack);
  const exported = await stack.exportStack();
  const deployment = start.operation === "up" ? settled(exported.deployment as Deployment) : undefined;
  if (deployment !== undefined) await stack.importStack({ ...exported, deployment });
  await send({ kind: "done", deployment: deployment ?? exported.deployment, asked: [...askedKeys] });
}

process.on("message", (start: Start) => {
  run(start)
    .catch((error: unknown) =>
      send({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.exit(0)); // Pulumi's gRPC server would keep it
});
process.on("disconnect", () => abandoned.abort());
