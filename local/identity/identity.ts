/**
 * Sign-in on one machine: a real OpenID provider (authorization code with PKCE, refresh, revocation, logout) at
 * `http://localhost:<port>` with a page of its own that signs in by one click.
 *
 * A program signs in the same way: follow the authorization URL to `/interaction/<uid>` keeping cookies, POST there
 * `person=<sub>` (or `name`, `email`, `institution` of somebody new) as a form, follow the redirects.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { InteractionResults } from "oidc-provider";
import { isLoopbackHost } from "../net/loopback.ts";
import { signingKey } from "./keys.ts";
import { homePage, messagePage, signInPage } from "./pages.tsx";
import { type NewPerson, openPeople, type Person, PersonError } from "./people.ts";
import { createProvider } from "./provider.ts";

export interface IdentityOptions {
  readonly port: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Keeps `people.json` and the signing key. */
  readonly directory: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Who is there from the start; default: one free and one premium user. */
  readonly people?: readonly Person[];
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

export interface Identity {
  /** `OIDC_ISSUER`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Client authentication is `client_secret_post`. */
  readonly clientSecret: string;
  people(): readonly Person[];
  /** @throws {PersonError} */
  addPerson(person: NewPerson): Person;
  stop(): Promise<void>;
}

/** Issuer of a provider at this port, and the id of its one client: known before it runs. */
export const issuerAt = (port: number): string => `http://localhost:${port}`;
export const identityClientId = "annofarm-local";

const formBytesMax = 16_384;

const assets = new Map(
  [
    ["/assets/identity.css", "identity.css", "text/css; charset=utf-8"],
    ["/assets/sign-out.js", "sign-out.js", "text/javascript; charset=utf-8"],
  ].map(([path, file, type]) => [path, { body: readFileSync(new URL(String(file), import.meta.url)), type }]),
);

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // No form-action: the answer to the form is a redirect to the service, which the directive would also govern.
  "content-security-policy": `default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders).end(html);
}

async function readForm(request: IncomingMessage): Promise<Record<string, string> | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > formBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
}

const expired = (service: string | undefined): string =>
  messagePage(
    "Sign-in expired",
    "This sign-in is over or was begun in another browser. Go back to the service and sign in again.",
    service,
  );

const failed = (service: string | undefined): string =>
  messagePage(
    "Sign-in failed",
    "The local identity provider failed; see its log. Go back to the service and sign in again.",
    service,
  );

export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const issuer = issuerAt(options.port);
  const people = openPeople(options.directory, options.people);
  const client = {
    id: identityClientId,
    secret: randomBytes(32).toString("base64url"),
    redirectUris: options.redirectUris,
    postLogoutRedirectUris: options.postLogoutRedirectUris,
  };
  const provider = await createProvider({ issuer, client, people, key: signingKey(options.directory) });
  provider.on("server_error", (_ctx, error) => options.log.error({ err: error }, "identity provider failed"));
  const callback = provider.callback();

  async function interact(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    // Refuses whoever does not hold the cookie of this very interaction.
    const { prompt } = await provider.interactionDetails(request, response);
    const finish = (result: InteractionResults) => provider.interactionFinished(request, response, result);
    if (prompt.name === "consent") return finish({ consent: {} });
    if (request.method !== "POST") {
      return sendPage(response, 200, signInPage({ action: path, people: people.all() }));
    }
    const form = await readForm(request);
    if (form === undefined) {
      const text = "The form is larger than 16 KiB. Go back, and shorten it.";
      return sendPage(response, 413, messagePage("Too much", text));
    }
    if (form.cancel) return finish({ error: "access_denied", error_description: "Nobody signed in." });
    try {
      const person = form.person === undefined ? people.add(form as unknown as NewPerson) : people.find(form.person);
      if (person === undefined) throw new PersonError({ name: "This person is not known here." });
      options.log.info({ user_id: person.sub }, "signed in");
      return await finish({ login: { accountId: person.sub } });
    } catch (error) {
      if (!(error instanceof PersonError)) throw error;
      const page = signInPage({ action: path, people: people.all(), values: form, errors: error.fields });
      return sendPage(response, 422, page);
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopbackHost(request.headers.host)) {
      return sendPage(response, 421, messagePage("Wrong address", `This provider answers at ${issuer} only.`, issuer));
    }
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const asset = assets.get(path);
    if (asset) {
      response
        .writeHead(200, { "content-type": asset.type ?? "", "x-content-type-options": "nosniff" })
        .end(asset.body);
    } else if (path === "/") sendPage(response, 200, homePage(people.all(), issuer));
    else if (path.startsWith("/interaction/")) await interact(request, response, path);
    else {
      for (const name of ["content-security-policy", "referrer-policy", "x-content-type-options"] as const) {
        response.setHeader(name, pageHeaders[name]);
      }
      await callback(request, response);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      const [service] = options.postLogoutRedirectUris;
      if (error.name === "SessionNotFound") return sendPage(response, 400, expired(service));
      options.log.error({ err: error }, "identity page failed");
      if (response.headersSent) response.destroy();
      else sendPage(response, 500, failed(service));
    });
  });
  server.listen(options.port, options.host ?? "127.0.0.1");
  await once(server, "listening");

  return {
    issuer,
    clientId: client.id,
    clientSecret: client.secret,
    people: () => people.all(),
    addPerson: (person) => people.add(person),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
