import { nextFreePort } from "../../../net/free-port.ts";
import { claimPort, releasePort } from "../../../net/port-claims.ts";

/**
 * Ports for services. They lie below the range from which systems take ports for outgoing connections, so a service that is
 * started again finds its port still free, and each is handed out once on this machine until it is given back.
 */
export function createPorts(from = 20_000 + ((process.pid * 97) % 10_000)) {
  let next = from;
  return {
    async take(): Promise<number> {
      for (;;) {
        const wanted = next;
        next = next < 31_000 ? next + 1 : 20_000;
        const port = await nextFreePort(wanted, 500);
        if (claimPort(port)) return port;
      }
    },
    release: releasePort,
  };
}
export type Ports = ReturnType<typeof createPorts>;
