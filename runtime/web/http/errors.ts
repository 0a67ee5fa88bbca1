/** Refusals as values: a handler throws one, the error page (or problem document) is made of it in one place. */

import { OverloadedError } from "../../jobs/errors.ts";

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 405 | 409 | 410 | 411 | 413 | 415 | 422 | 429 | 500 | 503;

/** A request is refused. `message` is shown to the user as it is: it says what is wrong and what to do. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: ErrorStatus;
  /** Short stable word for programs: the last part of the problem's `type`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Link offered on the page: what to do next. */
  readonly action: { readonly href: string; readonly label: string } | undefined;

  constructor(
    status: ErrorStatus,
    code: string,
    message: string,
    options: {
      headers?: Record<string, string>;
      action?: { href: string; label: string };
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.action = options.action;
  }
}

/** Headings of the error pages, and `title` of problem documents. */
export const errorTitles: Record<ErrorStatus, string> = {
  400: "That request was not understood",
  401: "Please sign in",
  402: "This needs a premium plan",
  403: "That is not yours to see",
  404: "There is nothing here",
  405: "That cannot be done here",
  409: "Not in this state",
  410: "That is not kept any more",
  411: "The length is missing",
  413: "That file is too large",
  415: "That kind of content is not accepted",
  422: "That does not fit what was sent before",
  429: "Too many requests",
  500: "Something went wrong on our side",
  503: "Not available just now",
};

/** The refusal that any thrown value stands for. Only an `HttpError` speaks to the user; everything else is ours. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const known = error as { type?: unknown; status?: unknown } | null;
  // body-parser and Express mark what the client did wrong; their own words are not fit to show.
  if (known?.type === "entity.too.large") {
    return new HttpError(413, "body-too-large", "The request's body is larger than this address accepts.", {
      cause: error,
    });
  }
  if (typeof known?.status === "number" && known.status >= 400 && known.status < 500) {
    return new HttpError(400, "malformed", "The request could not be read. Go back and try again.", { cause: error });
  }
  if (isOverload(error)) {
    return new HttpError(
      503,
      "overloaded",
      "Too much is going on at once. Nothing is lost: try again in a few seconds.",
      { headers: { "retry-after": "5" }, cause: error },
    );
  }
  return new HttpError(
    500,
    "internal",
    "Your files and jobs are safe. Try again in a minute; if it happens again, tell the operator the request number below.",
    { cause: error },
  );
}

/** AWS throttles, or did not answer in time with all repetitions: a later request may succeed. */
function isOverload(error: unknown): boolean {
  if (error instanceof OverloadedError) return true;
  const known = error as {
    name?: unknown;
    $retryable?: { throttling?: boolean };
    $metadata?: { httpStatusCode?: number };
  } | null;
  return (
    known?.$retryable?.throttling === true ||
    known?.$metadata?.httpStatusCode === 503 ||
    ["TimeoutError", "ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown"].includes(
      String(known?.name),
    )
  );
}
