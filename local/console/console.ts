/**
 * The operations console of a local run, below `/_local`: what the farm does, live; its mail; its logs. For whoever sits at
 * this machine only, so other host names and other pages' forms are refused.
 *
 *     GET  /_local                                   the console
 *     GET  /_local/view.json                         the same as data
 *     GET  /_local/events                            the same each second (Server-Sent Events)
 *     GET  /_local/mail, /_local/mail/:id            what the service has sent; `/html` is the message itself
 *     GET  /_local/logs/:instance/:service           a service's log; `?raw` as text, `?follow` as events
 *     POST /_local/instances/:id/kill                ends an instance's processes at once
 *     POST /_local/groups/:name/desired              `desired=<n>`
 */
import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopbackHost } from "../net/loopback.ts";
import type { ReceivedMail } from "../types.ts";
import { readAsset } from "./assets.ts";
import { createBroadcast, eventStream } from "./event-stream.ts";
import { readLogLine } from "./log-line.ts";
import { followFile, tailFile } from "./log-tail.ts";
import { consolePage, logPage, mailListPage, mailPage, messagePage } from "./pages.tsx";
import type { ConsoleView } from "./view.ts";

export interface ConsoleOptions {
  readonly title: string;
  readonly view: () => Promise<ConsoleView> | ConsoleView;
  /** In any order; shown newest first. */
  readonly mails: () => readonly ReceivedMail[];
  /** Log of one service of one instance; `undefined` when there is none. */
  readonly logFile: (instanceId: string, service: string) => string | undefined;
  /** What the page may do; a missing one has no button. Rejections are shown to whoever asked. */
  readonly actions?: {
    readonly kill?: (instanceId: string) => Promise<void> | void;
    readonly setDesired?: (groupName: string, desired: number) => Promise<void> | void;
  };
  /** Milliseconds between two views on one page; default 1,000. */
  readonly intervalMilliseconds?: number;
}

export interface Console {
  /** True when the request was for the console and is being answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends the open event streams. */
  close(): void;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A mail may show pictures and its own styles; it may not run anything or be this origin. */
const mailPolicy =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
  "img-src data: http: https:; frame-ancestors 'self'";
const always = { "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };
const logLimit = { lines: 500, bytes: 262_144 };
const heartbeatMilliseconds = 15_000;

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A form on another site's page is refused; a program, which sends no Origin, is not. */
function requireSameOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin === undefined ? site === undefined || site === "same-origin" : origin === `http://${host}`) return;
  throw new Refusal(403, `Actions are taken from this console only, not from ${origin ?? "another site"}.`);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 4_096) throw new Refusal(413, "The form is larger than 4 KiB.");
  }
  return new URLSearchParams(text);
}

export const isForConsole = ({ url = "/" }: IncomingMessage): boolean => /^\/_local(?:[/?]|$)/.test(url);

