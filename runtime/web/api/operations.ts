/** The operations of the programming interface as a table: what each takes, gives and refuses. */
import type { TokenScope } from "../../contract/user.ts";

export interface Operation {
  readonly method: "get" | "post" | "patch" | "delete";
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

/** What a token must allow. @param method as requests or the table have it. */
export const scopeOf = (method: string): TokenScope => (/^(get|head)$/i.test(method) ? "read" : "write");

/** A shape of the document, by its schema's name. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ "application/json": ref(name) });
const binary = { type: "string", minLength: 1, contentMediaType: "application/octet-stream" };
const plainText = { type: "string", minLength: 1 };
const fileName = {
  file_name: {
    description: "Name of the file: ends in .vcf, .vcf.gz or .vcf.bgz.",
    schema: { type: "string", pattern: "\\.[vV][cC][fF](\\.[gG][zZ]|\\.[bB][gG][zZ])?$" },
    required: true,
  },
};

const uploadId = {
  upload_id: {
    description: "Of the upload, as beginUpload gives it.",
    schema: { type: "string", minLength: 1, maxLength: 1000, pattern: "^[!-~]+$" },
    required: true,
  },
};

const beyondScope = "Beyond the token's scope";
const notYours = `Somebody else's job, or ${beyondScope.toLowerCase()}`;
const unknownParameter = { 400: "An unknown parameter" };
/** Refusals that every operation has. */
export const common = {
  401: "No valid token",
  403: beyondScope,
  429: "Too many requests (Retry-After)",
  500: "Our mistake",
  503: "Too much at once (Retry-After)",
};

const resultProblems = {
  ...unknownParameter,
  402: "Archived: premium brings it back",
  403: notYours,
  404: "No such job or file, or a result without an index",
  409: "Not annotated (yet), on its way back from the archive (Retry-After), or an index that does not fit the result",
};

const several = { type: "array", items: { type: "string" } };
/** What records of a result are found by. */
const filters = {
  q: {
    description:
      "A gene (BRCA1), region (chr17:43044295-43125364), sequence (chr17), rs number or ClinVar id (clinvar:17661).",
    schema: { type: "string" },
  },
  type: { description: "Kind of change; may come again, then one of them.", schema: several },
  filter: { description: "Value of FILTER; may come again.", schema: several },
  consequence: { description: "Most severe consequence by location (GAS_CSQ); may come again.", schema: several },
  significance: { description: "ClinVar significance; may come again.", schema: several },
  quality: { description: "Least QUAL.", schema: { type: "number" } },
  genotype: {
    description: "What `sample` has.",
    schema: { type: "string", enum: ["carries", "het", "hom", "ref", "missing"] },
  },
  sample: { description: "Needed with genotype when the result has several samples.", schema: { type: "string" } },
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
      "text/plain": plainText,
      "text/x-vcf": plainText,
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
      400: "No file_name, or one that no VCF file has",
      403: notYours,
      404: "The file has not arrived",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "post",
    path: "/uploads",
    id: "beginUpload",
    summary: "Begin an upload in parts",
    body: { "application/json": ref("Submission") },
    bodyNote:
      "Name and size. For large files: what breaks off is taken up again within a day, by listing the parts that have arrived.",
    answers: { 201: { description: "Send the parts, then complete the upload.", media: json("PartUpload") } },
    problems: {
      400: "Not a VCF file name, an empty file, an unknown property or parameter",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "post",
    path: "/uploads/{job_id}/urls",
    id: "presignParts",
    summary: "Get the addresses of parts",
    body: { "application/json": ref("PartsWanted") },
    bodyNote: "Up to 100 numbers of parts.",
    answers: { 200: { description: "An address for each.", media: json("PartUrls") } },
    problems: {
      400: "A part that the file does not have, an unknown property or parameter",
      404: "Not an id of an upload",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "get",
    path: "/uploads/{job_id}/parts",
    id: "listParts",
    summary: "List the parts that have arrived",
    query: { ...uploadId, ...fileName },
    answers: { 200: { description: "In the order of their numbers.", media: json("PartsArrived") } },
    problems: { 400: "Not a VCF file name, or an unknown parameter", 404: "No such upload, or it has ended" },
  },
  {
    method: "post",
    path: "/uploads/{job_id}/complete",
    id: "completeUpload",
    summary: "Complete an upload, and start its job",
    body: { "application/json": ref("CompleteUpload") },
    bodyNote: "The upload as it was begun.",
    answers: {
      201: {
        description: "The job waits to be annotated; Location names it. Repeating the call changes nothing.",
        media: json("Job"),
      },
    },
    problems: {
      400: "Bytes of something that is no VCF file, an unknown property or parameter",
      403: notYours,
      404: "No such upload",
      409: "Parts are missing",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "delete",
    path: "/uploads/{job_id}",
    id: "abortUpload",
    summary: "Give an upload up",
    query: { ...uploadId, ...fileName },
    answers: { 204: { description: "What has arrived is gone. Repeating the call changes nothing." } },
    problems: { 400: "Not a VCF file name, or an unknown parameter", 404: "Not an id of an upload" },
  },
  {
    method: "get",
    path: "/jobs",
    id: "listJobs",
    summary: "List your jobs, newest first",
    query: {
      limit: { description: "1 to 100; 20 when omitted.", schema: { type: "integer", minimum: 1, maximum: 100 } },
      cursor: { description: "From `next` of the page before.", schema: { type: "string", minLength: 1 } },
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
    problems: { ...unknownParameter, 403: notYours, 404: "No such job" },
  },
  {
    method: "patch",
    path: "/jobs/{job_id}",
    id: "labelJob",
    summary: "Name a job, or add a note",
    body: { "application/json": ref("Label") },
    bodyNote: "Name (one line, 100 characters) and note (2,000 characters); an empty text removes it.",
    answers: { 200: { description: "The job.", media: json("Job") } },
    problems: {
      400: "A text too long or with control characters, an unknown property or parameter, or neither text",
      403: notYours,
      404: "No such job",
    },
  },
  {
    method: "delete",
    path: "/jobs/{job_id}",
    id: "deleteJob",
    summary: "Delete a job with everything that belongs to it",
    answers: {
      204: {
        description: "The job is gone, and cancelled first if it had not ended. Its files follow within minutes.",
      },
    },
    problems: { ...unknownParameter, 403: "Somebody else's job", 404: "No such job, or deleted before" },
  },
  {
    method: "post",
    path: "/jobs/{job_id}/cancel",
    id: "cancelJob",
    summary: "Cancel a job that waits or runs",
    answers: {
      200: { description: "The job is cancelled. Repeating the call changes nothing.", media: json("Job") },
    },
    problems: { ...unknownParameter, 403: notYours, 404: "No such job", 409: "It has ended otherwise" },
  },
  {
    method: "post",
    path: "/jobs/{job_id}/resubmit",
    id: "resubmitJob",
    summary: "Run an ended job again",
    answers: {
      201: {
        description:
          "Another job of the same file waits to be annotated; Location names it. While it waits or runs, repeating the call " +
          "gives the same job.",
        media: json("Job"),
      },
    },
    problems: {
      ...unknownParameter,
      403: notYours,
      404: "No such job",
      409: "It has not ended, or has been run again too often",
      410: "Its file is not kept any more",
      413: "Larger than the plan takes",
    },
  },
  {
    method: "post",
    path: "/jobs/{job_id}/share",
    id: "shareResult",
    summary: "Make a link by which anybody sees the result",
    body: { "application/json": ref("Share") },
    bodyNote: "After how many days the link ends: 1, 7 or 30.",
    answers: { 201: { description: "The link, shown this once. An earlier one works no more.", media: json("Link") } },
    problems: {
      400: "Other days, an unknown property or parameter",
      403: "Somebody else's job",
      404: "No such job",
      409: "The job has no result",
    },
  },
  {
    method: "delete",
    path: "/jobs/{job_id}/share",
    id: "withdrawLink",
    summary: "Withdraw the link to the result",
    answers: { 204: { description: "No link works any more. Repeating the call changes nothing." } },
    problems: { ...unknownParameter, 403: "Somebody else's job", 404: "No such job" },
  },
  {
    method: "get",
    path: "/jobs/{job_id}/log",
    id: "readLog",
    summary: "Read the log",
    answers: { 200: { description: "The whole log.", media: { "text/plain": { type: "string" } } } },
    problems: { ...unknownParameter, 403: notYours, 404: "No such job, or no log yet" },
  },
  {
    method: "get",
    path: "/jobs/{job_id}/result",
    id: "downloadResult",
    summary: "Download the result",
    query: {
      file: {
        description: "vcf when omitted; bgzip: the same text compressed; tabix: the index of that.",
        schema: { type: "string", enum: ["vcf", "bgzip", "tabix"] },
      },
    },
    answers: { 302: { description: "Location is the file, for 5 minutes." } },
    problems: resultProblems,
  },
  {
    method: "get",
    path: "/jobs/{job_id}/summary",
    id: "summarizeResult",
    summary: "Count the records of the result by what they are",
    answers: { 200: { description: "The counts.", media: json("ResultSummary") } },
    problems: resultProblems,
  },
  {
    method: "get",
    path: "/jobs/{job_id}/variants",
    id: "listVariants",
    summary: "List records of the result, all or those that fit filters",
    query: {
      ...filters,
      sort: {
        description: "quality: the highest QUAL first; refused where too many records would have to be read.",
        schema: { type: "string", enum: ["quality"] },
      },
      limit: { description: "1 to 500; 50 when omitted.", schema: { type: "integer", minimum: 1, maximum: 500 } },
      from: {
        description: "Records before this one (from 0) are passed over; `next` has it.",
        schema: { type: "integer", minimum: 0 },
      },
    },
    answers: { 200: { description: "One page, in the order of the result.", media: json("VariantList") } },
    problems: {
      ...resultProblems,
      400: "A filter that cannot be read, a page beyond the end, or an unknown parameter",
    },
  },
  {
    method: "get",
    path: "/jobs/{job_id}/export",
    id: "exportResult",
    summary: "Download the records that fit filters",
    query: {
      ...filters,
      format: {
        description: "vcf when omitted.",
        schema: { type: "string", enum: ["vcf", "vcf.gz", "tsv", "csv"] },
      },
      column: {
        description: "Of tables, may come again: ID, QUAL, FILTER, INFO.<id>, SAMPLE.<name>. Omitted: the usual ones.",
        schema: { type: "array", items: { type: "string" } },
      },
    },
    answers: {
      200: {
        description: "The file.",
        media: {
          "text/x-vcf": { type: "string" },
          "application/gzip": binary,
          "text/tab-separated-values": { type: "string" },
          "text/csv": { type: "string" },
        },
      },
    },
    problems: { ...resultProblems, 400: "A filter or format that cannot be read, or an unknown parameter" },
  },
];
