/** The plugin for other languages, as the engine starts it: a process that says its port and answers over gRPC. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import { toPlain } from "../../plan/program/wire.ts";

const require = createRequire(import.meta.url);
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const providerProto = require("@pulumi/pulumi/proto/provider_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Plugin {
  /** @throws {Error} what the plugin answers instead. */
  schema(): Promise<string>;
  /** State of the component that was constructed. @throws {Error} what the plugin answers instead. */
  construct(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** @param engine address of the engine and its monitor. @param directory the project of the program that uses it. */
export async function startPlugin(engine: string, directory: string): Promise<Plugin> {
  // The language host's own starter: it loads what package.json names as `main`.
  const starter = require.resolve("@pulumi/pulumi/cmd/run-plugin/index.js");
  const child = spawn(process.execPath, [starter, root, engine], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const ended = once(child, "exit");
  const port = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([line]) => Number(line)),
    ended.then(() => Promise.reject(new Error(`the plugin has ended: ${complaints}`))),
  ]);
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());

  // biome-ignore lint/suspicious/noExplicitAny: generated classes without types
  const ask = (method: string, request: any) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    new Promise<any>((resolve, reject) => {
      client[method](request, (error: Error | null, response: unknown) => (error ? reject(error) : resolve(response)));
    });

  return {
    async schema() {
      return (await ask("getSchema", new providerProto.GetSchemaRequest())).getSchema();
    },
    async construct(type, name, inputs) {
      const request = new providerProto.ConstructRequest();
      request.setType(type);
      request.setName(name);
      request.setProject("lab");
      request.setStack("test");
      request.setMonitorendpoint(engine);
      request.setInputs(Struct.fromJavaScript(inputs));
      const response = await ask("construct", request);
      return toPlain(response.getState().toJavaScript()).values;
    },
    async stop() {
      client.close();
      child.kill();
      await ended;
    },
  };
}
