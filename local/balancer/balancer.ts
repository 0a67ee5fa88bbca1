/**
 * The load balancer: one HTTP port on this machine before the targets of the declared target group. The declared HTTP listener
 * (a redirect) and HTTPS listener are one plain HTTP port here: browsers trust `http://localhost` as they trust HTTPS.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createProxyServer } from "httpxy";
import type { Plan } from "../../plan/types.ts";
import type { VirtualServer } from "../capacity/virtual-server.ts";
import { resourcesOfType } from "../declared.ts";
import type { Measure } from "../metrics/minutes.ts";
import type { Emulator, LocalClock, Target, TargetHealth } from "../types.ts";
import { type BalancerDeclaration, readBalancer } from "./declaration.ts";
import { type CapacityOf, createHold, createVirtualServers, type Hold, sendOn } from "./handicap.ts";
import { addForwarded, addTrace, dropInvalid } from "./headers.ts";
import type { RequestSample } from "./metrics.ts";
import { createRequestLog } from "./request-log.ts";
import { createTargets, type RegisteredTarget } from "./targets.ts";

export interface BalancerOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly loadBalancerArn: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: LocalClock;
  /** Sees a request first; answers it and returns true, or leaves it to the targets. Such requests are in no metric. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly onRequest?: (sample: RequestSample) => void;
  readonly onHealth?: (target: Target, health: TargetHealth) => void;
  /** Holds instances to a declared capacity; see handicap.ts. Omitted: they answer as fast as they can. */
  readonly capacityOf?: CapacityOf;
}

export interface Balancer {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly port: number;
  readonly declaration: BalancerDeclaration;
  register(target: Target): void;
  /** Resolves when the target has drained. */
  deregister(instanceId: string): Promise<void>;
  /** The instance is gone at once: who waits for an answer of it is told so. */
  cut(instanceId: string): void;
  /** Health of a registered target; `undefined`: not registered. */
  health(instanceId: string): TargetHealth | undefined;
  targets(): readonly Readonly<RegisteredTarget>[];
  /** Reads the declaration of this plan's load balancer anew, in place of the one before. */
  follow(plan: Plan): Promise<void>;
  /** Its metrics, as AWS/ApplicationELB has them. */
  readonly measure: Measure;
  stop(): Promise<void>;
}

