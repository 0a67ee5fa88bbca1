/**
 * One span per request. A `traceparent` that comes with it is not followed: a stranger would decide what is recorded, and under which id.
 * Named after the route's pattern; addresses, queries, headers and whoever asks are not recorded.
 */
import { METHODS } from "node:http";
import type { Request, RequestHandler } from "express";
import type { Tracer } from "../../jobs/tracing.ts";

/** Asked for by machines all the time, or the same for everybody. */
const isUntraced = (path: string) => path === "/healthz" || path.startsWith("/static/");

/** A method that nobody knows would make a name of its own. */
const methodOf = ({ method }: Request) => (METHODS.includes(method) ? method : "HTTP");

/** Routers that are mounted under a path, which Express forgets when a handler of theirs throws. */
const mounts = ["/api/v1"];

/** Pattern of the route; `undefined` for an address that has none. */
function routeOf({ originalUrl, route }: Request): string | undefined {
  const [path = ""] = originalUrl.split("?");
  const { path: pattern } = (route ?? {}) as { path?: unknown };
  // The public home page comes before all routes.
  if (typeof pattern !== "string") return path === "/" ? path : undefined;
  const mount = mounts.find((each) => path.startsWith(`${each}/`) && !pattern.startsWith(each)) ?? "";
  return `${mount}${pattern}`;
}

export function traceRequests(tracer: Tracer): RequestHandler {
  return (request, response, next) => {
    if (isUntraced(request.path)) return next();
    const method = methodOf(request);
    const attributes = { "http.request.method": method === "HTTP" ? "_OTHER" : method };
    void tracer.span({ name: method, kind: "server", attributes }, async (span) => {
      await new Promise<void>((resolve) => {
        response.once("close", resolve);
        next();
      });
      const route = routeOf(request);
      if (route !== undefined) {
        span.rename(`${method} ${route}`);
        span.set({ "http.route": route });
      }
      span.set({ "http.response.status_code": response.statusCode });
      if (response.statusCode >= 500) span.fail(String(response.statusCode));
    });
  };
}
