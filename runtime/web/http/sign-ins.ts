/** Sign-ins under way, each in a sealed cookie of its own. */
import { createHash } from "node:crypto";
import type { CookieOptions, Request, Response } from "express";
import { sealData, unsealData } from "iron-session";
import type { SignInTransaction } from "../identity/port.ts";
import { cookieNames, readCookie } from "./cookies.ts";

type SignInFlow = SignInTransaction & {
  /** Path to go on to. */
  readonly next: string;
};

export interface SignIns {
  /** Remembers a sign-in that begins. Of more than five under way, the oldest are forgotten. */
  beginSignIn(request: Request, response: Response, flow: SignInFlow): Promise<void>;
  /** The sign-in that has this state, which ends with this call; `done` when it has ended before. */
  takeSignIn(
    request: Request,
    response: Response,
    state: string,
  ): Promise<(SignInFlow & { done: boolean }) | undefined>;
}

const signInSeconds = 600;
const signInsMax = 5;
const signInCookie = "gas_login_";

/** @param options.password secrets by number: the highest seals, any opens. */
export function createSignIns(options: { password: Record<string, string>; cookie: CookieOptions }): SignIns {
  const { password, cookie: login } = options;
  return {
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
  };
}

const digestOf = (state: string): string => createHash("sha256").update(state).digest("hex").slice(0, 16);

/** By the time in the name of a sign-in's cookie. */
const byAge = (a: string, b: string): number =>
  Number.parseInt(a.slice(signInCookie.length), 36) - Number.parseInt(b.slice(signInCookie.length), 36);
