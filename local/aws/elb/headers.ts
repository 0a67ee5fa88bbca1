/** What an Application Load Balancer does to a request's headers. */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Removes header fields whose names have other characters than letters, digits and hyphens. */
export function dropInvalid(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) if (!/^[-A-Za-z0-9]+$/.test(name)) delete headers[name];
}

/** Appends the client to X-Forwarded-For; the protocol and port are the balancer's word and replace the client's. */
export function addForwarded(headers: IncomingHttpHeaders, client: string, port: number): void {
  const before = headers["x-forwarded-for"];
  const plain = client.replace(/^::ffff:/, "");
  headers["x-forwarded-for"] = before === undefined ? plain : `${before}, ${plain}`;
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-port"] = String(port);
}

/** `Root=1-<seconds, 8 hex digits>-<24 hex digits>`; a root that came with the request is kept, with this hop before it. */
export function addTrace(headers: IncomingHttpHeaders, nowMilliseconds: number): void {
  const seconds = Math.floor(nowMilliseconds / 1_000)
    .toString(16)
    .padStart(8, "0");
  const id = `1-${seconds}-${randomBytes(12).toString("hex")}`;
  const given = headers["x-amzn-trace-id"];
  const text = typeof given === "string" ? given : "";
  if (text === "") headers["x-amzn-trace-id"] = `Root=${id}`;
  else headers["x-amzn-trace-id"] = /(^|;)Root=/.test(text) ? `Self=${id};${text}` : `Root=${id};${text}`;
}
