/** Cookies of a request, as its header has them. */
import type { Request } from "express";

export const cookieNames = (request: Request): string[] =>
  (request.headers.cookie ?? "").split(";").map((part) => part.split("=")[0]?.trim() ?? "");

/** The value, or undefined when there is none that can be decoded. */
export function readCookie(request: Request, name: string): string | undefined {
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
