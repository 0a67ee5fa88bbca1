/**
 * The door to the emulator: every call of an instance, and every presigned request of a browser, passes here. What happens
 * to one is told in requests.ts. What a service does about its calls is that service's own (service.ts): the gateway is given
 * a list of them and knows none by name.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway, GatewayCall } from "../types.ts";
import { type Answer, type Call, type Forward, pass } from "./call.ts";
import type { Credentials } from "./credentials.ts";
import { Refusal } from "./errors.ts";
import { createFaults } from "./faults.ts";
import { notePeers } from "./http.ts";
import { requestHandler } from "./requests.ts";
import type { Service } from "./service.ts";

export interface GatewayOptions {
  /** Passes a call on to the emulator. */
  readonly forward: Forward;
  /** Who may call, and by which keys. */
  readonly credentials: Credentials;
  /** Calls of any other service are passed on as they are. */
  readonly services: readonly Service[];
  /** Whether the caller may make this call. @throws {Refusal} */
  readonly allow: (call: Call) => Promise<void>;
  /** Default: any free port. */
  readonly port?: number | undefined;
  /** Interface to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Name by which instances and browsers reach it; it is part of every presigned URL. Default `localhost`. */
  readonly publicHost?: string | undefined;
  /** Calls that come before this resolves wait for it: the emulator is gone and comes back. Omitted: it is there. */
  readonly whole?: (() => Promise<void>) | undefined;
  readonly onError: (error: unknown) => void;
}

/** The emulator answers what it does not offer with a web page, which no client can read (S3's are in order). */
function understood({ service, action, protocol }: Call, answer: Answer): Answer {
  const isPage = answer.headers["content-type"]?.startsWith("text/html") === true;
  if (answer.status < 400 || !isPage || protocol === "s3") return answer;
  if (!Buffer.isBuffer(answer.body)) answer.body.resume();
  if (answer.status >= 500) throw new Refusal(500, "InternalFailure", `The emulator failed at ${service}:${action}`);
  throw new Refusal(501, "NotImplemented", `The emulator does not offer ${service}:${action}`);
}

/** The way of a call that is permitted: through what its service does about it, to the emulator. */
function dispatcher(services: ReadonlyMap<string, Service>, forward: Forward): (call: Call) => Promise<Answer> {
  return (call) => {
    const { around = pass, calls = {}, behind = pass } = services.get(call.service) ?? {};
    const special = calls[call.action] ?? pass;
    const answer = (known: Call) => behind(known, async (last) => understood(last, await forward(last)));
    return around(call, (known) => special(known, answer));
  };
}

/** Resolves when it listens. */
async function listen(
  serve: ReturnType<typeof requestHandler>,
  { port = 0, host = "127.0.0.1", onError }: Pick<GatewayOptions, "port" | "host" | "onError">,
): Promise<Server> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      onError(error);
      response.destroy();
    });
  });
  notePeers(server);
  // Uploads of several gigabytes and long polls take their time; callers reuse connections for longer than 5 s.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

/** Starts the gateway in front of an emulator and resolves when it listens. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { credentials, forward, allow, onError, publicHost = "localhost" } = options;
  const services = new Map(options.services.map((service) => [service.name, service]));
  const faults = createFaults();
  const listeners = new Set<(call: GatewayCall) => void>();
  const counts = new Map<string, number>();

  const serve = requestHandler({
    credentials,
    services,
    whole: options.whole ?? (async () => {}),
    allow,
    faults: faults.intercept,
    dispatch: dispatcher(services, forward),
    tell(call, request) {
      const name = `${call.service}:${call.action}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      services.get(call.service)?.answered?.(request, call.status);
      for (const listener of listeners) listener(call);
    },
    onError,
  });
  const server = await listen(serve, options);

  return {
    endpoint: `http://${publicHost}:${(server.address() as AddressInfo).port}`,
    administrator: credentials.administrator,
    credentialsFor: (roleArn) => credentials.issue(roleArn),
    onCall(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    callCounts: () => counts,
    inject: faults.inject,
    async stop() {
      if (!server.listening) return;
      for (const service of services.values()) service.stop?.();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
