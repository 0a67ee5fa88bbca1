/** Where the program declares no load balancer: the console answers, and everything else is told that nothing else does. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Balancer } from "./balancer.ts";
import type { BalancerDeclaration } from "./declaration.ts";

/** No group names its target group, so it never has a target. */
const declaration: BalancerDeclaration = {
  loadBalancer: "",
  targetGroupArn: "",
  targetGroup: "",
  targetPort: 0,
  idleTimeoutSeconds: 60,
  dropInvalidHeaders: false,
  deregistrationDelaySeconds: 0,
  algorithm: "round_robin",
  healthCheck: {
    path: "/",
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: "200",
  },
};

export async function startWithoutBalancer(options: {
  readonly port: number;
  readonly intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
}): Promise<Balancer> {
  const server = createServer((request, response) => {
    if (options.intercept(request, response)) return;
    response
      .writeHead(404, { "content-type": "text/plain; charset=utf-8" })
      .end("The program declares no load balancer: only the console answers, at /_local.\n");
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${options.port}`,
    port: options.port,
    declaration,
    register() {},
    async deregister() {},
    cut() {},
    health: () => undefined,
    targets: () => [],
    async follow() {},
    measure: () => [],
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
