/** Stands between the SDK and an emulator, and answers some calls itself. */
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request is, by its signature and its body. */
export interface Call {
  readonly service: string;
  readonly region: string;
  /** `X-Amz-Target`, and the body. */
  readonly text: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Faults {
  readonly endpoint: string;
  /** Asked about each call; undefined lets it pass. */
  decide: (call: Call) => Answer | undefined;
  close(): Promise<void>;
}

/** `Credential=test/20261126/us-east-1/sqs/aws4_request` */
const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//;

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function startFaults(target: string): Promise<Faults> {
  const faults = { decide: (_: Call): Answer | undefined => undefined };
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    const [, region = "", service = ""] = scope.exec(incoming.headers.authorization ?? "") ?? [];
    const text = `${incoming.headers["x-amz-target"] ?? ""} ${body.toString()}`;
    const answer = faults.decide({ service, region, text });
    if (answer !== undefined) {
      outgoing.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" }).end(answer.body);
      return;
    }
    const onward = request(new URL(incoming.url ?? "/", target), {
      method: incoming.method,
      headers: incoming.headers,
    });
    onward.on("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(faults, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
