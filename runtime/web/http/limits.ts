/**
 * Rate limits. Counted in the memory of each instance: behind a balancer with n instances a client may get up to n times
 * the figure, which still stops a runaway script; no shared counter has to be asked for every request.
 */
import type { Request, RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { HttpError } from "./errors.ts";

/** @param keyOf who is counted; omitted: the client's address (IPv6 by /56). */
export function limitPerMinute(limit: number, keyOf?: (request: Request) => string | undefined): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: "draft-7",
    legacyHeaders: false,
    keyGenerator: (request) => keyOf?.(request) ?? ipKeyGenerator(request.ip ?? ""),
    handler: (request, _response, next) => {
      const reset = (request as Request & { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime;
      const seconds = Math.max(1, Math.ceil(((reset?.getTime() ?? 0) - Date.now()) / 1000));
      next(
        new HttpError(
          429,
          "rate-limited",
          `More than ${limit} requests in a minute. Wait ${seconds} seconds, then go on.`,
          {
            headers: { "retry-after": String(seconds) },
          },
        ),
      );
    },
  });
}
