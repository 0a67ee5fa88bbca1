/**
 * The engine's side of gRPC, as far as a component plugin asks for it: resources are registered and functions called, and both
 * are answered as a plan answers them.
 */
import { createRequire } from "node:module";
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { toPlain } from "../../plan/program/wire.ts";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";

// Generated CommonJS without types for what stands below.
const require = createRequire(import.meta.url);
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb.js") as {
  ResourceMonitorService: ServiceDefinition;
};
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb.js") as { EngineService: ServiceDefinition };
const resourceProto = require("@pulumi/pulumi/proto/resource_pb.js");
const providerProto = require("@pulumi/pulumi/proto/provider_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Monitor {
  /** `127.0.0.1:<port>`: of the monitor and of the engine. */
  readonly address: string;
  readonly registered: readonly Registered[];
  /** Errors that the plugin has logged. */
  readonly errors: readonly string[];
  stop(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: generated classes without types
type Message = any;
type Call = { readonly request: Message };
type Answer = (error: Error | null, response?: Message) => void;

const account = { region: "us-east-1", accountId: "123456789012" };

export async function startMonitor(): Promise<Monitor> {
  const registered: Registered[] = [];
  const errors: string[] = [];
  const create = synthesizeResources(account);
  const call = synthesizeFunctions(account);

  const monitor: UntypedServiceImplementation = {
    supportsFeature({ request }: Call, answer: Answer) {
      const response = new resourceProto.SupportsFeatureResponse();
      response.setHassupport(["secrets", "resourceReferences", "outputValues"].includes(request.getId()));
      answer(null, response);
    },
    registerResource({ request }: Call, answer: Answer) {
      register(request).then((response) => answer(null, response), answer);
    },
    registerResourceOutputs(_: Call, answer: Answer) {
      answer(null, new Empty());
    },
    invoke({ request }: Call, answer: Answer) {
      call(request.getTok(), toPlain(request.getArgs().toJavaScript()).values).then((outputs) => {
        const response = new providerProto.InvokeResponse();
        response.setReturn(Struct.fromJavaScript(outputs));
        answer(null, response);
      }, answer);
    },
  };

  async function register(request: Message): Promise<Message> {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const { values: inputs } = toPlain(request.getObject().toJavaScript());
    registered.push({ type, name, parent, inputs });
    const parentTypes = String(parent).split("::")[2];
    const urn = `urn:pulumi:test::lab::${parentTypes ? `${parentTypes}$` : ""}${type}::${name}`;
    // A component of awsx's own provider is remote: it has outputs as a resource has.
    const known = request.getCustom() || request.getRemote();
    const { id, outputs } = known
      ? await create({ urn, type, name, parent, custom: true, inputs })
      : { id: "", outputs: {} };
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(id);
    response.setObject(Struct.fromJavaScript(outputs));
    return response;
  }

  const engine: UntypedServiceImplementation = {
    log({ request }: Call, answer: Answer) {
      if (request.getSeverity() >= 3) errors.push(request.getMessage());
      answer(null, new Empty());
    },
  };

  const server = new Server();
  server.addService(ResourceMonitorService, monitor);
  server.addService(EngineService, engine);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, registered, errors, stop: () => server.forceShutdown() };
}
