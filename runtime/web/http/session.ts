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
import { createHash } from "node:crypto";
import type { Request, Response } from "express";
import { getIronSession, type SessionOptions, sealData, unsealData } from "iron-session";
import type { WebConfig } from "../config.ts";
import type { IdentityTokens, SignInTransaction } from "../identity/port.ts";

export interface SessionData {
  user_id?: string;
  /** A new API token, shown on the next page and then forgotten. */
  new_token?: string;
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
}

export type SignInFlow = SignInTransaction & {
  /** Path to go on to. */
  readonly next: string;
};

export interface Sessions {
  /** Whether the request has a session cookie at all (it may be a bad one). Costs nothing. */
  hasCookie(request: Request): boolean;
  open(request: Request, response: Response): Promise<Session>;
  /** Remembers a sign-in that begins. Of more than five under way, the oldest are forgotten. */
  beginSignIn(request: Request, response: Response, flow: SignInFlow): Promise<void>;
  /** The sign-in that has this state, which ends with this call; `done` when it has ended before. */
  takeSignIn(
    request: Request,
    response: Response,
    state: string,
  ): Promise<(SignInFlow & { done: boolean }) | undefined>;
  keepTokens(response: Response, tokens: IdentityTokens): Promise<void>;
  takeTokens(request: Request, response: Response): Promise<IdentityTokens>;
}

const sessionSeconds = 12 * 3600;
const signInSeconds = 600;
const signInsMax = 5;
const signInCookie = "gas_login_";
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
  const login = { ...cookie, path: "/" };
  const tokens = { ...cookie, path: "/logout" };

  return {
    hasCookie: (request) => readCookie(request, name) !== undefined,

    async open(request, response) {
      const data = await getIronSession<SessionData>(request, response, options);
      return {
        get userId() {
          return data.user_id;
        },
        async signIn(userId) {
          delete data.new_token;
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
      };
    },

    async beginSignIn(request, response, flow) {
      const known = cookieNames(request).filter((one) => one.startsWith(signInCookie));
      for (const old of known.sort(byAge).slice(0, Math.max(0, known.length - signInsMax + 1))) {
        response.clearCookie(old, login);
      }
      const sealed = await sealData(flow, { password, ttl: signInSeconds });
      const begun = Math.floor(Date.now() / 1000).toString(36);
      const cookieName = `${signInCookie}${begun}_${digestOf(flow.state)}`;
      response.cookie(cookieName, sealed, { ...login, maxAge: signInSeconds * 1000 });
    },

    async takeSignIn(request, response, given) {
      const isOfState = (one: string) => one.startsWith(signInCookie) && one.endsWith(`_${digestOf(given)}`);
      const cookieName = cookieNames(request).find(isOfState);
      if (cookieName === undefined) return undefined;
      const sealed = readCookie(request, cookieName) ?? "";
      const opened = await unsealData<Partial<SignInFlow & { done: boolean }>>(sealed, {
        password,
        ttl: signInSeconds,
      });
      const { state, nonce, verifier, next, done = false } = opened;
      if (state !== given || nonce === undefined || verifier === undefined || next === undefined) return undefined;
      // Kept as done, with nothing that could be used again: a reload of the callback still knows where to go on.
      const over = await sealData(
        { state, nonce: "", verifier: "", next, done: true },
        { password, ttl: signInSeconds },
      );
      response.cookie(cookieName, over, { ...login, maxAge: signInSeconds * 1000 });
      return { state, nonce, verifier, next, done };
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

const digestOf = (state: string): string => createHash("sha256").update(state).digest("hex").slice(0, 16);

/** By the time in the name of a sign-in's cookie. */
const byAge = (a: string, b: string): number =>
  Number.parseInt(a.slice(signInCookie.length), 36) - Number.parseInt(b.slice(signInCookie.length), 36);

const cookieNames = (request: Request): string[] =>
  (request.headers.cookie ?? "").split(";").map((part) => part.split("=")[0]?.trim() ?? "");

function readCookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    try {
      return decodeURIComponent(part.slice(equals + 1).trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}
