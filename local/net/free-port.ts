import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { isClaimed } from "./port-claims.ts";

/** Why nobody can listen there now, as a system's error code; `undefined`: it is free. */
function obstacle(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(error.code);
      else reject(error);
    });
    // No host: a port counts as free only if it is on every interface, IPv4 and IPv6, since "localhost" may mean either.
    probe.listen(port, () => probe.close(() => resolve(undefined)));
  });
}

const isFree = async (port: number) => !isClaimed(port) && (await obstacle(port)) === undefined;

/** Below what Linux and macOS hand out to outgoing connections, one of which may take a port between its choice and its use. */
const choice = { from: 20_000, ports: 12_000 };

/** Any free TCP port. */
export async function freePort(tries = 50): Promise<number> {
  for (let n = 0; n < tries; n++) {
    const port = choice.from + randomInt(choice.ports);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${tries} TCP ports from ${choice.from} on none was free`);
}

/**
 * The first free TCP port from `wanted` upwards.
 *
 * @throws {Error} when none of the `tries` ports is free.
 */
export async function nextFreePort(wanted: number, tries = 50): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + tries, 65_536); port++) {
    if (await isFree(port)) return port;
  }
  throw new Error(`ports ${wanted} to ${wanted + tries - 1} are all taken; choose another with --port`);
}

/**
 * Makes sure that a port can be listened on.
 *
 * @throws {Error} when it cannot, naming it, the reason and a port that could be taken instead.
 */
export async function requireFree(port: number): Promise<void> {
  const code = await obstacle(port);
  if (code === undefined) return;
  if (code === "EACCES")
    throw new Error(`port ${port} is reserved for administrators; choose one from 1024 on with --port`);
  const other = await nextFreePort(port + 1);
  throw new Error(`port ${port} is taken; end what listens there, or choose another, such as --port ${other}`);
}
