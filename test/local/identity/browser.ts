/** As much of a browser as sign-in needs: cookies per path, redirects followed until they leave `origin`. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The first answer that is no redirect, or the address outside `origin` that a redirect leads to. */
  async open(
    url: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ url: URL; page?: string; status: number }> {
    let next = new URL(url);
    let body = form === undefined ? undefined : new URLSearchParams(form);
    for (let hop = 0; hop < 10; hop++) {
      if (next.origin !== this.#origin) return { url: next, status: 0 };
      const cookies = [...this.#cookies].filter(([, { path }]) => next.pathname.startsWith(path));
      const response = await fetch(next, {
        method: body ? "POST" : "GET",
        headers: { cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join("; ") },
        redirect: "manual",
        ...(body ? { body } : {}),
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        const path = /; path=([^;]+)/i.exec(line)?.[1] ?? "/";
        if (value === "") this.#cookies.delete(name);
        else this.#cookies.set(name, { value, path });
      }
      const location = response.headers.get("location");
      if (location === null) return { url: next, page: await response.text(), status: response.status };
      await response.body?.cancel();
      next = new URL(location, next);
      body = undefined;
    }
    throw new Error(`too many redirects, at ${next}`);
  }
}
