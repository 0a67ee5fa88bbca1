/**
 * Sessions are sealed cookies (encrypted and signed with the stack's session secret), so any instance behind the balancer
 * can serve any request and losing an instance signs nobody out.
 *
 * Three kinds of cookies, each sent only where it is needed:
 *   gas          whole site   who is signed in
 *   gas_login_…  whole site   state, nonce and PKCE verifier of a sign-in under way (10 minutes): one cookie for each, so that
 *                             two windows may sign in at once; five at most, which is why `/login` has to see them
 *   gas_tokens   /logout      the provider's tokens, to be revoked; kept apart so that they cost no other request 3 KB
 */
import type { Request, Response } from "express";
import { getIronSession, type SessionOptions, sealData, unsealData } from "iron-session";
import type { WebConfig } from "../config.ts";
import type { IdentityTokens } from "../identity/port.ts";
import { readCookie } from "./cookies.ts";
import { createSignIns, type SignIns } from "./sign-ins.ts";

interface SessionData {
  user_id?: string;
  /** A new API token, shown on the next page and then forgotten. */
  new_token?: string;
  /** A new link to a result, likewise, with the job that it is of. */
  new_link?: { job_id: string; url: string };
}

export interface Session {
  readonly userId: string | undefined;
  /** Starts a new session: nothing of the old one is kept. */
  signIn(userId: string): Promise<void>;
  signOut(): void;
  /** Keeps a secret for the next page. */
  keepNewToken(token: string): Promise<void>;
  /** The secret kept for this page, which is forgotten with it. */
  takeNewToken(): Promise<string | undefined>;
  /** The same of a link to a job's result. */
  keepNewLink(jobId: string, url: string): Promise<void>;
  takeNewLink(jobId: string): Promise<string | undefined>;
}

export interface Sessions extends SignIns {
  /** Whether the request has a session cookie at all (it may be a bad one). Costs nothing. */
  hasCookie(request: Request): boolean;
  open(request: Request, response: Response): Promise<Session>;
  keepTokens(response: Response, tokens: IdentityTokens): Promise<void>;
  takeTokens(request: Request, response: Response): Promise<IdentityTokens>;
}

const sessionSeconds = 12 * 3600;
/** Browsers drop cookies above 4,096 bytes, name and attributes included. */
const cookieBytesMax = 3_900;

export function createSessions(config: WebConfig): Sessions {
  const secure = config.publicUrl.startsWith("https:");
  const name = secure ? "__Host-gas" : "gas";
  // iron-session seals with the highest number and opens with any.
  const password = Object.fromEntries(
    config.sessionSecrets.map((secret, i) => [String(config.sessionSecrets.length - i), secret]),
  );
  const cookie = { httpOnly: true, secure, sameSite: "lax" } as const;
  const options: SessionOptions = {
    cookieName: name,
    password,
    ttl: sessionSeconds,
    cookieOptions: { ...cookie, path: "/", maxAge: sessionSeconds },
  };
  const tokens = { ...cookie, path: "/logout" };

  return {
    ...createSignIns({ password, cookie: { ...cookie, path: "/" } }),

    hasCookie: (request) => readCookie(request, name) !== undefined,

    async open(request, response) {
      const data = await getIronSession<SessionData>(request, response, options);
      return {
        get userId() {
          return data.user_id;
        },
        async signIn(userId) {
          delete data.new_token;
          delete data.new_link;
          data.user_id = userId;
          await data.save();
        },
        signOut: () => data.destroy(),
        async keepNewToken(token) {
          data.new_token = token;
          await data.save();
        },
        async takeNewToken() {
          const token = data.new_token;
          if (token !== undefined) {
            delete data.new_token;
            await data.save();
          }
          return token;
        },
        async keepNewLink(jobId, url) {
          data.new_link = { job_id: jobId, url };
          await data.save();
        },
        async takeNewLink(jobId) {
          const link = data.new_link;
          if (link?.job_id !== jobId) return undefined;
          delete data.new_link;
          await data.save();
          return link.url;
        },
      };
    },

    async keepTokens(response, given) {
      // The most useful first, as many as fit: a refresh token outlives the rest, the ID token only spares a question.
      let kept: IdentityTokens = {};
      let sealed: string | undefined;
      for (const kind of ["refresh", "access", "id"] as const) {
        if (given[kind] === undefined) continue;
        const more = { ...kept, [kind]: given[kind] };
        const candidate = await sealData(more, { password, ttl: sessionSeconds });
        if (candidate.length > cookieBytesMax) continue;
        kept = more;
        sealed = candidate;
      }
      if (sealed !== undefined) response.cookie("gas_tokens", sealed, { ...tokens, maxAge: sessionSeconds * 1000 });
    },

    async takeTokens(request, response) {
      const sealed = readCookie(request, "gas_tokens");
      response.clearCookie("gas_tokens", tokens);
      return sealed === undefined ? {} : unsealData<IdentityTokens>(sealed, { password, ttl: sessionSeconds });
    },
  };
}
