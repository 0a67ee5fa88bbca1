/**
 * The condition keys of a call, as AWS would set them.
 *
 * `aws:SecureTransport` is true for callers on this machine: plain HTTP over the loopback interface, which nobody can listen
 * to, stands for TLS here. A caller from elsewhere has no TLS and is refused by "TLS only" policies, as it would be on AWS.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { BlockList } from "node:net";
import { type Context, contextOf } from "../../../plan/iam/context.ts";
import { type Call, textOf } from "../../gateway/call.ts";
import { mailAddress } from "../ses/mail-address.ts";
import type { AccountPlace } from "./permissions.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(address: string): boolean {
  return loopback.check(address, address.includes(":") ? "ipv6" : "ipv4");
}

type Values = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Policies of topics ask for the owner of the caller, services of AWS included. */
const ofSns = (_call: Call, { accountId }: AccountPlace): Values => ({ "aws:SourceOwner": accountId });

function ofS3({ query, headers, action }: Call): Values {
  const amz = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  return {
    "s3:authType":
      action === "PostObject" ? "POST" : query.has("X-Amz-Signature") ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    "s3:prefix": query.get("prefix") ?? undefined,
    "s3:delimiter": query.get("delimiter") ?? undefined,
    "s3:max-keys": query.get("max-keys") ?? undefined,
    "s3:VersionId": query.get("versionId") ?? undefined,
    ...Object.fromEntries(amz.map(([name, value]) => [`s3:${name}`, value])),
  };
}

interface Mail {
  readonly FromEmailAddress?: unknown;
  readonly FeedbackForwardingEmailAddress?: unknown;
  readonly Destination?: Readonly<Record<string, unknown>>;
}

function ofSes({ input }: Call): Values {
  const { FromEmailAddress, FeedbackForwardingEmailAddress, Destination = {} } = input as Mail;
  const from = textOf(FromEmailAddress);
  const lists = ["ToAddresses", "CcAddresses", "BccAddresses"].map((name) => Destination[name]);
  const recipients = lists.flatMap((list) => (Array.isArray(list) ? list.map(textOf) : [])).map(mailAddress);
  return {
    "ses:ApiVersion": "2",
    "ses:FromAddress": from === "" ? undefined : mailAddress(from),
    "ses:FromDisplayName": /^\s*"?([^"<]*?)"?\s*</.exec(from)?.[1],
    "ses:FeedbackAddress": textOf(FeedbackForwardingEmailAddress) || undefined,
    "ses:Recipients": recipients.length === 0 ? undefined : recipients,
  };
}

const ofService: Readonly<Record<string, (call: Call, place: AccountPlace) => Values>> = {
  s3: ofS3,
  sns: ofSns,
  ses: ofSes,
  sts: ({ input }) => ({
    "sts:RoleSessionName": textOf(input.RoleSessionName) || undefined,
    "sts:ExternalId": textOf(input.ExternalId) || undefined,
  }),
};

/** Keys that a call of a role never has: those of services that call for others, of networks and people. */
const absent = new Set(
  [
    "CalledVia",
    "FederatedProvider",
    "MultiFactorAuthAge",
    "MultiFactorAuthPresent",
    "PrincipalOrgID",
    "PrincipalServiceName",
    "ResourceOrgID",
    "SourceAccount",
    "SourceArn",
    "SourceVpc",
    "SourceVpce",
    "VpcSourceIp",
    "username",
  ].map((name) => `aws:${name.toLowerCase()}`),
);
const sometimes =
  /^(aws:(useragent|referer|sourceowner|principaltag\/.+)|s3:(prefix|delimiter|max-keys|versionid|x-amz-.*)|ses:(fromaddress|fromdisplayname|feedbackaddress|recipients)|sts:(rolesessionname|externalid)|kms:(viaservice|calleraccount))$/;

/** True for the keys that a call would have if they applied to it. A condition on any other cannot be evaluated here. */
export function isKnownKey(key: string): boolean {
  return absent.has(key) || sometimes.test(key);
}

/** A call's keys as KMS sees them when a service asks it in the caller's name. */
export const throughService = (context: Context, service: string, { region, accountId }: AccountPlace): Context =>
  new Map([
    ...context,
    ...contextOf({
      "kms:ViaService": `${service}.${region}.amazonaws.com`,
      "kms:CallerAccount": accountId,
      "aws:ViaAWSService": "true",
    }),
  ]);

/** @param place where the emulator's resources are */
export function conditionKeys(call: Call, place: AccountPlace): Context {
  const { caller, headers, remoteAddress } = call;
  const { region, accountId } = place;
  const now = new Date();
  const role = caller.slice(caller.lastIndexOf("/") + 1);
  return contextOf({
    "aws:SecureTransport": String(isLoopback(remoteAddress)),
    "aws:SourceIp": remoteAddress,
    "aws:CurrentTime": now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1_000)),
    "aws:UserAgent": headers["user-agent"],
    "aws:Referer": headers.referer,
    "aws:RequestedRegion": region,
    "aws:PrincipalArn": caller,
    "aws:PrincipalAccount": accountId,
    "aws:PrincipalType": "AssumedRole",
    "aws:userid": `AROALOCAL:${role}`,
    "aws:ResourceAccount": accountId,
    "aws:ViaAWSService": "false",
    "aws:PrincipalIsAWSService": "false",
    ...ofService[call.service]?.(call, place),
  });
}
