/** The edge between node's HTTP and the gateway's calls. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import type { Answer, RequestHead } from "./call.ts";
import { Refusal } from "./errors.ts";
import { endToEnd, flatHeaders } from "./forward.ts";

const peers = new WeakMap<Socket, string>();

/** Notes who connects: a socket does not tell any more once its other end has died, and its last request is judged all the same. */
export function notePeers(server: Server): void {
  server.on("connection", (socket) => peers.set(socket, socket.remoteAddress ?? ""));
}

export function headOf(request: IncomingMessage): RequestHead {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  const search = at < 0 ? "" : url.slice(at + 1);
  return {
    method: request.method ?? "GET",
    path: at < 0 ? url : url.slice(0, at),
    search,
    query: new URLSearchParams(search),
    headers: flatHeaders(request.headers),
    remoteAddress: (peers.get(request.socket) ?? request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  };
}

/** Larger request bodies that are not uploads are refused; SQS batches and DynamoDB transactions stay far below. */
const bodyBytesMax = 64 * 1024 * 1024;

/** @throws {Refusal} when it is larger than any call's parameters may be */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  let bytes = 0;
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= bodyBytesMax) chunks.push(chunk as Buffer);
  }
  if (bytes > bodyBytesMax) {
    throw new Refusal(413, "RequestEntityTooLarge", `${bytes} bytes of parameters exceed ${bodyBytesMax}`);
  }
  return Buffer.concat(chunks);
}

/** Aborts when the caller goes away before it is answered. */
export function abortedBy(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Resolves when the answer is out or the caller is gone. */
export function send(response: ServerResponse, answer: Answer, head: RequestHead): Promise<void> {
  return new Promise((resolve) => {
    const { status, body } = answer;
    const headers = endToEnd(answer.headers);
    if (head.method !== "HEAD" && status !== 204 && status !== 304 && Buffer.isBuffer(body)) {
      headers["content-length"] = String(body.length);
    }
    response.once("close", () => resolve());
    response.writeHead(status, headers);
    if (Buffer.isBuffer(body)) response.end(head.method === "HEAD" ? undefined : body);
    else pipeline(body, response, () => {});
  });
}
