import type { Operation, RequestHead } from "./call.ts";
import { s3Operation } from "./s3-operation.ts";

const vault = `/[^/]+/vaults/(?<vault>[^/]+)`;

/** REST-JSON services by path; whatever is not listed is named by its method and path. */
const restRoutes: Readonly<Record<string, readonly (readonly [method: string, path: string, action: string])[]>> = {
  glacier: [
    ["GET", "/[^/]+/vaults", "ListVaults"],
    ["PUT", vault, "CreateVault"],
    ["GET", vault, "DescribeVault"],
    ["DELETE", vault, "DeleteVault"],
    ["POST", `${vault}/archives`, "UploadArchive"],
    ["DELETE", `${vault}/archives/[^/]+`, "DeleteArchive"],
    ["POST", `${vault}/multipart-uploads`, "InitiateMultipartUpload"],
    ["POST", `${vault}/jobs`, "InitiateJob"],
    ["GET", `${vault}/jobs`, "ListJobs"],
    ["GET", `${vault}/jobs/[^/]+`, "DescribeJob"],
    ["GET", `${vault}/jobs/[^/]+/output`, "GetJobOutput"],
    ["PUT", `${vault}/notification-configuration`, "SetVaultNotifications"],
    ["GET", `${vault}/notification-configuration`, "GetVaultNotifications"],
    ["DELETE", `${vault}/notification-configuration`, "DeleteVaultNotifications"],
  ],
  ses: [
    ["POST", "/v2/email/outbound-emails", "SendEmail"],
    ["GET", "/v2/email/account", "GetAccount"],
    ["POST", "/v2/email/identities", "CreateEmailIdentity"],
    ["GET", "/v2/email/identities/[^/]+", "GetEmailIdentity"],
  ],
};

const restXmlServices = new Set(["route53", "cloudfront"]);

function restOperation(service: string, { method, path }: RequestHead): Operation {
  const protocol = restXmlServices.has(service) ? "rest-xml" : "rest-json";
  for (const [routeMethod, route, action] of restRoutes[service] ?? []) {
    const match = routeMethod === method ? new RegExp(`^${route}/?$`).exec(path) : null;
    if (match === null) continue;
    const name = match.groups?.vault;
    return { protocol, service, action, ...(name === undefined ? {} : { vault: decodeURIComponent(name) }) };
  }
  return { protocol, service, action: `${method} ${path}` };
}

/**
 * What a request asks for. `signedFor` is the service in its signature; an unsigned request is taken for S3, as the
 * emulator takes it. `form` is the body of an url-encoded request.
 */
export function operationOf(head: RequestHead, signedFor: string | undefined, form: URLSearchParams): Operation {
  const service = signedFor ?? "s3";
  if (head.headers["smithy-protocol"] === "rpc-v2-cbor") {
    const action = /\/operation\/([^/]+)$/.exec(head.path)?.[1] ?? "";
    return { protocol: "cbor", service, action };
  }
  const target = head.headers["x-amz-target"];
  if (target !== undefined) return { protocol: "json", service, action: target.slice(target.indexOf(".") + 1) };
  if (service === "s3") return s3Operation(head);
  const action = form.get("Action") ?? head.query.get("Action");
  if (action !== null) return { protocol: service === "ec2" ? "ec2" : "query", service, action };
  return restOperation(service, head);
}

/** True when the body may be large and is passed on as it comes. */
export function isUpload(head: RequestHead, signedFor: string | undefined): boolean {
  if (signedFor === "glacier") return head.method === "POST" && head.path.endsWith("/archives");
  if ((signedFor ?? "s3") !== "s3" || head.headers["x-amz-target"] !== undefined) return false;
  const { action } = s3Operation(head);
  return action === "PutObject" || action === "UploadPart" || action === "PostObject";
}
