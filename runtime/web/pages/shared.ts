/**
 * `/shared/:token`: a result for whoever has the link, without an account and without a word of the one it belongs to. The link is
 * the secret, so it goes nowhere else: no referrer, no index of a search engine, no request log.
 */
import { type RequestHandler, Router } from "express";
import type { ResultReader } from "../../results/result-reader.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { sharedJob } from "../sharing.ts";
import { type FindResult, resultViews } from "./result.tsx";

export function sharedRoutes(
  ports: Pick<WebPorts, "jobs" | "objects" | "config" | "clock">,
  pages: Pages,
  reader: ResultReader,
): Router {
  const find: FindResult = async (request) => {
    const token = String(request.params.token);
    const job = await sharedJob(ports, token);
    const { s3_results_bucket: bucket, s3_key_result_file: key, result_state, share_until: until = 0 } = job;
    if (result_state !== "AVAILABLE" || bucket === undefined || key === undefined) throw notHere();
    return { job, ref: { bucket, key }, path: `/shared/${token}`, guest: { until } };
  };
  const { table, variant, exported } = resultViews({ ...ports, pages, reader }, find);
  const router = Router().use("/shared", (_request, response, next) => {
    response.set({ "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow" });
    next();
  });
  const reads: [string, RequestHandler][] = [
    ["/shared/:token", table],
    ["/shared/:token/variants/:number", variant],
    ["/shared/:token/export", exported],
  ];
  for (const [path, handler] of reads) router.route(path).get(forGuests(handler)).all(notAllowed("GET"));
  return router;
}

/** Refusals that advise the owner of a job say to a guest what a guest can do. */
function forGuests(handler: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      throw error instanceof HttpError && (error.status === 404 || error.status === 409) ? notHere(error) : error;
    }
  };
}

const notHere = (cause?: HttpError) =>
  new HttpError(
    409,
    "not-here-now",
    "The link is right, but its result cannot be shown just now: it may be in the archive. Ask whoever gave it to you.",
    { action: { href: "/", label: "What this service is" }, cause },
  );
