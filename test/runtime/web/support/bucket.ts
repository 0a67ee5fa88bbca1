/** Where browsers upload to. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startWeb, type TestWeb } from "./web.ts";

/** A bucket as a browser meets it: answers preflights, takes a form, checks its length, redirects with 303. */
async function startBucket() {
  const received: string[] = [];
  let bytesMax = 1_000_000;
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    if (request.method === "OPTIONS") {
      response.writeHead(200, { "access-control-allow-methods": "POST", "access-control-allow-headers": "*" }).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
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
export async function startWithBucket() {
  const bucket = await startBucket();
  const web: TestWeb = await startWeb({
    ports: ({ objects }) => ({
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
