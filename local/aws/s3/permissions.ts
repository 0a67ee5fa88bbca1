/** What calls to S3 need to be allowed: some are named otherwise in policies, some need several permissions. */
import type { Call } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { type XmlElement, xmlIn } from "../../gateway/xml-document.ts";
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

const objectParts = new Set(["Key", "VersionId", "ETag", "LastModifiedTime", "Size"]);
const isPlain = ({ attributes, children }: XmlElement) => Object.keys(attributes).length === 0 && children.length === 0;

/** Key and version of what an `Object` element names; undefined: it holds more, or less. */
function namedIn({ attributes, children }: XmlElement): { key: string; version: string } | undefined {
  if (Object.keys(attributes).length > 0 || !children.every((part) => objectParts.has(part.name) && isPlain(part)))
    return undefined;
  const [key, another] = children.filter(({ name }) => name === "Key");
  const version = children.find(({ name, text }) => name === "VersionId" && text !== "");
  return key === undefined || another !== undefined ? undefined : { key: key.text, version: version?.text ?? "" };
}

/** What a `DeleteObjects` names; undefined: its document holds more than that. */
function objectsIn(document: string): { key: string; version: string }[] | undefined {
  const root = xmlIn(document);
  if (root === undefined) return undefined;
  const objects = root.children.filter(({ name }) => name === "Object");
  const others = root.children.filter(({ name }) => name !== "Object");
  const isQuiet =
    others.length === 0 || (others.length === 1 && others.every((each) => each.name === "Quiet" && isPlain(each)));
  const named = objects.flatMap((object) => namedIn(object) ?? []);
  const isWhole = root.name === "Delete" && isQuiet && objects.length > 0 && named.length === objects.length;
  return isWhole ? named : undefined;
}

/**
 * One permission for each object that a `DeleteObjects` names.
 *
 * @throws {Refusal} when the document holds more than that: what is not understood here might be by the emulator
 */
function deletions(document: string, bucketArn: string): Permission[] {
  const objects = objectsIn(document);
  if (objects === undefined) {
    const message = "The XML you provided was not well-formed or did not validate against our published schema";
    throw new Refusal(400, "MalformedXML", message);
  }
  return objects.map(({ key, version }) => ({
    action: version === "" ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
    resource: `${bucketArn}/${key}`,
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
