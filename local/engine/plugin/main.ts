/**
 * The provider's process, started by the engine: prints the port that it listens on, and ends when the engine has. Which
 * emulator it deploys to stands in its environment, since it is no part of a stack's configuration.
 */
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { noteProvider } from "../../../plan/engine/backend.ts";
import { createResources } from "../../resources/driver.ts";
import { createFunctions } from "../../resources/functions.ts";
import { emulatorFromEnvironment } from "./environment.ts";
import { openJournal } from "./journal.ts";
import { createProvider } from "./provider.ts";
import { createService } from "./service.ts";

const { emulator, gateway, projectDirectory, journal } = emulatorFromEnvironment(process.env);
const [version = "0.0.0"] = process.argv.slice(2);
if (journal !== undefined) noteProvider(journal);

const resources = createResources({ emulator, projectDirectory, ...(gateway === undefined ? {} : { gateway }) });
/** Calls under way, and what to do when there are none. */
let underWay = 0;
let whenIdle = () => {};

type Method = (call: unknown, callback: (...answer: unknown[]) => void) => void;

function counted(service: grpc.UntypedServiceImplementation): grpc.UntypedServiceImplementation {
  const methods = Object.entries(service as Record<string, Method>).map(([name, method]) => {
    const counting: Method = (call, callback) => {
      underWay++;
      method(call, (...answer) => {
        callback(...answer);
        if (--underWay === 0) whenIdle();
      });
    };
    return [name, counting];
  });
  return Object.fromEntries(methods);
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(
  services.ResourceProviderService,
  counted(
    createService({
      version,
      provider: createProvider(resources, openJournal(journal)),
      functions: createFunctions(resources.contextOf({ urn: "", name: "" })),
      region: emulator.region,
    }),
  ),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});

/** What is under way is finished, and written down, first. */
function end(): void {
  whenIdle = () => process.exit(0);
  if (underWay === 0) whenIdle();
}

// The engine says when it is done, and waits seconds for each provider that does not listen. It holds the other end of the
// standard input for as long as it lives, however it ends. A terminal's Ctrl-C does not come here: it is another process group.
process.once("SIGINT", end);
process.once("SIGTERM", end);
process.stdin.resume().once("end", end);
