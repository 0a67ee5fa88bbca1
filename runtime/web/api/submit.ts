/** Handlers of the API that take a file. */
import type { Request, RequestHandler, Response } from "express";
import { safeFileName } from "../../contract/file-name.ts";
import type { Job } from "../../contract/job.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { jobIdOf } from "../http/gates.ts";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import type { Submissions } from "../submissions.ts";
import { checkedName } from "../upload-checks.ts";
import { sendCreated } from "./created-job.ts";
import { createIdempotentSubmissions, idempotencyKeyOf } from "./idempotency.ts";
import { parsed } from "./parsed.ts";
import { submitSchema } from "./schemas.ts";

type Ports = Pick<WebPorts, "jobs" | "submissionKeys" | "config" | "clock">;

export function submitHandlers(ports: Ports, submissions: Submissions) {
  const idempotent = createIdempotentSubmissions(ports, submissions);
  const ownJob = ownJobOf(ports.jobs);

  const created = (job: Job, response: Response) => sendCreated(ports.config, job, response);

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
    const { file_name, size } = parsed(submitSchema, request.body, "The body needs file_name and size");
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
    const ref = submissions.keyOf(currentUser(response), jobIdOf(request), checkedName(fileNameOf(request)));
    created(await submissions.record(currentUser(response), ref), response);
  };

  const rerun: RequestHandler = async (request, response) => {
    created(await submissions.rerun(currentUser(response), await ownJob(request, response)), response);
  };

  return { submit, start, rerun };
}

function fileNameOf(request: Request): string {
  const name = request.query.file_name;
  if (typeof name === "string" && name !== "") return name;
  throw new HttpError(400, "malformed", "Name the file: ?file_name=sample.vcf");
}
