/**
 * Tells outages and refusals from answers. What the SDK throws after its own retries becomes an `UnavailableError` when nobody's
 * request is at fault: no connection, no answer, 5xx, throttling, credentials that are not accepted. Where a permission, a policy or
 * a key forbids the call it becomes a `DeniedError`, which is one of those.
 */
import { DeniedError, UnavailableError } from "../jobs/errors.ts";

/** An error of the SDK, as far as is looked at; others may come along the same way. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Answers about one archive or tier, although their status says "not available" (503) or "forbidden" (403). */
const answers = new Set([
  "InsufficientCapacityException",
  "GlacierExpeditedRetrievalNotAvailable",
  "InvalidObjectState",
  "ObjectNotInActiveTierError",
  "ObjectAlreadyInActiveTierError",
]);

/** Says no to everybody just now, with a status that blames the request. */
const refusals = new Set([
  // throttling
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "KMSThrottlingException",
  // who we are
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  // what is missing as a whole: a table, a queue, a topic, a bucket that somebody has removed
  "NoSuchBucket",
  "NotFoundException",
  "QueueDoesNotExist",
  // SES has stopped the account's mail
  "AccountSuspendedException",
  "MailFromDomainNotVerifiedException",
  "SendingPausedException",
]);

/** Forbids this call to this service. Several come with status 400: DynamoDB's, and those about keys. */
const denials = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationError",
  "AuthorizationErrorException",
  "InaccessibleEncryptionCredentialsException",
  "KMSAccessDenied",
  "KMSAccessDeniedException",
  "KMSDisabled",
  "KMSDisabledException",
  "KMSInvalidState",
  "KMSInvalidStateException",
  "KMSNotFound",
  "KMSNotFoundException",
  "KMS.DisabledException",
  "KMS.KMSInvalidStateException",
  "KMS.NotFoundException",
  "KmsAccessDenied",
  "KmsDisabled",
  "KmsInvalidState",
  "KmsNotFound",
]);

const connection =
  /^(?:E(?:AI_AGAIN|CONNABORTED|CONNREFUSED|CONNRESET|HOSTDOWN|HOSTUNREACH|NETDOWN|NETUNREACH|NOTFOUND|PIPE|TIMEDOUT)|ERR_STREAM_PREMATURE_CLOSE)$/;

/** What an error of a call or a stream is; undefined: an answer to the request. */
export function troubleOf(error: unknown): "outage" | "denial" | undefined {
  if (!(error instanceof Error) || error.name === "AbortError" || answers.has(error.name)) return undefined;
  const { code = "", $metadata, name } = error as SdkError;
  if (refusals.has(name) || name === "TimeoutError" || connection.test(code)) return "outage";
  const status = $metadata?.httpStatusCode;
  // The answer to a HEAD request has a status and no name.
  if (denials.has(name) || status === 403) return "denial";
  return status !== undefined && (status >= 500 || status === 429 || status === 401) ? "outage" : undefined;
}

/**
 * A client whose calls throw `UnavailableError` for outages and `DeniedError` for refusals; everything else comes as the SDK
 * throws it.
 */
export function tellsOutages<
  Client extends { readonly middlewareStack: unknown; readonly config: { readonly serviceId: string } },
>(client: Client): Client {
  const { serviceId } = client.config;
  const stack = client.middlewareStack as {
    add(
      middleware: (next: (args: unknown) => Promise<unknown>) => (args: unknown) => Promise<unknown>,
      options: { step: "initialize"; priority: "high"; name: string },
    ): void;
  };
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (cause) {
        const trouble = troubleOf(cause);
        if (trouble === undefined) throw cause;
        const { name: what, message } = cause as Error;
        if (trouble === "denial") throw new DeniedError(`${serviceId} refuses: ${what} (${message})`, { cause });
        throw new UnavailableError(`${serviceId} is not available: ${what} (${message})`, { cause });
      }
    },
    { step: "initialize", priority: "high", name: "tellsOutages" },
  );
  return client;
}
