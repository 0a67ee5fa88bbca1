/**
 * One line per request. Neither query strings (sign-in codes travel there) nor headers (cookies, tokens) are logged, nor the secret in
 * the path of a shared result.
 */
import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import type { Log } from "../../jobs/ports.ts";
import { type Tracer, traceFields, untraced } from "../../jobs/tracing.ts";
import { requestLog, setRequest, userIfAny } from "./context.ts";

export function logRequests(log: Log, tracer: Tracer = untraced): RequestHandler {
  return (request, response, next) => {
    const began = process.hrtime.bigint();
    const id = randomUUID();
    setRequest(response, id, log.child({ request_id: id, ...traceFields(tracer.current()) }));
    response.set("x-request-id", id);
    const { method } = request;
    const path = withoutSecret(request.path);
    const trace = request.get("x-amzn-trace-id");
    response.once("close", () => {
      const milliseconds = Math.round(Number(process.hrtime.bigint() - began) / 1e4) / 100;
      const user = userIfAny(response)?.user_id;
      const fields = {
        method,
        path,
        status: response.statusCode,
        milliseconds,
        ...(response.writableFinished ? {} : { aborted: true }),
        ...(user === undefined ? {} : { user_id: user }),
        ...(trace === undefined ? {} : { trace }),
      };
      // Health checks and the public home page come by the thousand under load; they are worth a line only when asked for.
      const quiet = response.statusCode < 400 && (path === "/healthz" || path === "/" || path.startsWith("/static/"));
      if (quiet) requestLog(response).debug(fields, "request");
      else requestLog(response).info(fields, "request");
    });
    next();
  };
}

/** The path of a shared result is what opens it. */
const withoutSecret = (path: string): string => path.replace(/^\/shared\/[^/]+/, "/shared/…");
