/** What travels with one request (`response.locals`), typed. */
import type { Response } from "express";
import type { User } from "../../contract/user.ts";
import type { Log } from "../../jobs/ports.ts";
import type { Session } from "./session.ts";

interface Locals {
  requestId?: string;
  log?: Log;
  session?: Session;
  user?: User;
}

const locals = (response: Response) => response.locals as Locals;

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`this route needs ${what}, which no earlier middleware has set`);
  return value;
}

export const setRequest = (response: Response, requestId: string, log: Log): void => {
  Object.assign(locals(response), { requestId, log });
};
export const requestId = (response: Response): string => locals(response).requestId ?? "-";
export const requestLog = (response: Response): Log => required(locals(response).log, "a log");

export const setSession = (response: Response, session: Session): void => {
  locals(response).session = session;
};
export const session = (response: Response): Session => required(locals(response).session, "a session");

export const setUser = (response: Response, user: User): void => {
  locals(response).user = user;
};
/** The signed-in user, where somebody is signed in and has been looked up. */
export const userIfAny = (response: Response): User | undefined => locals(response).user;
export const currentUser = (response: Response): User => required(locals(response).user, "a signed-in user");
