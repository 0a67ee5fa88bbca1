/** Asks whether a caller may make a call, and refuses it in the words of the service that was called. */
import type { Call, Protocol } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { conditionKeys } from "./condition-keys.ts";
import { keyNeedsOf } from "./key-needs.ts";
import type { Permission } from "./permission.ts";
import { type AccountPlace, type Authorize, permissionsOf } from "./permissions.ts";

/** What services call a refusal that call it otherwise. */
const deniedCodes: Readonly<Record<string, string>> = { ec2: "UnauthorizedOperation", sns: "AuthorizationError" };
/** How services tell that KMS refuses their caller; the others tell it as any refusal of theirs. */
const keyDeniedCodes: Readonly<Record<string, string>> = { sqs: "KmsAccessDenied", sns: "KMSAccessDenied" };
/** DynamoDB's refusals come with the status of a bad request. */
const deniedStatus: Readonly<Record<string, number>> = { dynamodb: 400 };
const isJson = new Set<Protocol>(["json", "rest-json", "cbor"]);

/** @throws {Refusal} unless the caller has everything that a call needs, or `permissions`. */
export type Allow = (call: Call, permissions?: readonly Permission[]) => Promise<void>;

/** Administrators may do everything. */
export function permissionCheck(authorize: Authorize, place: AccountPlace): Allow {
  return async (call, permissions) => {
    const { caller, protocol, service } = call;
    if (caller === "administrator") return;
    const asked = permissions ?? permissionsOf(call, place);
    const verdict = await authorize({
      caller,
      permissions: asked,
      keys: keyNeedsOf(call, asked),
      context: conditionKeys(call, place),
    });
    if (verdict.allowed) return;
    const { action, resource } = verdict.denied;
    const ofKey = action.startsWith("kms:") ? keyDeniedCodes[service] : undefined;
    const code = ofKey ?? deniedCodes[service] ?? (isJson.has(protocol) ? "AccessDeniedException" : "AccessDenied");
    const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${verdict.why}`;
    throw new Refusal(ofKey === undefined ? (deniedStatus[service] ?? 403) : 400, code, message);
  };
}
