import { createServer } from "node:net";

function isFree(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    // No host: a port counts as free only if it is on every interface, IPv4 and IPv6, since "localhost" may mean either.
    probe.listen(port, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}

/** Any free TCP port, as the system hands it out. */
export async function freePort(): Promise<number> {
  const port = await isFree(0);
  if (port === undefined) throw new Error("the system has no free TCP port");
  return port;
}

/**
 * The first free TCP port from `wanted` upwards.
 *
 * @throws {Error} when none of the `tries` ports is free.
 */
export async function nextFreePort(wanted: number, tries = 50): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + tries, 65_536); port++) {
    if ((await isFree(port)) !== undefined) return port;
  }
  throw new Error(`ports ${wanted} to ${wanted + tries - 1} are all taken; choose another with --port`);
}
