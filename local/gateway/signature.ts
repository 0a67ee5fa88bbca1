/** Signature Version 4, the checking side. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { RequestHead } from "./call.ts";

export interface Signature {
  /** `query`: a presigned URL. */
  readonly form: "header" | "query";
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly time: string;
  /** Seconds a presigned URL is good for. */
  readonly expires?: number;
}

const algorithm = "AWS4-HMAC-SHA256";

/** `access key/day/region/service/aws4_request`. */
export function readScope(scope: string): Pick<Signature, "accessKeyId" | "day" | "region" | "service"> | undefined {
  const [, accessKeyId, day, region, service] = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(scope) ?? [];
  if (accessKeyId === undefined || day === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, day, region, service };
}

/** `undefined` when the request carries none that can be read. */
export function readSignature({ headers, query }: RequestHead): Signature | undefined {
  const authorization = headers.authorization;
  if (authorization?.startsWith(algorithm)) {
    const field = (name: string): string => new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? "";
    const scope = readScope(field("Credential"));
    const token = headers["x-amz-security-token"];
    return (
      scope && {
        ...scope,
        form: "header",
        signedHeaders: field("SignedHeaders").split(";"),
        signature: field("Signature"),
        time: headers["x-amz-date"] ?? "",
        ...(token === undefined ? {} : { sessionToken: token }),
      }
    );
  }
  if (query.get("X-Amz-Algorithm") !== algorithm) return undefined;
  const scope = readScope(query.get("X-Amz-Credential") ?? "");
  const token = query.get("X-Amz-Security-Token");
  return (
    scope && {
      ...scope,
      form: "query",
      signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
      signature: query.get("X-Amz-Signature") ?? "",
      time: query.get("X-Amz-Date") ?? "",
      expires: Number(query.get("X-Amz-Expires")),
      ...(token === null ? {} : { sessionToken: token }),
    }
  );
}

/** Epoch milliseconds of `YYYYMMDDTHHMMSSZ`; NaN when it is not one. */
export function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** Percent-encoding as AWS wants it: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function reencode(segment: string): string {
  try {
    return encode(decodeURIComponent(segment));
  } catch {
    return encode(segment);
  }
}

function canonicalPath(path: string, service: string): string {
  // All but S3 encode the path that was sent once more.
  return path
    .split("/")
    .map((segment) => (service === "s3" ? reencode(segment) : encode(segment)))
    .join("/");
}

function canonicalQuery(search: string): string {
  if (search === "") return "";
  return search
    .split("&")
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [reencode(name), reencode(value)] as const;
    })
    .filter(([name]) => name !== "X-Amz-Signature")
    .sort(([a, av], [b, bv]) => (a < b ? -1 : a > b ? 1 : av < bv ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** HMAC chain over a string to sign; hexadecimal. */
export function signWith(secret: string, scope: Pick<Signature, "day" | "region" | "service">, text: string): string {
  const key = [scope.day, scope.region, scope.service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

export function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** True when the holder of `secret` signed exactly this request. `body` only where the request does not carry its hash. */
export function isSignedBy(secret: string, signature: Signature, head: RequestHead, body: Buffer | undefined): boolean {
  const { method, path, search, headers } = head;
  const presigned = signature.form === "query";
  const payload = headers["x-amz-content-sha256"] ?? (presigned ? "UNSIGNED-PAYLOAD" : sha256(body ?? ""));
  const canonical = [
    method,
    canonicalPath(path, signature.service),
    canonicalQuery(search),
    ...signature.signedHeaders.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signature.signedHeaders.join(";"),
    payload,
  ].join("\n");
  const scope = `${signature.day}/${signature.region}/${signature.service}/aws4_request`;
  const text = [algorithm, signature.time, scope, sha256(canonical)].join("\n");
  return sameText(signWith(secret, signature, text), signature.signature);
}
