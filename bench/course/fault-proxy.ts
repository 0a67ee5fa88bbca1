/** Stands before an emulator and refuses chosen calls once, as a provider's API does: the next try of the same call passes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** `DeleteTable gas26-saaaaaa-items` */
export type Chosen = string;

export interface FaultProxy {
  readonly endpoint: string;
  /** Calls that were refused. */
  readonly refused: () => readonly Chosen[];
  stop(): Promise<void>;
}

/** The action and the table that a call to DynamoDB is about. */
function callOf({ headers }: IncomingMessage, body: Buffer): Chosen {
  const [service, action = ""] = String(headers["x-amz-target"] ?? "").split(".");
  if (service?.startsWith("DynamoDB") !== true) return "";
  return `${action} ${(JSON.parse(body.toString("utf8")) as { TableName?: string }).TableName}`;
}

function refuse(response: ServerResponse, call: Chosen): void {
  // Not one that the SDK tries again by itself.
  const error = {
    __type: "com.amazon.coral.service#AccessDeniedException",
    message: `refused for the benchmark: ${call}`,
  };
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(error));
}

/** @param chosen calls that are refused the first time. */
export async function startFaultProxy(target: string, chosen: readonly Chosen[]): Promise<FaultProxy> {
  const left = new Set(chosen);
  const refused: Chosen[] = [];
  const { hostname, port } = new URL(target);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const call = callOf(incoming, body);
    if (left.delete(call)) {
      refused.push(call);
      refuse(response, call);
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  }

  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
