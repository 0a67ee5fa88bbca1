/**
 * What this machine itself takes for an answer, whatever is loaded: a request of this process to itself, again and again. Where it is
 * no longer small beside a limit, a missed limit says nothing of the service.
 */
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Histogram } from "../../scaling/simulate/histogram.ts";

const pauseMilliseconds = 200;
const firstProbes = 20;

export interface OverheadProbe {
  /** Seconds of the wall clock that 95 of 100 requests took at most. */
  p95(): number;
  stop(): void;
}

const secondsOf = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const request = get({ host: "127.0.0.1", port }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve((performance.now() - begun) / 1000));
    });
    request.once("error", reject);
  });

/** Resolves once the machine at rest is known; goes on until it is stopped. */
export async function probeOverhead(): Promise<OverheadProbe> {
  const server = createServer((_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const times = new Histogram();
  const probe = async () => times.add(await secondsOf(port));
  for (let n = 0; n < firstProbes; n++) await probe();
  const timer = setInterval(() => probe().catch(() => {}), pauseMilliseconds);
  return {
    p95: () => times.quantiles([0.95])[0] as number,
    stop() {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
