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
import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopbackHost } from "../net/loopback.ts";
import type { ReceivedMail } from "../types.ts";
import { readAsset } from "./assets.ts";
import { createBroadcast } from "./event-stream.ts";
import { followLog, sendLogPage, sendLogText } from "./logs.ts";
import { consolePage, mailListPage, mailPage } from "./pages.tsx";
import { failure, head, html, json, mailHtml, Refusal } from "./replies.ts";
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
  const site = new Site(options);
  return {
    handle(request, response) {
      if (!isForConsole(request)) return false;
      const url = new URL(request.url ?? "/", "http://localhost");
      site.answer(request, response, url).catch((error: Error) => failure(request, response, error));
      return true;
    },
    close: () => site.close(),
  };
}

class Site {
  readonly #options: ConsoleOptions;
  readonly #broadcast: ReturnType<typeof createBroadcast>;
  /** Open answers that a log is followed by. */
  readonly #followers = new Set<ServerResponse>();

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#broadcast = createBroadcast(async () => options.view(), options.intervalMilliseconds);
  }

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (!isLoopbackHost(request.headers.host)) {
      throw new Refusal(421, "The console answers at localhost and 127.0.0.1 only.");
    }
    const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
    if (parts.at(-1) === "") parts.pop();
    if (request.method === "POST") return this.#act(request, response, parts);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD, POST");
      throw new Refusal(405, `${request.method} is not used here.`);
    }
    return this.#show(response, url, parts);
  }

  close(): void {
    this.#broadcast.close();
    for (const response of this.#followers) response.end();
  }

  async #show(response: ServerResponse, url: URL, parts: readonly string[]): Promise<void> {
    const [section, first, second] = parts;
    if (section === undefined) return this.#showConsole(response);
    if (section === "view.json" && parts.length === 1) return json(response, await this.#options.view());
    if (section === "events" && parts.length === 1) return this.#broadcast.add(response);
    if (section === "mail" && first === undefined) return this.#showMailbox(response);
    if (first !== undefined) {
      if (section === "mail" && second === undefined) return html(response, mailPage(this.#mail(first)));
      if (section === "mail" && second === "html") return mailHtml(response, this.#mail(first).html);
      if (section === "logs" && second !== undefined) return this.#showLog(response, first, second, url.searchParams);
      if (section === "assets") return sendAsset(response, first);
    }
    throw new Refusal(404, `The console has no page ${url.pathname}.`);
  }

  async #showConsole(response: ServerResponse): Promise<void> {
    const { title, actions } = this.#options;
    const can = { kill: actions?.kill !== undefined, setDesired: actions?.setDesired !== undefined };
    html(response, consolePage({ title, view: await this.#options.view(), can }));
  }

  #showMailbox(response: ServerResponse): void {
    const newestFirst = [...this.#options.mails()].sort((a, b) => b.time - a.time);
    html(response, mailListPage(newestFirst));
  }

  #mail(id: string): ReceivedMail {
    const mail = this.#options.mails().find((each) => each.id === id);
    if (mail === undefined) throw new Refusal(404, "This message is not in the mailbox (it is emptied at each start).");
    return mail;
  }

  async #showLog(response: ServerResponse, instanceId: string, service: string, query: URLSearchParams): Promise<void> {
    const file = this.#options.logFile(instanceId, service);
    if (file === undefined) throw new Refusal(404, `No instance ${instanceId} with a service ${service} is known.`);
    if (query.has("raw")) return sendLogText(response, file);
    if (!query.has("follow")) return sendLogPage(response, instanceId, service, file);
    this.#followers.add(response);
    response.once("close", () => this.#followers.delete(response));
    followLog(response, file, Number(query.get("from") ?? 0));
  }

  async #act(request: IncomingMessage, response: ServerResponse, parts: readonly string[]): Promise<void> {
    requireSameOrigin(request);
    const { actions } = this.#options;
    const [kind, name = "", verb] = parts;
    const form = await readForm(request);
    if (kind === "instances" && verb === "kill" && actions?.kill) await actions.kill(name);
    else if (kind === "groups" && verb === "desired" && actions?.setDesired) {
      const text = form.get("desired") ?? "";
      if (!/^\d{1,4}$/.test(text)) throw new Refusal(400, `desired=${text} is not a whole number.`);
      await actions.setDesired(name, Number(text));
    } else throw new Refusal(404, "There is no such action.");
    if (request.headers.accept?.includes("text/html")) head(response, 303, { location: "/_local" }).end();
    else json(response, { done: true });
  }
}

async function sendAsset(response: ServerResponse, name: string): Promise<void> {
  const asset = await readAsset(name);
  if (asset === undefined) throw new Refusal(404, `There is no file ${name}.`);
  head(response, 200, { "cache-control": "no-cache", "content-type": asset.type }).end(asset.body);
}
