/** How the console answers: pages, data, and refusals. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { messagePage } from "./pages.tsx";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A mail may show pictures and its own styles; it may not run anything or be this origin. */
const mailPolicy =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
  "img-src data: http: https:; frame-ancestors 'self'";
const always = { "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };

/** What was asked for is not there or not allowed; the message is for whoever asked. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Writes the head, with what each of the console's answers says of itself. */
export function head(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): ServerResponse {
  return response.writeHead(status, { ...always, ...headers });
}

export function html(response: ServerResponse, page: string, status = 200): void {
  head(response, status, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy }).end(page);
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  head(response, status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** The message itself, as it was sent; its links open elsewhere. */
export function mailHtml(response: ServerResponse, mail: string): void {
  head(response, 200, { "content-type": "text/html; charset=utf-8", "content-security-policy": mailPolicy }).end(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><base target="_blank">${mail}`,
  );
}

/** Answers a request that could not be answered: to a browser as a page, to a program as data. */
export function failure(request: IncomingMessage, response: ServerResponse, error: Error): void {
  const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
  const status = error instanceof Refusal ? error.status : missing ? 404 : error instanceof URIError ? 400 : 500;
  const text = missing ? "This log has not been written to yet." : error.message;
  if (response.headersSent) response.destroy();
  else if (request.headers.accept?.includes("text/html")) {
    html(response, messagePage(status < 500 ? "Not here" : "The console failed", text), status);
  } else json(response, { error: text }, status);
}
