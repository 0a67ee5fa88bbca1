/** Security Token Service: roles taken on by other roles, and the question who one is. */
import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { PolicyError } from "../../../plan/iam/document.ts";
import { type Answer, type Call, type Interceptor, textOf, whole } from "../../gateway/call.ts";
import type { Credentials } from "../../gateway/credentials.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryAnswer } from "../../gateway/query.ts";
import { firstText, parseXml } from "../../gateway/xml-document.ts";
import { conditionKeys } from "../iam/condition-keys.ts";
import type { AccountPlace } from "../iam/permissions.ts";
import { isTrusted } from "./trust.ts";

/** Remembers whose credentials the emulator has just handed out. */
function registerSession(credentials: Credentials, roleArn: string, answer: Answer & { readonly body: Buffer }): void {
  const document = parseXml(answer.body.toString("utf8"));
  const accessKeyId = firstText(document, "AccessKeyId");
  const secretAccessKey = firstText(document, "SecretAccessKey");
  const sessionToken = firstText(document, "SessionToken");
  const expiration = Date.parse(firstText(document, "Expiration") ?? "");
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw new Error(`the emulator's answer to AssumeRole for ${roleArn} holds no credentials`);
  }
  credentials.register({ accessKeyId, secretAccessKey, sessionToken, caller: roleArn, expiration });
}

/** `AssumeRole`, refused unless the role's trust policy names the caller. */
export function assumeRole(iam: IAMClient, credentials: Credentials, place: AccountPlace): Interceptor {
  async function mayAssume(call: Call, roleArn: string): Promise<boolean> {
    if (call.caller === "administrator") return true;
    const RoleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    try {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "{}");
      return isTrusted(trust, call.caller, conditionKeys(call, place));
    } catch (error) {
      if ((error as Error).name === "NoSuchEntityException" || error instanceof PolicyError) return false;
      throw error;
    }
  }
  return async (call, next) => {
    const roleArn = textOf(call.input.RoleArn);
    if (!(await mayAssume(call, roleArn))) {
      const message = `User: ${call.caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new Refusal(403, "AccessDenied", message);
    }
    const answer = await whole(await next(call));
    if (answer.status === 200) registerSession(credentials, roleArn, answer);
    return answer;
  };
}

/** `GetCallerIdentity`: the emulator knows no roles behind the credentials, so it would name a user of its own. */
export function callerIdentity(accountId: string): Interceptor {
  return async (call, next) => {
    if (call.caller === "administrator") return next(call);
    const role = call.caller.slice(call.caller.lastIndexOf("/") + 1);
    return queryAnswer("sts", "GetCallerIdentity", call.requestId, {
      Arn: `arn:aws:sts::${accountId}:assumed-role/${role}/local`,
      UserId: `AROALOCAL:${role}`,
      Account: accountId,
    });
  };
}
