/**
 * Sessions are sealed cookies (encrypted and signed with the stack's session secret), so any instance behind the balancer
 * can serve any request and losing an instance signs nobody out.
 *
 * Three cookies, each sent only where it is needed:
 *   gas          whole site   who is signed in
 *   gas_login    /authcallback  state, nonce and PKCE verifier of a sign-in under way (10 minutes)
 *   gas_tokens   /logout      the provider's tokens, to be revoked; kept apart so that they cost no other request 3 KB
 */
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

export interface Sessions {
  /** Whether the request has a session cookie at all (it may be a bad one). Costs nothing. */
  hasCookie(request: Request): boolean;
  open(request: Request, response: Response): Promise<Session>;
  beginSignIn(response: Response, transaction: SignInTransaction & { next: string }): Promise<void>;
  /** The sign-in under way, which ends with this call. */
  takeSignIn(request: Request, response: Response): Promise<(SignInTransaction & { next: string }) | undefined>;
  keepTokens(response: Response, tokens: IdentityTokens): Promise<void>;
  takeTokens(request: Request, response: Response): Promise<IdentityTokens>;
}

const sessionSeconds = 12 * 3600;
const signInSeconds = 600;
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
  const login = { ...cookie, path: "/authcallback" };
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

    async beginSignIn(response, transaction) {
      const sealed = await sealData(transaction, { password, ttl: signInSeconds });
      response.cookie("gas_login", sealed, { ...login, maxAge: signInSeconds * 1000 });
    },

    async takeSignIn(request, response) {
      const sealed = readCookie(request, "gas_login");
      response.clearCookie("gas_login", login);
      if (sealed === undefined) return undefined;
      const opened = await unsealData<Partial<SignInTransaction & { next: string }>>(sealed, {
        password,
        ttl: signInSeconds,
      });
      const { state, nonce, verifier, next } = opened;
      if (state === undefined || nonce === undefined || verifier === undefined || next === undefined) return undefined;
      return { state, nonce, verifier, next };
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
