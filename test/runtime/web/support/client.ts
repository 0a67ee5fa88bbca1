/** A browser as far as a server can tell: cookies, same-origin headers, redirects followed only when asked. */

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Location header, when there is one. */
  readonly location: string | undefined;
  json(): Record<string, unknown>;
}

export interface Client {
  readonly cookies: Map<string, { value: string; path: string; attributes: string }>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form as a page of the site would. */
  post(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  request(
    method: string,
    path: string,
    options?: { body?: BodyInit; headers?: Record<string, string> },
  ): Promise<Answer>;
}

export function createClient(origin: string): Client {
  const cookies: Client["cookies"] = new Map();

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      const attributes = rest.join(";");
      const path = /path=([^;]+)/i.exec(attributes)?.[1] ?? "/";
      const gone = /max-age=0/i.test(attributes) || /expires=Thu, 01 Jan 1970/i.test(attributes);
      if (gone) cookies.delete(name);
      else cookies.set(name, { value, path, attributes });
    }
  }

  const sent = (path: string) =>
    [...cookies]
      .filter(([, cookie]) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join("; ");

  const client: Client = {
    cookies,
    async request(method, path, { body, headers } = {}) {
      const cookie = sent(new URL(path, origin).pathname);
      const response = await fetch(new URL(path, origin), {
        method,
        redirect: "manual",
        headers: { accept: "text/html", ...(cookie === "" ? {} : { cookie }), ...headers },
        ...(body === undefined ? {} : { body, duplex: "half" }),
      } as RequestInit);
      keep(response.headers);
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        location: response.headers.get("location") ?? undefined,
        json: () => JSON.parse(text) as Record<string, unknown>,
      };
    },
    get: (path, headers) => client.request("GET", path, { ...(headers === undefined ? {} : { headers }) }),
    post: (path, form = {}, headers = {}) =>
      client.request("POST", path, {
        body: new URLSearchParams(form),
        headers: { origin, "sec-fetch-site": "same-origin", ...headers },
      }),
    postJson: (path, body, headers = {}) =>
      client.request("POST", path, {
        body: JSON.stringify(body),
        headers: {
          origin,
          "sec-fetch-site": "same-origin",
          accept: "application/json",
          "content-type": "application/json",
          ...headers,
        },
      }),
  };
  return client;
}
