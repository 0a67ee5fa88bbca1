/** Where browsers upload to. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startWeb, type TestWeb, type TestWebOptions } from "./web.ts";

/**
 * A bucket as a browser meets it: answers preflights, takes a form, checks its length, redirects with 303; and takes parts.
 *
 * @param putPart stores a part. Throws what S3 would refuse.
 */
async function startBucket(putPart: (url: string, body: Buffer) => void) {
  const received: string[] = [];
  /** Numbers of the parts that have come, in order. */
  const parts: number[] = [];
  /** What happens to the next parts: their connection breaks, they are never answered, or they are refused. */
  const troubles: ("break" | "hang" | number)[] = [];

  function takePart(url: URL, body: Buffer, response: ServerResponse): void {
    const trouble = troubles.shift();
    if (trouble === "break") return void response.destroy();
    if (trouble === "hang") return;
    if (trouble !== undefined) return void response.writeHead(trouble).end();
    putPart(url.href, body);
    parts.push(Number(url.searchParams.get("partNumber")));
    response.end();
  }

  let bytesMax = 1_000_000;
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    if (request.method === "OPTIONS") {
      response
        .writeHead(200, { "access-control-allow-methods": "POST, PUT", "access-control-allow-headers": "*" })
        .end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (request.method === "PUT") return takePart(new URL(request.url ?? "", "https://objects.test"), body, response);
      if (body.length > bytesMax) {
        response.writeHead(400).end("<Error><Code>EntityTooLarge</Code></Error>");
        return;
      }
      received.push(body.toString("latin1"));
      const field = (name: string) => new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(body.toString())?.[1] ?? "";
      const to = new URL(field("success_action_redirect"));
      to.search = String(new URLSearchParams({ bucket: "inputs", key: field("key"), etag: '"1"' }));
      response.writeHead(303, { location: to.href }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    received,
    parts,
    troubles,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/inputs`,
    limit(bytes: number) {
      bytesMax = bytes;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The web service, whose uploads go to such a bucket. */
export async function startWithBucket(options: Pick<TestWebOptions, "config"> = {}) {
  const bucket = await startBucket((url, body) => web.parts.put(url, body));
  const web: TestWeb = await startWeb({
    ...options,
    ports: ({ objects, parts }) => ({
      parts: {
        ...parts,
        async presign(...args) {
          const { pathname, search } = new URL(await parts.presign(...args));
          return new URL(`${pathname}${search}`, bucket.url).href;
        },
      },
      objects: {
        ...objects,
        async presignPost(ref, options) {
          const form = await objects.presignPost(ref, options);
          objects.put(ref, "as if the bucket had stored it");
          return { ...form, url: bucket.url };
        },
      },
    }),
  });
  return { web, bucket };
}
