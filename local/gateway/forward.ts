import { request as httpRequest } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { Forward } from "./call.ts";

/** Headers that belong to one connection, not to the message (RFC 9110, 7.6.1). */
const perConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** What a browser says of the page that asks, judged at the gateway; and what only the runner may say to the emulator. */
const keptBack = /^(?:origin|referer|sec-fetch-.*|x-annofarm-.*)$/;

export function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

export function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !perConnection.has(name)));
}

/**
 * Requests to the emulator, bodies streamed with back-pressure both ways. Every request has a connection of its own: the
 * emulator closes each after its answer anyway.
 */
export function forwarder(endpoint: string): Forward {
  const { hostname, port, protocol } = new URL(endpoint);
  if (protocol !== "http:") throw new Error(`the emulator's endpoint ${endpoint} must begin with http://`);
  return ({ method, path, search, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = Object.fromEntries(Object.entries(endToEnd(headers)).filter(([name]) => !keptBack.test(name)));
      if (Buffer.isBuffer(body) && (body.length > 0 || sent["content-length"] !== undefined)) {
        sent["content-length"] = String(body.length);
      }
      const outgoing = httpRequest({
        hostname: hostname.replace(/^\[|\]$/g, ""),
        port,
        method,
        path: search === "" ? path : `${path}?${search}`,
        headers: sent,
        agent: false,
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.once("response", (incoming) => {
        const answerHeaders = endToEnd(flatHeaders(incoming.headers));
        resolve({ status: incoming.statusCode ?? 502, headers: answerHeaders, body: incoming as Readable });
      });
      outgoing.once("error", reject);
      if (Buffer.isBuffer(body)) outgoing.end(body);
      else pipeline(body, outgoing, (error) => error && reject(error));
    });
}
