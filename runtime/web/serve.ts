/** Listens until told to drain, then lets every request in work finish. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import type { Clock } from "../jobs/ports.ts";

export interface Serving {
  readonly port: number;
  /** Resolves when the last request has been answered after `draining`. */
  readonly drained: Promise<void>;
}

/** While draining, this long without a request (health checks aside) means that the balancer sends none any more. */
const quietMilliseconds = 1_000;

/**
 * @param options.lingerMilliseconds how long new requests are still taken while draining, at most: until the balancer has
 *   seen the health check turn, which shows in that no more requests come. Nobody is refused meanwhile; connections are
 *   closed after their answer.
 * @throws when the port is taken.
 */
export async function serve(
  app: Express,
  options: { port: number; draining: AbortSignal; clock: Clock; lingerMilliseconds: number },
): Promise<Serving> {
  const { port, draining, clock, lingerMilliseconds } = options;
  let lastRequest = clock.now();
  const server = createServer((request, response) => {
    if (request.url !== "/healthz") lastRequest = clock.now();
    if (draining.aborted) response.setHeader("connection", "close");
    // A request that began before the drain has promised to keep its connection, which nobody would close any more.
    response.once("finish", () => {
      if (draining.aborted) request.socket.destroySoon();
    });
    app(request, response);
  });
  // Longer than the balancer's idle time-out (60 s), or it would meet connections that have just been closed.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 80_000;
  // Node would break off after five minutes what a program uploads: 5 GiB at 12 Mbit/s take an hour.
  server.requestTimeout = 3_600_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(new Error(`web: cannot listen on port ${port}`, { cause })));
    server.listen(port, resolve);
  });
  return { port: (server.address() as AddressInfo).port, drained: drain(server) };

  async function drain(listening: Server): Promise<void> {
    if (!draining.aborted) await new Promise((resolve) => draining.addEventListener("abort", resolve, { once: true }));
    const began = clock.now();
    const end = began + lingerMilliseconds;
    for (;;) {
      const quietAt = Math.max(lastRequest, began) + quietMilliseconds;
      const left = Math.min(quietAt, end) - clock.now();
      if (left <= 0) break;
      await clock.sleep(left);
    }
    const closed = new Promise((resolve) => listening.close(resolve));
    listening.closeIdleConnections();
    await closed;
  }
}
