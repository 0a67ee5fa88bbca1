/** What calls to S3 need to be allowed: some are named otherwise in policies, some need several permissions. */
import type { Call } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import type { Permission } from "../iam/permission.ts";

const s3Actions: Readonly<Record<string, string>> = {
  HeadObject: "GetObject",
  HeadBucket: "ListBucket",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListParts: "ListMultipartUploadParts",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  UploadPartCopy: "PutObject",
  CompleteMultipartUpload: "PutObject",
  CopyObject: "PutObject",
  PostObject: "PutObject",
  DeleteObjects: "DeleteObject",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  GetBucketCors: "GetBucketCORS",
  PutBucketCors: "PutBucketCORS",
};

const ofVersion = new Set(["GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl"]);

/** `bucket/key` of an `x-amz-copy-source` header. */
export function copySource(header: string): { bucket: string; key: string; versionId?: string } {
  const [path = "", query = ""] = header.split("?");
  const decoded = decodeURIComponent(path).replace(/^\//, "");
  const at = decoded.indexOf("/");
  const versionId = new URLSearchParams(query).get("versionId");
  return { bucket: decoded.slice(0, at), key: decoded.slice(at + 1), ...(versionId === null ? {} : { versionId }) };
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Text of an XML element as it was meant. */
function plainText(xml: string): string {
  return xml.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hexadecimal, name: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal));
  });
}

const objectElement = /<Object>\s*((?:<(Key|VersionId|ETag|LastModifiedTime|Size)>[^<]*<\/\2>\s*)*)<\/Object>/g;

/**
 * One permission for each object that a `DeleteObjects` names.
 *
 * @throws {Refusal} when the document holds more than that: what is not understood here might be by the emulator
 */
function deletions(xml: string, bucketArn: string): Permission[] {
  const objects = [...xml.matchAll(objectElement)].map(([, content = ""]) => content);
  const rest = xml.replace(objectElement, "").replace(/<Quiet>\s*\w*\s*<\/Quiet>/, "");
  const isPlain = /^\s*(<\?xml[^>]*\?>)?\s*<Delete(\s[^<>]*)?>\s*<\/Delete>\s*$/.test(rest);
  const keysOf = (content: string) => [...content.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
  if (!isPlain || objects.length === 0 || objects.some((content) => keysOf(content).length !== 1)) {
    const message = "The XML you provided was not well-formed or did not validate against our published schema";
    throw new Refusal(400, "MalformedXML", message);
  }
  return objects.map((content) => ({
    action: /<VersionId>[^<]/.test(content) ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
    resource: `${bucketArn}/${plainText(keysOf(content)[0] ?? "")}`,
  }));
}

export function s3Permissions(call: Call): Permission[] {
  const { bucket, key, action } = call;
  const plain = s3Actions[action] ?? action;
  const named = call.query.has("versionId") && ofVersion.has(plain) ? plain.replace("Object", "ObjectVersion") : plain;
  const resource = bucket === undefined ? "*" : `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  if (action === "DeleteObjects") return deletions(call.body.toString("utf8"), resource);
  const permissions = [{ action: `s3:${named}`, resource }];
  if (call.headers["x-amz-tagging"] !== undefined) permissions.push({ action: "s3:PutObjectTagging", resource });
  if (key !== undefined && call.headers["x-amz-acl"] !== undefined) {
    permissions.push({ action: "s3:PutObjectAcl", resource });
  }
  const source = call.headers["x-amz-copy-source"];
  if (source !== undefined) {
    const from = copySource(source);
    const read = from.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
    permissions.push({ action: read, resource: `arn:aws:s3:::${from.bucket}/${from.key}` });
  }
  return permissions;
}
