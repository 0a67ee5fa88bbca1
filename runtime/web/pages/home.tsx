import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import { chooseEncoding, encode } from "../assets.ts";
import type { Pages } from "../http/pages.tsx";
import type { Sessions } from "../http/session.ts";
import type { WebPorts } from "../ports.ts";
import { Home } from "../views/home.tsx";

/**
 * `GET /` for somebody without a session: rendered and compressed once, at start. This is the page that load tests and
 * crowds ask for, and it costs neither a look-up nor a rendering.
 */
export function publicHome({ config }: Pick<WebPorts, "config">, pages: Pages, sessions: Sessions): RequestHandler {
  const { body, policy } = pages.renderPublic({
    title: "Annotate your variants",
    content: <Home user={undefined} config={config} />,
  });
  const encoded = encode(Buffer.from(body));
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 20)}"`;
  return (request, response, next) => {
    if (request.path !== "/" || (request.method !== "GET" && request.method !== "HEAD") || sessions.hasCookie(request))
      return next();
    const encoding = chooseEncoding(request.get("accept-encoding"));
    response.set({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      // Browsers ask each time (a session may have begun) and get 304.
      "cache-control": "no-cache",
      vary: "accept-encoding, cookie",
      etag,
    });
    if (request.get("if-none-match") === etag) {
      response.status(304).end();
      return;
    }
    if (encoding !== "identity") response.set("content-encoding", encoding);
    response.set("content-length", String(encoded[encoding].length));
    response.end(request.method === "HEAD" ? undefined : encoded[encoding]);
  };
}
