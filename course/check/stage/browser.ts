/** A browser without a screen: cookies, redirects and forms. It runs no page's scripts; what a script would send is sent by hand. */
import { type HTMLElement, parse } from "node-html-parser";
import { CookieJar } from "tough-cookie";
import type { Evidence } from "../evidence/recorder.ts";

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly document: HTMLElement;
}

const redirectsMax = 20;
/** A service that hangs must not hang its grader. */
const answerWithinMilliseconds = 30_000;
/** Of an answer that is kept in memory: no page is as large, and a hostile one may be. */
const bytesMax = 64 * 1024 * 1024;

/** Reads an answer whole. @throws {Error} when it is larger than any honest one. */
export async function readAll(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > bytesMax) throw new Error(`${response.url} answers with more than ${bytesMax / 1024 / 1024} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export class Browser {
  readonly #jar = new CookieJar();
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  /** One request, no redirect followed; cookies sent and kept. */
  async request(url: URL | string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = await this.#jar.getCookieString(String(url));
    if (cookies !== "") headers.set("cookie", cookies);
    const signal = AbortSignal.timeout(answerWithinMilliseconds);
    const { pathname, search, host } = new URL(url);
    const asked = `${init.method ?? "GET"} ${host}${pathname}${search}`;
    const response = await fetch(url, { ...init, headers, redirect: "manual", signal }).catch((error: Error) => {
      const why = (error.cause as { code?: string } | undefined)?.code ?? error.message;
      this.#evidence.note(`${asked} → no answer (${why})`);
      throw new Error(`${asked} got no answer (${why})`, { cause: error });
    });
    for (const cookie of response.headers.getSetCookie()) {
      await this.#jar.setCookie(cookie, String(url), { ignoreError: true });
    }
    const location = response.headers.get("location");
    this.#evidence.note(`${asked} → ${response.status}${location === null ? "" : ` to ${location}`}`);
    return response;
  }

  /** Follows redirects as a browser does: after 301, 302, 303 by GET. */
  async open(url: URL | string, init: RequestInit = {}): Promise<Page> {
    let here = new URL(url);
    let next: RequestInit = { ...init, headers: { accept: "text/html", ...(init.headers as object) } };
    for (let hop = 0; hop < redirectsMax; hop++) {
      const response = await this.request(here, next);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        const text = (await readAll(response)).toString("utf8");
        const document = parse(text, { blockTextElements: { script: true, style: true } });
        return { url: here, status: response.status, text, document };
      }
      await response.body?.cancel();
      here = new URL(location, here);
      if (response.status < 307) next = { headers: { accept: "text/html" } };
    }
    throw new Error(`more than ${redirectsMax} redirects from ${url}`);
  }

  /** Sends a form of a page with its hidden fields, `values` over them. */
  async submit(page: Page, selector: string, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = page.document.querySelector(selector);
    if (form === null) throw new Error(`${page.url.pathname} has no form ${selector}`);
    const body = new URLSearchParams({ ...formFields(form), ...values });
    const action = new URL(form.getAttribute("action") || page.url, page.url);
    if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
      action.search = body.toString();
      return this.open(action);
    }
    return this.open(action, { method: "POST", body, headers: { origin: action.origin } });
  }
}

/** Names and values of a form's inputs, as they stand in the page. */
function formFields(form: HTMLElement): Record<string, string> {
  const inputs = form.querySelectorAll("input[name], textarea[name], button[name]");
  const sent = inputs.filter((input) => {
    const type = input.getAttribute("type");
    return !(type === "checkbox" || type === "radio") || input.hasAttribute("checked");
  });
  return Object.fromEntries(sent.map((input) => [input.getAttribute("name"), input.getAttribute("value") ?? ""]));
}
