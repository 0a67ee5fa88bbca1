/** Cross-origin rules of a bucket, applied as S3 does: the first rule that fits decides, whole. */
import { type CORSRule, GetBucketCorsCommand, type S3Client } from "@aws-sdk/client-s3";
import { Refusal } from "../../gateway/errors.ts";
import type { BrowserCalls } from "../../gateway/service.ts";

const list = (header: string | undefined): string[] =>
  (header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** A pattern holds at most one `*`. */
function fits(pattern: string, text: string): boolean {
  const at = pattern.indexOf("*");
  if (at < 0) return pattern === text;
  const [start, end] = [pattern.slice(0, at), pattern.slice(at + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

interface CorsQuestion {
  readonly origin: string;
  readonly method: string;
  /** Asked for by a preflight; lower case. */
  readonly headers: readonly string[];
}

/** Headers of the answer; `undefined` when no rule allows it. */
function corsHeaders(
  rules: readonly CORSRule[],
  question: CorsQuestion,
  preflight: boolean,
): Record<string, string> | undefined {
  const rule = rules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      (AllowedOrigins ?? []).some((pattern) => fits(pattern, question.origin)) &&
      (AllowedMethods ?? []).includes(question.method) &&
      question.headers.every((name) => (AllowedHeaders ?? []).some((pattern) => fits(pattern.toLowerCase(), name))),
  );
  if (rule === undefined) return undefined;
  const anyone = rule.AllowedOrigins?.includes("*") === true;
  return {
    "access-control-allow-origin": anyone ? "*" : question.origin,
    "access-control-allow-methods": (rule.AllowedMethods ?? []).join(", "),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    ...(anyone ? {} : { "access-control-allow-credentials": "true" }),
    ...(rule.ExposeHeaders?.length ? { "access-control-expose-headers": rule.ExposeHeaders.join(", ") } : {}),
    ...(preflight && question.headers.length > 0
      ? { "access-control-allow-headers": question.headers.join(", ") }
      : {}),
    ...(preflight && rule.MaxAgeSeconds !== undefined ? { "access-control-max-age": String(rule.MaxAgeSeconds) } : {}),
  };
}

export function createCors(s3: S3Client): Pick<BrowserCalls, "preflight" | "opened"> {
  async function rulesOf(bucket: string): Promise<CORSRule[]> {
    try {
      return (await s3.send(new GetBucketCorsCommand({ Bucket: bucket }))).CORSRules ?? [];
    } catch (error) {
      const { name } = error as Error;
      if (name === "NoSuchCORSConfiguration" || name === "NoSuchBucket" || name === "NotFound") return [];
      throw error;
    }
  }
  return {
    async preflight(head, bucket) {
      const origin = head.headers.origin;
      const method = head.headers["access-control-request-method"];
      if (origin === undefined || method === undefined) {
        throw new Refusal(400, "BadRequest", "Insufficient information. Origin request header needed.");
      }
      const rules = bucket === undefined ? [] : await rulesOf(bucket);
      const names = list(head.headers["access-control-request-headers"]).map((name) => name.toLowerCase());
      const headers = corsHeaders(rules, { origin, method, headers: names }, true);
      if (headers === undefined) {
        const message =
          rules.length === 0
            ? "CORSResponse: CORS is not enabled for this bucket."
            : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
        throw new Refusal(403, "AccessForbidden", message, { Method: method, ResourceType: "BUCKET" });
      }
      return { status: 200, headers, body: Buffer.alloc(0) };
    },
    async opened(call, answer) {
      const headers = Object.fromEntries(
        Object.entries(answer.headers).filter(([name]) => !name.startsWith("access-control-")),
      );
      const { origin } = call.headers;
      if (origin === undefined || call.bucket === undefined) return { ...answer, headers };
      const allowed = corsHeaders(await rulesOf(call.bucket), { origin, method: call.method, headers: [] }, false);
      return { ...answer, headers: { ...headers, ...allowed } };
    },
  };
}
