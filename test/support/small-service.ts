/** A server that answers as the service does, as far as a load test looks: health, home page, API of jobs. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface SmallService {
  readonly url: string;
  /** `method path` of every request but those that look whether, and what, this is. */
  readonly requests: readonly string[];
  /** Bearer tokens that were sent. */
  readonly tokens: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface Behaviour {
  /** Status of the home page and of submissions. */
  readonly status?: number;
  readonly health?: number;
}

const home = "<!doctype html><title>Genomics Annotation Service</title>";
const id = "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0";
const job = { job_id: id, job_status: "COMPLETED", has_log: true };

function answerTo({ method, url = "" }: IncomingMessage, { status = 200, health = 200 }: Behaviour): [number, string] {
  const path = url.split("?")[0];
  if (path === "/healthz") return [health, "{}"];
  if (path === "/") return [status, home];
  if (method === "POST" && path === "/api/v1/jobs") return [status === 200 ? 201 : status, JSON.stringify(job)];
  if (path === "/api/v1/jobs") return [status, JSON.stringify({ jobs: [job] })];
  if (path === `/api/v1/jobs/${id}`) return [status, JSON.stringify(job)];
  if (path === `/api/v1/jobs/${id}/log`) return [status, "records: 4\n"];
  return [404, "{}"];
}

export async function startSmallService(behaviour: Behaviour = {}): Promise<SmallService> {
  const requests: string[] = [];
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    if (!/^\/(healthz|_local\/)/.test(request.url ?? ""))
      requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined) tokens.add(token);
    const [status, body] = answerTo(request, behaviour);
    request.resume().once("end", () => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    tokens,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
