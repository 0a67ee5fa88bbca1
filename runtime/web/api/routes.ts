/** `/api/v1`: the pages' capabilities for programs. Bearer tokens only: cookies are never looked at here. */
import { pipeline } from "node:stream/promises";
import { json, type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { safeFileName } from "../../contract/file-name.ts";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import { InvalidCursorError, ObjectNotFoundError } from "../../jobs/errors.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { currentUser, setUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { jobIdOf, noSuchJob, notAllowed } from "../http/gates.ts";
import { limitPerMinute } from "../http/limits.ts";
import { downloadSeconds } from "../pages/annotations.tsx";
import type { WebPorts } from "../ports.ts";
import { resultAccess } from "../results.ts";
import type { Submissions } from "../submissions.ts";
import { createIdempotentSubmissions, idempotencyKeyOf } from "./idempotency.ts";
import { type Operation, openApiDocument, operations } from "./openapi.ts";
import { apiJob, submitSchema } from "./schemas.ts";
import { ownerOfToken } from "./tokens.ts";

const listSchema = z.object({
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
});

type Ports = Pick<WebPorts, "jobs" | "users" | "objects" | "submissionKeys" | "config" | "clock">;

export function apiRoutes(ports: Ports, submissions: Submissions): Router {
  const { jobs, objects, config, clock } = ports;
  const shown = (job: Job, response: Response) => apiJob(job, currentUser(response), config.freeRetentionSeconds);
  const document = openApiDocument(config.publicUrl);
  const idempotent = createIdempotentSubmissions(ports, submissions);

  async function ownJob(request: Request, response: Response): Promise<Job> {
    const job = await jobs.get(jobIdOf(request));
    if (job === undefined) throw noSuchJob();
    if (job.user_id !== currentUser(response).user_id)
      throw new HttpError(403, "not-yours", "This job belongs to somebody else.");
    return job;
  }

  function created(job: Job, response: Response): void {
    response.status(201).location(`/api/v1/jobs/${job.job_id}`).json(shown(job, response));
  }

  /** The body is the file. */
  const receive: RequestHandler = async (request, response) => {
    const bytes = request.get("content-length");
    if (bytes === undefined)
      throw new HttpError(
        411,
        "length-required",
        "Send Content-Length: the size decides whether your plan takes the file.",
      );
    const file = { name: fileNameOf(request), bytes: Number(bytes), body: request };
    created(await idempotent.receive(currentUser(response), idempotencyKeyOf(request), file), response);
  };

  /** The body is the file's name and size. */
  const offer: RequestHandler = async (request, response) => {
    const parsed = submitSchema.safeParse(request.body);
    if (!parsed.success)
      throw new HttpError(400, "malformed", `The body needs file_name and size: ${z.prettifyError(parsed.error)}`);
    const { file_name, size } = parsed.data;
    const file = { name: file_name, bytes: size };
    const { jobId, url, fields } = await idempotent.offer(currentUser(response), idempotencyKeyOf(request), file);
    const start = `/api/v1/jobs/${jobId}/start?file_name=${encodeURIComponent(safeFileName(file_name))}`;
    response.status(202).json({ job_id: jobId, upload: { url, fields }, start });
  };

  const submit: RequestHandler = (request, response, next) => {
    if (request.is("application/json")) return offer(request, response, next);
    if (request.is(["text/plain", "text/x-vcf", "application/octet-stream", "application/gzip"])) {
      return receive(request, response, next);
    }
    throw new HttpError(
      415,
      "content-type",
      "Send the file as application/octet-stream or text/plain, or its name and size as application/json.",
    );
  };

  const start: RequestHandler = async (request, response) => {
    const ref = submissions.keyOf(currentUser(response), jobIdOf(request), fileNameOf(request));
    created(await submissions.record(currentUser(response), ref), response);
  };

  const list: RequestHandler = async (request, response) => {
    const parsed = listSchema.safeParse(request.query);
    if (!parsed.success) {
      throw new HttpError(400, "malformed", "limit is a whole number from 1 to 100, cursor a text given once.");
    }
    const { limit, cursor } = parsed.data;
    try {
      const page = await jobs.listByUser(currentUser(response).user_id, {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const next =
        page.cursor === undefined
          ? {}
          : { next: `/api/v1/jobs?${new URLSearchParams({ limit: String(limit), cursor: page.cursor })}` };
      response.json({ jobs: page.items.map((job) => shown(job, response)), ...next });
    } catch (error) {
      if (!(error instanceof InvalidCursorError)) throw error;
      throw new HttpError(400, "bad-cursor", "The cursor was not made by this list.");
    }
  };

  const show: RequestHandler = async (request, response) => {
    response.json(shown(await ownJob(request, response), response));
  };

  const log: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const none = new HttpError(404, "no-log", "This job has no log (yet): it is written when the job ends.");
    if (job.s3_results_bucket === undefined || job.s3_key_log_file === undefined) throw none;
    try {
      const body = await objects.read({ bucket: job.s3_results_bucket, key: job.s3_key_log_file });
      response.type("text/plain");
      await pipeline(body, response);
    } catch (error) {
      throw error instanceof ObjectNotFoundError ? none : error;
    }
  };

  const result: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
    switch (access.kind) {
      case "available": {
        const ref = { bucket: job.s3_results_bucket ?? "", key: job.s3_key_result_file ?? "" };
        const url = await objects.presignGet(ref, { expiresSeconds: downloadSeconds, fileName: downloadName(ref.key) });
        return response.redirect(302, url);
      }
      case "none":
        throw new HttpError(
          409,
          "no-result",
          `The job is ${job.job_status}: it has no result${job.job_status === "FAILED" ? "" : " yet"}.`,
        );
      case "upgrade":
        throw new HttpError(
          402,
          "archived",
          "The free period is over and the result is in the archive. Premium brings it back.",
          {
            action: { href: "/subscribe?reason=archived", label: "Upgrade" },
          },
        );
      case "archived":
      case "restoring": {
        const left =
          access.kind === "restoring" && access.expectedTime !== undefined
            ? access.expectedTime - epochSeconds(clock)
            : 60;
        throw new HttpError(409, "restoring", "The result is on its way back from the archive.", {
          headers: { "retry-after": String(Math.max(5, left)) },
        });
      }
    }
  };

  const router = Router();
  router.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  router.get("/openapi.json", (_request, response) => void response.json(document));
  // Counted by token where one is sent, before it is looked up: guessing tokens is limited as well (by address, too).
  const perAddress = limitPerMinute(config.apiRequestsPerMinute * 20);
  const perToken = limitPerMinute(config.apiRequestsPerMinute, bearerOf);
  router.use(perAddress, perToken, authenticate(ports));
  router
    .route("/jobs")
    .get(onlyKnown("listJobs"), list)
    .post(onlyKnown("submitJob"), json({ limit: "8kb" }), submit)
    .all(notAllowed("GET", "POST"));
  router.route("/jobs/:id").get(onlyKnown("showJob"), show).all(notAllowed("GET"));
  router.route("/jobs/:id/start").post(onlyKnown("startJob"), start).all(notAllowed("POST"));
  router.route("/jobs/:id/log").get(onlyKnown("readLog"), log).all(notAllowed("GET"));
  router.route("/jobs/:id/result").get(onlyKnown("downloadResult"), result).all(notAllowed("GET"));
  // Nothing below here goes on to the pages, which look at cookies and at where a form comes from.
  router.use((request) => {
    throw new HttpError(
      404,
      "not-found",
      `There is no ${request.baseUrl}${request.path}. The API is described at ${config.publicUrl}/api/v1/docs.`,
    );
  });
  return router;
}

/** Refuses query parameters that the operation does not have: a mistyped one would be ignored in silence. */
function onlyKnown(id: Operation["id"]): RequestHandler {
  const known = Object.keys(operations.find((operation) => operation.id === id)?.query ?? {});
  return (request, _response, next) => {
    const unknown = Object.keys(request.query).find((name) => !known.includes(name));
    if (unknown === undefined) return next();
    const takes = known.length === 0 ? "no query parameters" : `the query parameters ${known.join(", ")}`;
    throw new HttpError(
      400,
      "unknown-parameter",
      `There is no query parameter "${unknown}": this address takes ${takes}.`,
    );
  };
}

const bearerOf = (request: Request): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.get("authorization") ?? "")?.[1];

function authenticate({ users }: Ports): RequestHandler {
  return async (request, response, next) => {
    const token = bearerOf(request);
    const owner = token === undefined ? undefined : await ownerOfToken(users, token);
    if (owner === undefined) {
      throw new HttpError(
        401,
        "bad-token",
        token === undefined
          ? "Send a token: Authorization: Bearer gas_… (make one on your profile page)."
          : "This token is not valid (any more). Make a new one on your profile page.",
        { headers: { "www-authenticate": token === undefined ? "Bearer" : 'Bearer error="invalid_token"' } },
      );
    }
    setUser(response, owner.user);
    next();
  };
}

function fileNameOf(request: Request): string {
  const name = request.query.file_name;
  if (typeof name === "string" && name !== "") return name;
  throw new HttpError(400, "malformed", "Name the file: ?file_name=sample.vcf");
}