export function createConsole(options: ConsoleOptions): Console {
  const { actions } = options;
  const can = { kill: actions?.kill !== undefined, setDesired: actions?.setDesired !== undefined };
  const broadcast = createBroadcast(async () => options.view(), options.intervalMilliseconds);
  const followers = new Set<ServerResponse>();
  const newestFirst = () => [...options.mails()].sort((a, b) => b.time - a.time);

  const html = (response: ServerResponse, page: string, status = 200) =>
    response
      .writeHead(status, { ...always, "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
      .end(page);
  const json = (response: ServerResponse, value: unknown, status = 200) =>
    response.writeHead(status, { ...always, "content-type": "application/json" }).end(JSON.stringify(value));

  function findMail(id: string): ReceivedMail {
    const mail = options.mails().find((each) => each.id === id);
    if (mail === undefined) throw new Refusal(404, "This message is not in the mailbox (it is emptied at each start).");
    return mail;
  }

  async function showLog(response: ServerResponse, instanceId: string, service: string, query: URLSearchParams) {
    const file = options.logFile(instanceId, service);
    if (file === undefined) throw new Refusal(404, `No instance ${instanceId} with a service ${service} is known.`);
    if (query.has("raw")) {
      const stream = createReadStream(file);
      await new Promise<void>((resolve, reject) => stream.once("open", () => resolve()).once("error", reject));
      response.writeHead(200, { ...always, "content-type": "text/plain; charset=utf-8" });
      stream.on("error", () => response.destroy());
      response.once("close", () => stream.destroy());
      stream.pipe(response);
    } else if (query.has("follow")) {
      const from = Number(query.get("from") ?? 0);
      const events = eventStream(response);
      followers.add(response);
      const unfollow = followFile(file, Number.isSafeInteger(from) && from >= 0 ? from : 0, (lines) =>
        events.send(lines.map(readLogLine)),
      );
      const heartbeat = setInterval(() => events.comment(), heartbeatMilliseconds);
      response.once("close", () => {
        unfollow();
        clearInterval(heartbeat);
        followers.delete(response);
      });
    } else {
      const { lines, end } = await tailFile(file, logLimit);
      html(response, logPage({ instanceId, service, lines: lines.map(readLogLine), end }));
    }
  }

  async function act(request: IncomingMessage, response: ServerResponse, parts: readonly string[]): Promise<void> {
    requireSameOrigin(request);
    const [kind, name = "", verb] = parts;
    const form = await readForm(request);
    if (kind === "instances" && verb === "kill" && actions?.kill) await actions.kill(name);
    else if (kind === "groups" && verb === "desired" && actions?.setDesired) {
      const text = form.get("desired") ?? "";
      if (!/^\d{1,4}$/.test(text)) throw new Refusal(400, `desired=${text} is not a whole number.`);
      await actions.setDesired(name, Number(text));
    } else throw new Refusal(404, "There is no such action.");
    if (request.headers.accept?.includes("text/html"))
      response.writeHead(303, { ...always, location: "/_local" }).end();
    else json(response, { done: true });
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (!isLoopbackHost(request.headers.host)) {
      throw new Refusal(421, "The console answers at localhost and 127.0.0.1 only.");
    }
    const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
    if (parts.at(-1) === "") parts.pop();
    if (request.method === "POST") return act(request, response, parts);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD, POST");
      throw new Refusal(405, `${request.method} is not used here.`);
    }
    const [section, first, second] = parts;
    if (section === undefined) {
      html(response, consolePage({ title: options.title, view: await options.view(), can }));
    } else if (section === "view.json" && parts.length === 1) json(response, await options.view());
    else if (section === "events" && parts.length === 1) broadcast.add(response);
    else if (section === "mail" && first === undefined) html(response, mailListPage(newestFirst()));
    else if (section === "mail" && first !== undefined && second === undefined)
      html(response, mailPage(findMail(first)));
    else if (section === "mail" && first !== undefined && second === "html") {
      response
        .writeHead(200, {
          ...always,
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": mailPolicy,
        })
        .end(`<!doctype html><meta charset="utf-8"><base target="_blank">${findMail(first).html}`);
    } else if (section === "logs" && first !== undefined && second !== undefined) {
      await showLog(response, first, second, url.searchParams);
    } else if (section === "assets" && first !== undefined) {
      const asset = await readAsset(first);
      if (asset === undefined) throw new Refusal(404, `There is no file ${first}.`);
      response.writeHead(200, { ...always, "cache-control": "no-cache", "content-type": asset.type }).end(asset.body);
    } else throw new Refusal(404, `The console has no page ${url.pathname}.`);
  }

  return {
    handle(request, response) {
      if (!isForConsole(request)) return false;
      answer(request, response, new URL(request.url ?? "/", "http://localhost")).catch((error: Error) => {
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        const status = error instanceof Refusal ? error.status : missing ? 404 : error instanceof URIError ? 400 : 500;
        const text = missing ? "This log has not been written to yet." : error.message;
        if (response.headersSent) response.destroy();
        else if (request.headers.accept?.includes("text/html")) {
          html(response, messagePage(status < 500 ? "Not here" : "The console failed", text), status);
        } else json(response, { error: text }, status);
      });
      return true;
    },
    close() {
      broadcast.close();
      for (const response of followers) response.end();
    },
  };
}
