import type { Operation, RequestHead } from "./call.ts";

/** Sub-resources whose operations are named `<Get|Put|Delete>Bucket…`. */
const bucketParts: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "Acl",
  cors: "Cors",
  encryption: "Encryption",
  lifecycle: "LifecycleConfiguration",
  location: "Location",
  logging: "Logging",
  notification: "NotificationConfiguration",
  ownershipControls: "OwnershipControls",
  policy: "Policy",
  policyStatus: "PolicyStatus",
  replication: "Replication",
  requestPayment: "RequestPayment",
  tagging: "Tagging",
  versioning: "Versioning",
  website: "Website",
};

const verbs: Readonly<Record<string, string>> = { GET: "Get", HEAD: "Get", PUT: "Put", DELETE: "Delete" };

function bucketAction(method: string, query: URLSearchParams): string {
  for (const [part, name] of Object.entries(bucketParts)) {
    if (query.has(part)) return `${verbs[method] ?? method}Bucket${name}`;
  }
  if (query.has("publicAccessBlock")) return `${verbs[method] ?? method}PublicAccessBlock`;
  if (query.has("object-lock")) return `${verbs[method] ?? method}ObjectLockConfiguration`;
  if (query.has("versions")) return "ListObjectVersions";
  if (query.has("uploads")) return "ListMultipartUploads";
  if (query.has("delete")) return "DeleteObjects";
  if (method === "GET") return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  if (method === "PUT") return "CreateBucket";
  if (method === "DELETE") return "DeleteBucket";
  if (method === "HEAD") return "HeadBucket";
  return "PostObject";
}

function objectAction({ method, query, headers }: RequestHead): string {
  const verb = verbs[method] ?? method;
  if (query.has("restore")) return "RestoreObject";
  if (query.has("select")) return "SelectObjectContent";
  if (query.has("tagging")) return `${verb}ObjectTagging`;
  if (query.has("acl")) return `${verb}ObjectAcl`;
  if (query.has("attributes")) return "GetObjectAttributes";
  if (query.has("legal-hold")) return `${verb}ObjectLegalHold`;
  if (query.has("retention")) return `${verb}ObjectRetention`;
  if (query.has("uploads")) return "CreateMultipartUpload";
  const copy = headers["x-amz-copy-source"] !== undefined;
  if (query.has("uploadId")) {
    if (method === "PUT") return copy ? "UploadPartCopy" : "UploadPart";
    if (method === "POST") return "CompleteMultipartUpload";
    if (method === "DELETE") return "AbortMultipartUpload";
    return "ListParts";
  }
  if (method === "PUT") return copy ? "CopyObject" : "PutObject";
  if (method === "HEAD") return "HeadObject";
  return `${verb}Object`;
}

/** Operation of a path-style S3 request: method, path and sub-resource together name it. */
export function s3Operation(head: RequestHead): Operation {
  const base = { protocol: "s3", service: "s3" } as const;
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(head.path) ?? [];
  if (bucket === "") return { ...base, action: "ListBuckets" };
  const named = { ...base, bucket: decode(bucket) };
  if (key === "") return { ...named, action: bucketAction(head.method, head.query) };
  return { ...named, key: decode(key), action: objectAction(head) };
}

/** An escape that is none stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
