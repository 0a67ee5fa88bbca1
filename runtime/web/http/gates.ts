/** Conditions of a route: who may come in, and how. */
import type { Request, RequestHandler } from "express";
import type { UserStore } from "../../jobs/ports.ts";
import { session, setSession, setUser } from "./context.ts";
import { HttpError } from "./errors.ts";
import { wantsProblem } from "./pages.tsx";
import type { Sessions } from "./session.ts";

export function openSession(sessions: Sessions): RequestHandler {
  return async (request, response, next) => {
    setSession(response, await sessions.open(request, response));
    next();
  };
}

/** Looks the signed-in user up: roles change while sessions last, so the item is what counts. */
async function lookUp(users: UserStore, response: Parameters<RequestHandler>[1]): Promise<boolean> {
  const { userId } = session(response);
  const user = userId === undefined ? undefined : await users.get(userId);
  if (user !== undefined) setUser(response, user);
  return user !== undefined;
}

/** The user is shown in the frame where there is one; nobody is turned away. */
export function knowUser(users: UserStore): RequestHandler {
  return async (_request, response, next) => {
    await lookUp(users, response);
    next();
  };
}

/** Only for the signed-in; people are sent to sign in and come back. */
export function requireUser(users: UserStore): RequestHandler {
  return async (request, response, next) => {
    if (await lookUp(users, response)) return next();
    const back = `/login?next=${encodeURIComponent(request.method === "GET" ? request.originalUrl : "/annotations")}`;
    if (wantsProblem(request)) {
      throw new HttpError(401, "not-signed-in", "Your session has ended. Sign in again.", {
        action: { href: back, label: "Sign in" },
      });
    }
    response.redirect(303, back);
  };
}

export function notAllowed(...methods: string[]): RequestHandler {
  const allow = methods.join(", ");
  return (request) => {
    throw new HttpError(405, "method-not-allowed", `This address takes ${allow}, not ${request.method}.`, {
      headers: { allow },
    });
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The job id of the route. @throws {HttpError} 404 for anything that cannot be one. */
export function jobIdOf(request: Request): string {
  const id = request.params.id;
  if (typeof id !== "string" || !uuid.test(id)) throw noSuchJob();
  return id;
}

export const noSuchJob = (): HttpError =>
  new HttpError(404, "no-such-job", "There is no job at this address. It may have been mistyped.", {
    action: { href: "/annotations", label: "Go to your jobs" },
  });
