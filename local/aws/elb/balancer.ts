/**
 * The load balancer: one HTTP port on this machine before the targets of the declared target group. The declared HTTP listener
 * (a redirect) and HTTPS listener are one plain HTTP port here: browsers trust `http://localhost` as they trust HTTPS.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Plan } from "../../../plan/types.ts";
import type { VirtualServer } from "../../capacity/virtual-server.ts";
import { resourcesOfType } from "../../resources/declared.ts";
import type { Emulator, LocalClock, Target, TargetHealth } from "../../types.ts";
import type { Measure } from "../cloudwatch/minutes.ts";
import { type BalancerDeclaration, readBalancer } from "./declaration.ts";
import { type CapacityOf, createHold, createVirtualServers, type Hold } from "./handicap.ts";
import { addForwarded, addTrace, dropInvalid } from "./headers.ts";
import type { RequestSample } from "./minutes.ts";
import { createRequestLog } from "./request-log.ts";
import { createTargets, type RegisteredTarget } from "./targets.ts";
import { createUpstream, type WaitingAnswer } from "./upstream.ts";

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

/** Connections of clients at once. A load balancer has more; this machine has one process that also runs everything else. */
const connectionsMax = 10_000;

/** Reads the declaration, then listens. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { emulator, clock, intercept, onRequest, onHealth, capacityOf = () => undefined } = options;
  const declaration = await readBalancer(emulator, options.loadBalancerArn);
  const idle = declaration.idleTimeoutSeconds * 1_000;
  const targets = createTargets({ declaration, clock, onHealth: onHealth ?? (() => {}) });
  const requests = createRequestLog({ clock, dimensions: declaration, hosts });
  const serverOf = createVirtualServers(clock, capacityOf);
  const upstream = createUpstream(idle);
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
  /** The request that each client's connection waits for an answer to. */
  const waiting = new WeakMap<Socket, IncomingMessage>();
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

  /** One attempt per request, as AWS makes it: a target that ends before it answers is a 502, whatever the method. */
  const listenerOf = (passage: Passage) => ({
    answered(answer: WaitingAnswer): boolean {
      if (passage.hold === undefined) {
        answered(passage, answer.status);
        return false;
      }
      if (passage.answered) answer.drop();
      else passage.hold.arrived(answer);
      return true;
    },
    failed(why: "refused" | "late"): void {
      if (passage.answered) passage.response.destroy();
      else failed(passage, why === "late" ? 504 : 502);
    },
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
    waiting.set(request.socket, request);
    response.once("close", () => waiting.delete(request.socket));
    const server = serverOf(target);
    const passage: Passage = { target, response, sent: performance.now(), answered: false };
    if (server === undefined) send(passage, request);
    else sendAndHold(passage, server, request);
  }

  function send(passage: Passage, request: IncomingMessage): void {
    const { target, response } = passage;
    prepare(request);
    targets.began(target);
    response.once("close", () => targets.ended(target));
    upstream.pass(target, request, response, listenerOf(passage));
  }

  function sendAndHold(free: Passage, server: VirtualServer, request: IncomingMessage): void {
    const { response } = free;
    const hold = createHold((answer) => {
      if (passage.answered) return;
      answered(passage, answer.status);
      const { clientSeconds = 0 } = capacityOf(passage.target.instanceId) ?? {};
      if (clientSeconds === 0) answer.send();
      else clock.after(clientSeconds * 1_000, answer.send);
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
    upstream.tunnel(target, request, socket, head);
  }

  /** Nothing has come or gone for the idle timeout. A client that has said all and waits for its target has the target's. */
  function closeIdle(socket: Socket): void {
    const waits = waiting.get(socket);
    if (waits?.complete) return;
    socket.destroy();
  }

  async function listen(host: string, at: number): Promise<Server> {
    // An upload may take hours as long as it goes on; a head may not, and nothing may stand still.
    const limits = { keepAliveTimeout: idle, headersTimeout: idle, requestTimeout: 0 };
    const server = createServer({ ...limits, connectionsCheckingInterval: Math.min(1_000, idle) }, pass);
    server.maxConnections = connectionsMax;
    server.setTimeout(idle, closeIdle);
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
      await Promise.all([...closed, upstream.stop()]);
    },
  };
}
