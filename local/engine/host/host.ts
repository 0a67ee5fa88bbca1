/**
 * Runs one operation of Pulumi's engine, and the program when the engine asks for it: the Automation API's inline program. A
 * process of its own gives the program its working directory, a fresh module cache, and an end with the operation.
 */
import { pathToFileURL } from "node:url";
import { runtime } from "@pulumi/pulumi";
import { type EngineEvent, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { noteAskedKeys } from "../../../plan/program/asked-keys.ts";
import { type Deployment, settled } from "../state.ts";
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

async function run(start: Start): Promise<void> {
  const stack = await openStack(start);
  const options = {
    onEvent(event: EngineEvent) {
      const message = told(event);
      if (message !== undefined) void send(message);
    },
    onError: () => {},
    color: "never" as const,
    suppressProgress: true,
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
      await stack.destroy(options);
      break;
    case "export":
      break;
  }
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
process.on("disconnect", () => process.exit(1)); // whoever asked is gone
