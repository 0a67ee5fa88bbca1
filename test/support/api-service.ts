/** A service for clients of its API: the web service on ports in memory, a user's token, and a storage that answers HTTP. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { User } from "../../runtime/contract/user.ts";
import { newApiToken } from "../../runtime/web/api/tokens.ts";
import { startWeb, type TestWebOptions } from "../runtime/web/support/web.ts";
import type { createMemoryObjectStore } from "./memory.ts";

/** What happens to downloads, one after the other; then they are left alone. */
type Trouble = { readonly breakAfter: number } | { readonly status: number };

export async function startApiService(options: TestWebOptions & { readonly user?: Partial<User> } = {}) {
  const troubles: Trouble[] = [];
  /** `Range` headers of downloads, in order. */
  const ranges: string[] = [];
  let objects: ReturnType<typeof createMemoryObjectStore> | undefined;
  const storage = createServer((request, response) => {
    ranges.push(request.headers.range ?? "");
    const { pathname } = new URL(request.url ?? "", "http://storage");
    const [, bucket = "", ...key] = pathname.split("/").map(decodeURIComponent);
    const body = objects?.objects.get(`${bucket}/${key.join("/")}`)?.body;
    if (request.headers.authorization !== undefined) response.writeHead(400).end("two ways to be let in");
    else if (body === undefined) response.writeHead(404).end();
    else answer(request, response, body, troubles.shift());
  });
  await new Promise<void>((resolve) => storage.listen(0, "127.0.0.1", resolve));
  const storageOrigin = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  const web = await startWeb({
    ...options,
    ports: (ports) => {
      objects = ports.objects;
      return {
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
