/**
 * A browser's upload by form. The emulator would store it whatever its policy says, so the gateway judges it and stores the
 * file by an ordinary PutObject.
 */
import type { Readable } from "node:stream";
import { presented, refuse } from "../../gateway/authenticate.ts";
import { type Answer, emptyAnswer, type Forward, whole } from "../../gateway/call.ts";
import type { Credentials, KnownCredentials } from "../../gateway/credentials.ts";
import { Refusal } from "../../gateway/errors.ts";
import type { PostObject } from "../../gateway/service.ts";
import { readScope, sameText, signWith } from "../../gateway/signature.ts";
import { elementOf, printDeclared } from "../../gateway/xml-document.ts";
import { type FormFile, readForm } from "./form.ts";
import { checkPostPolicy, checkPostSize, type FormFields, type PostPolicy, readPostPolicy } from "./post-policy.ts";

/** Form fields that become headers of the stored object; other `x-amz-*` fields keep their names. */
const headerFields = new Set(["cache-control", "content-type", "content-disposition", "content-encoding", "expires"]);
// biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own notation, in a key that the form leaves open
const fileNamePlaceholder = "${filename}";
const signingFields = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-signature",
]);

function required(fields: FormFields, name: string): string {
  const value = fields.get(name);
  if (value !== undefined && value !== "") return value;
  const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
  throw new Refusal(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: "" });
}

/** Whose signature is under the policy. @throws {Refusal} */
function signer(credentials: Credentials, fields: FormFields): KnownCredentials {
  const operation = { protocol: "s3" } as const;
  const policy = fields.get("policy");
  if (policy === undefined) throw refuse("unsigned", operation);
  const scope = readScope(required(fields, "x-amz-credential"));
  if (scope === undefined || required(fields, "x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
    throw new Refusal(400, "InvalidArgument", "The x-amz-credential or x-amz-algorithm field is malformed.");
  }
  const token = fields.get("x-amz-security-token");
  const known = presented(
    credentials,
    { ...scope, ...(token === undefined ? {} : { sessionToken: token }) },
    operation,
  );
  const expected = signWith(known.secretAccessKey, scope, policy);
  if (!sameText(expected, required(fields, "x-amz-signature"))) throw refuse("mismatch", operation);
  return known;
}

function objectHeaders(fields: FormFields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (headerFields.has(name) || (name.startsWith("x-amz-") && !signingFields.has(name))) headers[name] = value;
    else if (name === "acl") headers["x-amz-acl"] = value;
  }
  return headers;
}

/** What the browser is told: a redirect, or the status it asked for. */
function created(bucket: string, key: string, etag: string, location: string, fields: FormFields): Answer {
  const headers = { etag, location };
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket, key, etag })) target.searchParams.append(name, value);
    return emptyAnswer(303, { etag, location: target.href });
  }
  const status = fields.get("success_action_status");
  if (status === "200") return emptyAnswer(200, headers);
  if (status !== "201") return emptyAnswer(204, headers);
  const document = elementOf("PostResponse", { Location: location, Bucket: bucket, Key: key, ETag: etag });
  const body = Buffer.from(printDeclared(document));
  return { status: 201, headers: { ...headers, "content-type": "application/xml" }, body };
}

export interface PostObjectOptions {
  readonly credentials: Credentials;
  readonly forward: Forward;
  /** Makes the emulator take the request for S3. */
  readonly authorization: string;
  /** Hears of every object that was stored. */
  readonly onStored: (bucket: string, key: string) => void;
}

export function createPostObject(options: PostObjectOptions): PostObject {
  return async (call, onCaller) => {
    const bucket = call.bucket ?? "";
    const host = call.headers.host ?? "localhost";
    const judged: { key: string; fields: FormFields; policy: PostPolicy }[] = [];

    async function judge(fields: FormFields, fileName: string): Promise<{ keep: number }> {
      const given = required(fields, "key");
      const known = signer(options.credentials, fields);
      const policy = readPostPolicy(required(fields, "policy"));
      checkPostPolicy(policy, new Map([...fields, ["bucket", bucket]]), Date.now());
      const key = given.replaceAll(fileNamePlaceholder, fileName);
      await onCaller(known.caller, key);
      judged.push({ key, fields, policy });
      return { keep: policy.length.max };
    }

    async function store(file: FormFile): Promise<Answer> {
      const [upload] = judged;
      if (upload === undefined) throw new Error("a file was read before its fields were judged");
      const { key, fields, policy } = upload;
      checkPostSize(policy, file.bytes);
      const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
      const headers = {
        ...objectHeaders(fields),
        host,
        authorization: options.authorization,
        "content-length": String(file.bytes),
      };
      const answer = await whole(
        await options.forward({ method: "PUT", path, search: "", headers, body: file.read() }),
      );
      if (answer.status !== 200) return answer;
      options.onStored(bucket, key);
      return created(bucket, key, answer.headers.etag ?? "", `http://${host}${path}`, fields);
    }

    return readForm(call.body as Readable, call.headers["content-type"] ?? "", judge, store);
  };
}