const ownPages = { 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" } as const;

function ownPage(response: ServerResponse, status: keyof typeof ownPages): void {
  const title = `${status} ${ownPages[status]}`;
  response
    .writeHead(status, { server: "awselb/2.0", "content-type": "text/html" })
    .end(
      `<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n</body>\n</html>\n`,
    );
}

class IdleTimeout extends Error {}

/** Reads the declaration, then listens. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { emulator, clock, intercept, onRequest, onHealth, capacityOf = () => undefined } = options;
  const declaration = await readBalancer(emulator, options.loadBalancerArn);
  const idle = declaration.idleTimeoutSeconds * 1_000;
  const targets = createTargets({ declaration, clock, onHealth: onHealth ?? (() => {}) });
  const requests = createRequestLog({ clock, dimensions: declaration, hosts });
  const serverOf = createVirtualServers(clock, capacityOf);
  const agent = new Agent({ keepAlive: true });
  const proxy = createProxyServer({ agent, proxyTimeout: 0, upgradeTimeout: idle, xfwd: false });
  let port = options.port;

  function hosts() {
    const list = targets.list();
    const healthy = list.filter((target) => target.health === "healthy").length;
    const unhealthy = list.filter((target) => target.health === "unhealthy").length;
    return { healthy, unhealthy };
  }

  function record(sample: RequestSample): void {
    requests.record(sample);
    onRequest?.(sample);
  }

  interface Passage {
    readonly target: RegisteredTarget;
    readonly response: ServerResponse;
    readonly sent: number;
    readonly hold?: Hold;
    answered: boolean;
  }
  const passages = new WeakMap<IncomingMessage, Passage>();
  /** Those whose answers are held back. */
  const held = new Set<Passage>();

  function answered(passage: Passage, status: number): void {
    passage.answered = true;
    const seconds = (performance.now() - passage.sent) / 1_000;
    // What is held to a capacity in AWS's time is measured in it.
    const responseSeconds = passage.hold === undefined ? seconds : seconds * clock.speed;
    record({ target: passage.target.instanceId, status, own: false, responseSeconds });
  }

  function failed(passage: Passage, status: keyof typeof ownPages): void {
    const { target, response } = passage;
    passage.answered = true;
    record({ target: target.instanceId, status, own: true, responseSeconds: undefined });
    if (!response.headersSent) ownPage(response, status);
  }

  proxy.on("proxyReq", (proxyRequest) => {
    proxyRequest.setTimeout(idle, () => proxyRequest.destroy(new IdleTimeout()));
  });
  proxy.on("proxyRes", (answer, request) => {
    const passage = passages.get(request as IncomingMessage);
    if (passage === undefined) return;
    if (passage.hold === undefined) answered(passage, answer.statusCode ?? 0);
    else if (passage.answered) answer.destroy();
    else {
      answer.setTimeout(0); // it waits here, and not for the target
      passage.hold.arrived(answer);
    }
  });
  // One attempt per request, as AWS makes it: a target that ends before it answers is a 502, whatever the method.
  proxy.on("error", (error, request, response) => {
    const passage = request && passages.get(request as IncomingMessage);
    if (passage === undefined || passage.answered || !(response && "writeHead" in response)) {
      (response as Socket | ServerResponse | undefined)?.destroy();
      return;
    }
    failed(passage, error instanceof IdleTimeout ? 504 : 502);
  });

  function prepare(request: IncomingMessage): void {
    if (declaration.dropInvalidHeaders) dropInvalid(request.headers);
    addForwarded(request.headers, request.socket.remoteAddress ?? "127.0.0.1", port);
    addTrace(request.headers, clock.now());
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    if (intercept?.(request, response)) return;
    const target = targets.choose();
    if (target === undefined) {
      record({ target: undefined, status: 503, own: true, responseSeconds: undefined });
      ownPage(response, 503);
      return;
    }
    requests.requested();
    const server = serverOf(target);
    const passage: Passage = { target, response, sent: performance.now(), answered: false };
    if (server === undefined) send(passage, request);
    else sendAndHold(passage, server, request);
  }

  function send(passage: Passage, request: IncomingMessage): void {
    const { target, response, hold } = passage;
    prepare(request);
    passages.set(request, passage);
    targets.began(target);
    response.once("close", () => targets.ended(target));
    const selfHandleResponse = hold !== undefined;
    void proxy.web(request, response, { target: `http://${target.host}:${target.port}`, selfHandleResponse });
  }

  function sendAndHold(free: Passage, server: VirtualServer, request: IncomingMessage): void {
    const { response } = free;
    const hold = createHold((answer) => {
      if (passage.answered) return;
      answer.setTimeout(idle);
      answered(passage, answer.statusCode ?? 0);
      const { clientSeconds = 0 } = capacityOf(passage.target.instanceId) ?? {};
      if (clientSeconds === 0) sendOn(answer, response);
      else clock.after(clientSeconds * 1_000, () => sendOn(answer, response));
    });
    const passage: Passage = { ...free, hold };
    const turn = server.enter(hold.served);
    if (turn === undefined) {
      record({ target: passage.target.instanceId, status: 503, own: false, responseSeconds: 0 });
      response.writeHead(503, { "content-type": "text/plain" }).end("Service Unavailable\n");
      return;
    }
    const cancel = clock.after(idle, () => {
      if (!hold.isServed() && !passage.answered) failed(passage, 504);
    });
    held.add(passage);
    response.once("close", () => {
      held.delete(passage);
      cancel();
      turn.leave();
      if (passage.answered) return;
      passage.answered = true; // 460: the client did not wait
      record({ target: passage.target.instanceId, status: 460, own: true, responseSeconds: undefined });
    });
    send(passage, request);
  }

  function cut(instanceId: string): void {
    for (const passage of held) {
      if (passage.target.instanceId === instanceId && !passage.answered) failed(passage, 502);
    }
  }

  function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const target = targets.choose();
    if (target === undefined) {
      socket.end("HTTP/1.1 503 Service Temporarily Unavailable\r\nServer: awselb/2.0\r\nConnection: close\r\n\r\n");
      return;
    }
    prepare(request);
    targets.began(target);
    socket.once("close", () => targets.ended(target));
    void proxy.ws(request, socket, { target: `http://${target.host}:${target.port}` }, head);
  }

  async function listen(host: string, at: number): Promise<Server> {
    const server = createServer({ keepAliveTimeout: idle, requestTimeout: 0 }, pass);
    server.on("upgrade", upgrade);
    server.listen(at, host);
    await once(server, "listening");
    return server;
  }

  // "localhost" may mean either; a machine without IPv6 has the first only.
  const first = await listen("127.0.0.1", options.port);
  port = (first.address() as AddressInfo).port;
  const second = await listen("::1", port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") return undefined;
    first.close();
    throw error;
  });
  const servers = [first, ...(second === undefined ? [] : [second])];

  return {
    url: `http://localhost:${port}`,
    port,
    declaration,
    register: targets.register,
    deregister: (instanceId) => targets.deregister(instanceId).then(() => cut(instanceId)),
    cut,
    health: (instanceId) => targets.list().find((target) => target.instanceId === instanceId)?.health,
    targets: targets.list,
    async follow(plan) {
      const [found] = resourcesOfType(plan, "aws:lb/loadBalancer:LoadBalancer");
      Object.assign(declaration, await readBalancer(emulator, String(found?.outputs.arn)));
    },
    measure: (starts) => [{ namespace: "AWS/ApplicationELB", data: requests.take(starts) }],
    async stop() {
      targets.stop();
      const closed = servers.map((server) => once(server, "close"));
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      agent.destroy();
      await Promise.all(closed);
    },
  };
}
