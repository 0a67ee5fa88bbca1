/** The OpenAPI 3.1 document: operations as a table, shapes from the schemas that the code itself uses. */
import { z } from "zod";
import { apiJobSchema, jobListSchema, problemSchema, submitSchema, uploadSchema } from "./schemas.ts";

export interface Operation {
  readonly method: "get" | "post";
  /** Below `/api/v1`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, { description: string; schema: object; required?: boolean }>>;
  readonly headers?: Readonly<Record<string, { description: string; schema: object }>>;
  readonly body?: Readonly<Record<string, object>>;
  readonly bodyNote?: string;
  /** Success status → what comes; `media` omitted: nothing but headers. */
  readonly answers: Readonly<Record<number, { description: string; media?: Readonly<Record<string, object>> }>>;
  /** Refusals beside those that every operation has: `common`. */
  readonly problems: Readonly<Record<number, string>>;
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ "application/json": ref(name) });
const binary = { type: "string", contentMediaType: "application/octet-stream" };
const fileName = {
  file_name: {
    description: "Name of the file: ends in .vcf, .vcf.gz or .vcf.bgz.",
    schema: { type: "string" },
    required: true,
  },
};

const unknownParameter = { 400: "An unknown parameter" };
/** Refusals that every operation has. */
const common = {
  401: "No valid token",
  429: "Too many requests (Retry-After)",
  500: "Our mistake",
  503: "Too much at once (Retry-After)",
};

export const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/jobs",
    id: "submitJob",
    summary: "Submit a file",
    query: {
      file_name: { ...fileName.file_name, required: false, description: "Needed when the body is the file itself." },
    },
    headers: {
      "Idempotency-Key": {
        description:
          "Yours for this submission. Sent again within 24 hours with the same file (or name and size), it gives the same " +
          "job; with another, 422; while the first request is at work, 409.",
        schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
      },
    },
    body: {
      "application/octet-stream": binary,
      "application/gzip": binary,
      "text/plain": { type: "string" },
      "text/x-vcf": { type: "string" },
      "application/json": ref("Submission"),
    },
    bodyNote: "The file itself (job made at once), or its name and size (form for a direct upload to storage).",
    answers: {
      201: { description: "The job waits to be annotated; Location names it.", media: json("Job") },
      202: { description: "Upload the file with this form, then start the job.", media: json("Upload") },
    },
    problems: {
      400: "Not a VCF file name, an empty file, an unknown property or parameter, or a bad Idempotency-Key",
      409: "A request with this Idempotency-Key is at work (Retry-After)",
      411: "No Content-Length",
      413: "Larger than the plan takes",
      415: "Unknown content type",
      422: "This Idempotency-Key was used for something else",
    },
  },
  {
    method: "post",
    path: "/jobs/{job_id}/start",
    id: "startJob",
    summary: "Start the job of an uploaded file",
    query: fileName,
    answers: {
      201: { description: "The job waits to be annotated. Repeating the call changes nothing.", media: json("Job") },
    },
    problems: {
      400: "No file_name",
      403: "Somebody else's job",
      404: "The file has not arrived",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "get",
    path: "/jobs",
    id: "listJobs",
    summary: "List your jobs, newest first",
    query: {
      limit: { description: "1 to 100; 20 when omitted.", schema: { type: "integer", minimum: 1, maximum: 100 } },
      cursor: { description: "From `next` of the page before.", schema: { type: "string" } },
    },
    answers: { 200: { description: "One page.", media: json("JobList") } },
    problems: { 400: "Bad limit or cursor, or an unknown parameter" },
  },
  {
    method: "get",
    path: "/jobs/{job_id}",
    id: "showJob",
    summary: "Show one job",
    answers: { 200: { description: "The job.", media: json("Job") } },
    problems: { ...unknownParameter, 403: "Somebody else's job", 404: "No such job" },
  },
  {
    method: "get",
    path: "/jobs/{job_id}/log",
    id: "readLog",
    summary: "Read the log",
    answers: { 200: { description: "The whole log.", media: { "text/plain": { type: "string" } } } },
    problems: { ...unknownParameter, 403: "Somebody else's job", 404: "No such job, or no log yet" },
  },
  {
    method: "get",
    path: "/jobs/{job_id}/result",
    id: "downloadResult",
    summary: "Download the result",
    answers: { 302: { description: "Location is the annotated VCF, for 5 minutes." } },
    problems: {
      ...unknownParameter,
      402: "Archived: premium brings it back",
      403: "Somebody else's job",
      404: "No such job",
      409: "Not annotated (yet), or on its way back from the archive (Retry-After)",
    },
  },
];

function operationObject(operation: Operation): object {
  const parameters = [
    ...(operation.path.includes("{job_id}")
      ? [{ name: "job_id", in: "path", required: true, schema: { type: "string", format: "uuid" } }]
      : []),
    ...Object.entries(operation.query ?? {}).map(([name, { description, schema, required = false }]) => ({
      name,
      in: "query",
      description,
      required,
      schema,
    })),
    ...Object.entries(operation.headers ?? {}).map(([name, header]) => ({ name, in: "header", ...header })),
  ];
  const content = (media: Readonly<Record<string, object>>) =>
    Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema }]));
  const problem = (description: string) => ({
    description,
    content: content({ "application/problem+json": ref("Problem") }),
  });
  const refusals = { ...operation.problems, ...common };
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, description: operation.bodyNote, content: content(operation.body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, { description, media }]) => [
          status,
          { description, ...(media === undefined ? {} : { content: content(media) }) },
        ]),
      ),
      ...Object.fromEntries(Object.entries(refusals).map(([status, description]) => [status, problem(description)])),
    },
  };
}

export function openApiDocument(publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  }
  const registry = z.registry<{ id: string }>();
  for (const schema of [submitSchema, uploadSchema, apiJobSchema, jobListSchema, problemSchema]) {
    registry.add(schema, { id: schema.meta()?.id ?? "" });
  }
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: "input" });
  for (const schema of Object.values(schemas) as Record<string, unknown>[]) {
    delete schema.$schema;
    delete schema.$id;
    delete schema.id;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Genomics Annotation Service",
      version: "1.0.0",
      description: "Submit VCF files, follow their jobs, download results. Tokens are made on the profile page.",
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } }, schemas },
  };
}
