import { createHash } from "node:crypto";
import type { Operation, RequestHead } from "./call.ts";
import type { Credentials, KnownCredentials } from "./credentials.ts";
import { Refusal } from "./errors.ts";
import { isSignedBy, type Signature, timeOf } from "./signature.ts";

/** How far a request's clock may be off. */
const skewMilliseconds = 15 * 60_000;

type Style = "s3" | "json" | "query";

function styleOf({ protocol }: Pick<Operation, "protocol">): Style {
  if (protocol === "s3") return "s3";
  return protocol === "json" || protocol === "cbor" || protocol === "rest-json" ? "json" : "query";
}

const refusals = {
  unsigned: {
    s3: [403, "AccessDenied", "Access Denied"],
    json: [403, "MissingAuthenticationTokenException", "Request is missing Authentication Token"],
    query: [403, "MissingAuthenticationToken", "Request is missing Authentication Token"],
  },
  unknown: {
    s3: [403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."],
    json: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
    query: [403, "InvalidClientTokenId", "The security token included in the request is invalid."],
  },
  token: {
    s3: [400, "InvalidToken", "The provided token is malformed or otherwise invalid."],
    json: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
    query: [403, "InvalidClientTokenId", "The security token included in the request is invalid."],
  },
  expired: {
    s3: [400, "ExpiredToken", "The provided token has expired."],
    json: [403, "ExpiredTokenException", "The security token included in the request is expired"],
    query: [403, "ExpiredToken", "The security token included in the request is expired"],
  },
  skewed: {
    s3: [403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."],
    json: [403, "InvalidSignatureException", "Signature expired or not yet current"],
    query: [403, "SignatureDoesNotMatch", "Signature expired or not yet current"],
  },
  mismatch: {
    s3: [
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ],
    json: [
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    ],
    query: [
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    ],
  },
  body: {
    s3: [
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ],
    json: [403, "InvalidSignatureException", "The body does not match its hash in 'x-amz-content-sha256'."],
    query: [403, "SignatureDoesNotMatch", "The body does not match its hash in 'x-amz-content-sha256'."],
  },
} as const satisfies Record<string, Record<Style, readonly [number, string, string]>>;

export function refuse(reason: keyof typeof refusals, operation: Pick<Operation, "protocol">): Refusal {
  const [status, code, message] = refusals[reason][styleOf(operation)];
  return new Refusal(status, code, message);
}

/** The credentials that an access key belongs to, still valid and used with their own session token. @throws {Refusal} */
export function presented(
  credentials: Credentials,
  claim: Pick<Signature, "accessKeyId" | "sessionToken">,
  operation: Pick<Operation, "protocol">,
): KnownCredentials {
  const known = credentials.find(claim.accessKeyId);
  if (known === undefined) throw refuse("unknown", operation);
  if (claim.sessionToken !== known.sessionToken) throw refuse("token", operation);
  if (known.expiration !== undefined && known.expiration <= Date.now()) throw refuse("expired", operation);
  return known;
}

/** Times are the wall clock's, as the callers live by it. @throws {Refusal} */
function checkTime(signature: Signature, operation: Operation): void {
  const signedAt = timeOf(signature.time);
  const now = Date.now();
  if (signature.form === "header") {
    if (!(Math.abs(now - signedAt) <= skewMilliseconds)) throw refuse("skewed", operation);
    return;
  }
  const expires = signature.expires ?? Number.NaN;
  if (!(expires >= 1 && expires <= 604_800) || Number.isNaN(signedAt)) {
    const message = "X-Amz-Expires must be between 1 and 604800 seconds, X-Amz-Date in the ISO 8601 basic format";
    throw new Refusal(400, "AuthorizationQueryParametersError", message);
  }
  const end = signedAt + expires * 1_000;
  if (now > end) {
    throw new Refusal(403, "AccessDenied", "Request has expired", {
      "X-Amz-Expires": String(expires),
      Expires: new Date(end).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  if (signedAt > now + skewMilliseconds) throw refuse("skewed", operation);
}

/**
 * The caller of a signed request: role ARN or `administrator`.
 *
 * @throws {Refusal} unsigned, unknown or expired credentials, expired URL, or a signature over something else
 */
export function authenticate(
  credentials: Credentials,
  signature: Signature | undefined,
  head: RequestHead,
  body: Buffer | undefined,
  operation: Operation,
): string {
  if (signature === undefined) throw refuse("unsigned", operation);
  const known = presented(credentials, signature, operation);
  checkTime(signature, operation);
  if (!isSignedBy(known.secretAccessKey, signature, head, body)) throw refuse("mismatch", operation);
  const claimed = head.headers["x-amz-content-sha256"] ?? "";
  if (body !== undefined && /^[0-9a-f]{64}$/.test(claimed)) {
    if (createHash("sha256").update(body).digest("hex") !== claimed) throw refuse("body", operation);
  }
  return known.caller;
}
