/** Where clients connect: one port of this machine, on its IPv4 and its IPv6 loopback address. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What becomes of what comes in. */
export interface Visits {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** The client has sent its whole request and waits for a target, whose time counts then. */
  awaitsTarget(socket: Socket): boolean;
}

export interface Entrance {
  readonly port: number;
  /** Ends every connection; resolves when the port is free. */
  close(): Promise<void>;
}

/** Connections of clients at once. A load balancer has more; this machine has one process that also runs everything else. */
const connectionsMax = 10_000;

/**
 * @param port 0: any free port.
 * @param idle milliseconds without a byte after which a connection is closed.
 */
export async function openEntrance(port: number, idle: number, visits: Visits): Promise<Entrance> {
  const first = await listen("127.0.0.1", port, idle, visits);
  const { port: taken } = first.address() as AddressInfo;
  // "localhost" may mean either; a machine without IPv6 has the first only.
  const second = await listen("::1", taken, idle, visits).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") return undefined;
    first.close();
    throw error;
  });
  const servers = [first, ...(second === undefined ? [] : [second])];
  return {
    port: taken,
    async close() {
      const closed = servers.map((server) => once(server, "close"));
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all(closed);
    },
  };
}

async function listen(host: string, port: number, idle: number, visits: Visits): Promise<Server> {
  // An upload may take hours as long as it goes on; a head may not, and nothing may stand still.
  const limits = { keepAliveTimeout: idle, headersTimeout: idle, requestTimeout: 0 };
  const server = createServer({ ...limits, connectionsCheckingInterval: Math.min(1_000, idle) }, (request, response) =>
    visits.request(request, response),
  );
  server.maxConnections = connectionsMax;
  server.setTimeout(idle, (socket: Socket) => {
    if (!visits.awaitsTarget(socket)) socket.destroy();
  });
  server.on("upgrade", (request, socket: Socket, head) => visits.upgrade(request, socket, head));
  server.listen(port, host);
  await once(server, "listening");
  return server;
}
