/** A service for clients of its API: the web service on ports in memory, a user's token, and a storage that answers HTTP. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { User } from "../../runtime/contract/user.ts";
import { newApiToken } from "../../runtime/web/api/tokens.ts";
import { startWeb, type TestWebOptions } from "../runtime/web/support/web.ts";
import type { createMemoryObjectStore, createMemoryPartStore } from "./memory.ts";

/** What happens to downloads and to parts of uploads, one after the other; then they are left alone. */
type Trouble = { readonly breakAfter: number } | { readonly status: number };

export async function startApiService(options: TestWebOptions & { readonly user?: Partial<User> } = {}) {
  const troubles: Trouble[] = [];
  /** `Range` headers of downloads, in order. */
  const ranges: string[] = [];
  /** Numbers of the parts that have come whole, in order. */
  const parts: number[] = [];
  let objects: ReturnType<typeof createMemoryObjectStore> | undefined;
  let partStore: ReturnType<typeof createMemoryPartStore> | undefined;
  const storage = createServer((request, response) => {
    if (request.method === "PUT") return takePart(request, response, troubles.shift());
    ranges.push(request.headers.range ?? "");
    const { pathname } = new URL(request.url ?? "", "http://storage");
    const [, bucket = "", ...key] = pathname.split("/").map(decodeURIComponent);
    const body = objects?.objects.get(`${bucket}/${key.join("/")}`)?.body;
    if (request.headers.authorization !== undefined) response.writeHead(400).end("two ways to be let in");
    else if (body === undefined) response.writeHead(404).end();
    else answer(request, response, body, troubles.shift());
  });

  /** As S3 takes a part: nothing of it, unless it comes whole. */
  function takePart(request: IncomingMessage, response: ServerResponse, trouble: Trouble | undefined): void {
    if (trouble !== undefined && "status" in trouble) return void response.writeHead(trouble.status).end();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (trouble !== undefined && bytes > trouble.breakAfter) request.destroy();
    });
    request.on("end", () => {
      const url = new URL(request.url ?? "", "https://objects.test");
      partStore?.put(url.href, Buffer.concat(chunks));
      parts.push(Number(url.searchParams.get("partNumber")));
      response.end();
    });
  }

  await new Promise<void>((resolve) => storage.listen(0, "127.0.0.1", resolve));
  const storageOrigin = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  const web = await startWeb({
    ...options,
    ports: (ports) => {
      objects = ports.objects;
      partStore = ports.parts;
      return {
        parts: {
          ...ports.parts,
          presign: async (...args: Parameters<typeof ports.parts.presign>) => {
            const { pathname, search } = new URL(await ports.parts.presign(...args));
            return `${storageOrigin}${pathname}${search}`;
          },
        },
        objects: {
          ...ports.objects,
          presignGet: async ({ bucket, key }) => `${storageOrigin}/${bucket}/${encodeURIComponent(key)}`,
        },
        ...options.ports?.(ports),
      };
    },
  });
  const { token, stored } = newApiToken("user-1", "client", web.clock);
  web.users.put({
    user_id: "user-1",
    role: "premium_user",
    name: "Rosalind",
    email: "",
    created_time: 1,
    api_tokens: [stored],
    ...options.user,
  });
  return {
    ...web,
    token,
    troubles,
    ranges,
    partsSent: parts,
    env: { ANNOFARM_URL: web.origin, ANNOFARM_TOKEN: token },
    async close() {
      storage.closeAllConnections();
      await Promise.all([web.close(), new Promise((resolve) => storage.close(resolve))]);
    },
  };
}

/** As S3 answers: ranges, and a condition by which a changed object is told. */
function answer(request: IncomingMessage, response: ServerResponse, body: Buffer, trouble: Trouble | undefined): void {
  if (trouble !== undefined && "status" in trouble) return void response.writeHead(trouble.status).end();
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  if (![undefined, etag].includes(request.headers["if-match"])) return void response.writeHead(412).end();
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const part = from === undefined ? body : body.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`;
  response.writeHead(from === undefined ? 200 : 206, {
    etag,
    "content-length": part.length,
    ...(from === undefined ? {} : { "content-range": range }),
  });
  if (trouble === undefined) return void response.end(part);
  response.write(part.subarray(0, trouble.breakAfter), () => response.destroy());
}
