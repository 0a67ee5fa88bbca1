/**
 * A browser without a screen: cookies, redirects and forms over fetch, so that the demo needs nothing but Node. It runs no
 * page scripts; what a script would do (upload, card form) the demo does by the same requests.
 */
import { type HTMLElement, parse } from "node-html-parser";
import { CookieJar } from "tough-cookie";

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly document: HTMLElement;
}

const redirectsMax = 20;

export class Browser {
  readonly #jar = new CookieJar();

  /** One request, no redirect followed; cookies sent and kept. */
  async request(url: URL | string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = await this.#jar.getCookieString(String(url));
    if (cookies !== "") headers.set("cookie", cookies);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      await this.#jar.setCookie(cookie, String(url), { ignoreError: true });
    }
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
        const text = await response.text();
        return {
          url: here,
          status: response.status,
          text,
          document: parse(text, { blockTextElements: { script: true, style: true } }),
        };
      }
      await response.body?.cancel();
      here = new URL(location, here);
      if (response.status < 307) next = { headers: { accept: "text/html" } };
    }
    throw new Error(`more than ${redirectsMax} redirects from ${url}`);
  }

  /** Sends a form of a page with its hidden fields, `values` over them. */
  async submit(page: Page, selector: string, values: Record<string, string> = {}): Promise<Page> {
    const form = page.document.querySelector(selector);
    if (form === null) throw new Error(`${page.url} has no form ${selector}`);
    const fields = formFields(form);
    const body = new URLSearchParams({ ...fields, ...values });
    const action = new URL(form.getAttribute("action") ?? "", page.url);
    if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
      action.search = body.toString();
      return this.open(action);
    }
    return this.open(action, { method: "POST", body, headers: { origin: action.origin } });
  }
}

/** Names and values of a form's inputs and its first named button, as they stand in the page. */
function formFields(form: HTMLElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const input of form.querySelectorAll("input[name], textarea[name]")) {
    const type = input.getAttribute("type");
    if (type === "checkbox" || type === "radio") {
      if (!input.hasAttribute("checked")) continue;
    }
    fields[input.getAttribute("name") as string] = input.getAttribute("value") ?? input.textContent;
  }
  const button = form.querySelector("button[name]");
  if (button !== null) fields[button.getAttribute("name") as string] = button.getAttribute("value") ?? "";
  return fields;
}
