/**
 * Health of a worker: `GET /healthz` answers 200 while the process can work and 503 when it cannot, and says what is wrong.
 *
 * A check fails for what a new process would cure. Troubles of others (a queue that cannot be read) are shown as degraded
 * and answered 200: a health check that asked the whole world would replace every instance in a loop during an outage.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "./clock.ts";
import type { Clock } from "./ports.ts";

/** `undefined`: fine. A string: failing, in words. */
type CheckResult = undefined | string | { readonly degraded: string };
export type Check = () => CheckResult | Promise<CheckResult>;

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HealthReport {
  readonly status: "ok" | "degraded" | "failing";
  readonly checks: Readonly<Record<string, string>>;
}

/** Asks every check at once; one that throws or does not answer within `seconds` is failing. */
export async function examine(
  checks: Readonly<Record<string, Check>>,
  clock: Clock = systemClock,
  seconds = 3,
): Promise<HealthReport> {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const answered = new AbortController();
      const late = clock
        .sleep(seconds * 1000, answered.signal)
        .then((): CheckResult => `no answer within ${seconds} s`);
      try {
        return [name, await Promise.race([Promise.resolve().then(check), late])] as const;
      } catch (error) {
        return [name, error instanceof Error ? error.message : String(error)] as const;
      } finally {
        answered.abort();
      }
    }),
  );
  const failing = answers.some(([, result]) => typeof result === "string");
  const degraded = answers.some(([, result]) => typeof result === "object");
  const words = (result: CheckResult) =>
    result === undefined ? "ok" : typeof result === "string" ? result : result.degraded;
  return {
    status: failing ? "failing" : degraded ? "degraded" : "ok",
    checks: Object.fromEntries(answers.map(([name, result]) => [name, words(result)])),
  };
}

/**
 * @param options.port 0: any free port.
 * @throws when the port is taken.
 */
export async function startHealthServer(options: {
  port: number;
  checks: Readonly<Record<string, Check>>;
  clock?: Clock;
}): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : `${text}\n`);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, { error: "GET /healthz" });
    if (request.url?.split("?")[0] !== "/healthz") return answer(404, { error: "GET /healthz" });
    examine(options.checks, options.clock).then(
      (report) => answer(report.status === "failing" ? 503 : 200, report),
      (error: Error) => answer(503, { status: "failing", checks: { health: error.message } }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(new Error(`health endpoint: port ${options.port} is not free`, { cause })));
    server.listen(options.port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tells whether a loop still turns. */
export interface LoopHealth {
  /** The loop has turned; `trouble` says what it could not do meanwhile. */
  beat(trouble?: string): void;
  readonly check: Check;
}

/** @param staleSeconds longest time between two beats of a sound loop. Omitted: 180, more than any AWS call with its retries. */
export function createLoopHealth(clock: Pick<Clock, "now">, staleSeconds = 180): LoopHealth {
  let last = clock.now();
  let trouble: string | undefined;
  return {
    beat(newTrouble) {
      last = clock.now();
      trouble = newTrouble;
    },
    check() {
      const silent = Math.floor((clock.now() - last) / 1000);
      if (silent > staleSeconds) return `the loop has stood still for ${silent} s`;
      return trouble === undefined ? undefined : { degraded: trouble };
    },
  };
}

/** Of a sweep that begins every `everySeconds`: it may miss two rounds, and takes some minutes itself. */
export const createSweepHealth = (clock: Pick<Clock, "now">, everySeconds: number): LoopHealth =>
  createLoopHealth(clock, everySeconds * 3 + 180);
