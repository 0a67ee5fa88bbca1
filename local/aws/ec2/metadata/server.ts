/**
 * The instance metadata endpoint of one instance, on a port of its own: what 169.254.169.254 is in EC2. Version 2 only:
 * every read wants a session token, as the launch templates demand it (`HttpTokens: required`).
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isLoopbackHost } from "../../../net/loopback.ts";
import { answerOf, type InstanceFacts, metadataDocuments } from "./documents.ts";

export type { InstanceFacts } from "./documents.ts";

export interface MetadataServer {
  /** `http://127.0.0.1:<port>`: what a process is given as `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const ttlHeader = "x-aws-ec2-metadata-token-ttl-seconds";
const tokenHeader = "x-aws-ec2-metadata-token";
const ttlSecondsMax = 21_600;

/** Serves the metadata of one instance. Tokens end by the wall clock, as the services that hold them live by it. */
export async function startMetadata(facts: InstanceFacts): Promise<MetadataServer> {
  const documents = metadataDocuments(facts);
  const tokens = new Map<string, number>();

  function issueToken(request: IncomingMessage, response: ServerResponse): ServerResponse {
    // A request that a proxy passed on comes from outside of the instance.
    if (request.headers["x-forwarded-for"] !== undefined) return refuse(response, 403, "Forbidden");
    const ttl = Number(request.headers[ttlHeader]);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > ttlSecondsMax) return refuse(response, 400, "Bad Request");
    const now = Date.now();
    for (const [old, end] of tokens) if (end <= now) tokens.delete(old);
    const token = randomBytes(32).toString("base64url");
    tokens.set(token, now + ttl * 1_000);
    return response.writeHead(200, { "content-type": "text/plain", [ttlHeader]: String(ttl) }).end(token);
  }

  function read(request: IncomingMessage, path: string, response: ServerResponse): ServerResponse {
    const token = request.headers[tokenHeader];
    const end = typeof token === "string" ? tokens.get(token) : undefined;
    if (end === undefined || end <= Date.now()) return refuse(response, 401, "Unauthorized");
    const answer = answerOf(documents, path);
    if (answer === undefined) return refuse(response, 404, "Not Found");
    return response
      .writeHead(200, { "content-type": "text/plain", [ttlHeader]: String(Math.ceil((end - Date.now()) / 1_000)) })
      .end(request.method === "HEAD" ? undefined : answer);
  }

  const server = createServer((request, response) => {
    if (!isLoopbackHost(request.headers.host)) return void refuse(response, 421, "Misdirected Request");
    const { pathname } = new URL(request.url ?? "/", "http://metadata");
    const path = /^\/latest\/([^%]*)$/.exec(pathname)?.[1]; // no path of ours needs an escape
    if (path === "api/token") {
      if (request.method === "PUT") issueToken(request, response);
      else refuse(response, 405, "Method Not Allowed");
    } else if (request.method !== "GET" && request.method !== "HEAD") refuse(response, 405, "Method Not Allowed");
    else if (path === undefined) refuse(response, 404, "Not Found");
    else read(request, path, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(response: ServerResponse, status: number, reason: string): ServerResponse {
  return response.writeHead(status, { "content-type": "text/plain" }).end(`${status} - ${reason}`);
}
