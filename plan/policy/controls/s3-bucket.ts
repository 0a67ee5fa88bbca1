/** Who may reach a bucket, by its policies, access control lists and public access blocks; and its other settings. */
import { type Fault, isTrue, listOf, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";
import { covers, isPublic, refusesPlainText, type Statement, statementsOf, takesIn } from "../documents.ts";

export const bucket = "aws:s3/bucket:Bucket";
const ofBucket = (kind: string) => `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;

/** Resources of a kind (`BucketPolicy`) that belong to the bucket. */
export const settingsOf = (resource: DeclaredResource, declared: Declaration, kind: string) =>
  declared.naming(resource, ofBucket(kind), "bucket");

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
export const accountBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";

export const blocks = (resource: DeclaredResource) => switches.flatMap((key) => want(resource, key, isTrue, "true"));

/** Whether a switch is on for a bucket, by itself or for the whole account. */
const isBlocked = (resource: DeclaredResource, declared: Declaration, key: string) =>
  [...settingsOf(resource, declared, "BucketPublicAccessBlock"), ...declared.ofType(accountBlock)].some(
    ({ properties }) => isTrue(properties[key]),
  );

interface PlacedStatement {
  readonly resource: DeclaredResource;
  readonly statement: Statement;
  readonly path: string;
}

/** Statements of a bucket's policies, its own or declared apart. */
function policyOf(resource: DeclaredResource, declared: Declaration): PlacedStatement[] {
  return [resource, ...settingsOf(resource, declared, "BucketPolicy")].flatMap((holder) =>
    statementsOf(holder.properties.policy).map((statement, index) => ({
      resource: holder,
      statement,
      path: `policy.Statement[${index}]`,
    })),
  );
}

const actions = (verbs: string): string[] => verbs.split(" ").map((verb) => `s3:${verb}`);
const samples = {
  read: actions(
    "GetObject GetObjectAcl GetObjectAttributes GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl " +
      "GetObjectVersionAttributes GetObjectVersionTagging ListBucket ListBucketMultipartUploads ListBucketVersions " +
      "ListMultipartUploadParts GetBucketAcl GetBucketPolicy GetBucketLogging GetBucketNotification GetInventoryConfiguration",
  ),
  write: actions(
    "PutObject PutObjectAcl PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging PutObjectRetention PutObjectLegalHold " +
      "DeleteObject DeleteObjectVersion DeleteObjectTagging DeleteObjectVersionTagging RestoreObject ReplicateObject " +
      "ReplicateDelete ReplicateTags AbortMultipartUpload BypassGovernanceRetention ObjectOwnerOverrideToBucketOwner " +
      "PutBucketAcl PutBucketPolicy DeleteBucketPolicy DeleteBucket PutBucketCORS PutBucketWebsite PutBucketVersioning " +
      "PutBucketNotification PutBucketPublicAccessBlock PutLifecycleConfiguration PutReplicationConfiguration " +
      "PutEncryptionConfiguration PutBucketOwnershipControls PutBucketTagging PutBucketLogging",
  ),
};
const openAcls = { read: /^(public-read|public-read-write|authenticated-read)$/, write: /^public-read-write$/ };
const openGrants = {
  read: /^(READ|READ_ACP|FULL_CONTROL)$/,
  write: /^(WRITE|WRITE_ACP|FULL_CONTROL)$/,
};
/** Everybody, and everybody who has any AWS account at all. */
const openGroups = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Grants of a list to everybody, as a bucket's own or in a BucketAcl. */
function openGrantsOf(holder: DeclaredResource, access: "read" | "write"): Fault[] {
  return ["grants", "accessControlPolicy.grants"].flatMap((path) =>
    listOf(at(holder.properties, path)).flatMap((grant, index): Fault[] => {
      const uri = String(at(grant, "uri") ?? at(grant, "grantee.uri") ?? "");
      const permissions = [at(grant, "permission"), ...listOf(at(grant, "permissions"))].map(String);
      if (!openGroups.test(uri) || !permissions.some((each) => openGrants[access].test(each))) return [];
      return [{ resource: holder, path: `${path}[${index}]`, found: uri, wanted: "nobody, or ignorePublicAcls" }];
    }),
  );
}

/** Ways by which anybody may read or write, where nothing blocks them. */
export function openings(resource: DeclaredResource, declared: Declaration, access: "read" | "write"): Fault[] {
  const byPolicy = isBlocked(resource, declared, "restrictPublicBuckets")
    ? []
    : policyOf(resource, declared)
        .filter(({ statement }) => isPublic(statement) && takesIn(statement, samples[access]))
        .map(({ resource, statement, path }) => ({
          resource,
          path: `${path}.Principal`,
          found: statement.Principal ?? { NotPrincipal: statement.NotPrincipal },
          wanted: "somebody, or restrictPublicBuckets",
        }));
  const byAcl = isBlocked(resource, declared, "ignorePublicAcls")
    ? []
    : [resource, ...settingsOf(resource, declared, "BucketAcl")].flatMap((holder) => [
        ...want(holder, "acl", (acl) => !openAcls[access].test(String(acl)), "private, or ignorePublicAcls"),
        ...openGrantsOf(holder, access),
      ]);
  return [...byPolicy, ...byAcl];
}

/** Grants to a group or to somebody else than the owner. */
export function aclFaults(holder: DeclaredResource): Fault[] {
  const grants = listOf(at(holder.properties, "accessControlPolicy.grants"));
  const inline = listOf(holder.properties.grants).filter((grant) => at(grant, "uri"));
  const wanted = "no access control list; a policy instead";
  return [
    ...want(holder, "acl", (acl) => acl === undefined || acl === "private", wanted),
    ...(grants.length > 1 ? [{ resource: holder, path: "accessControlPolicy.grants", found: grants, wanted }] : []),
    ...(inline.length > 0 ? [{ resource: holder, path: "grants", found: inline, wanted }] : []),
  ];
}

export function plainTextFaults(resource: DeclaredResource, declared: Declaration): Fault[] {
  const refusals = policyOf(resource, declared).filter(
    // An action that nobody has: only `s3:*` and `*` take it in.
    ({ statement }) => refusesPlainText(statement) && takesIn(statement, ["s3:AnyAction"]),
  );
  const arns = resource.identities.filter((name) => name.startsWith("arn:"));
  const refused = (arn: string) => refusals.some(({ statement }) => covers(statement, arn));
  const all = refusals.length > 0 && arns.every((arn) => refused(arn) && refused(`${arn}/any-key`));
  if (all) return [];
  const found = refusals.length === 0 ? undefined : "refused for a part of the bucket only";
  const wanted = "Deny s3:* to everybody on bucket and objects, when aws:SecureTransport is false";
  const [holder = resource] = settingsOf(resource, declared, "BucketPolicy");
  return [{ resource: holder, path: holder === resource ? "BucketPolicy" : "policy", found, wanted }];
}

/** The fault of a missing setting, unless one of `kind` or the bucket's own property fulfils. */
export function wantSetting(
  resource: DeclaredResource,
  declared: Declaration,
  setting: {
    readonly kind: string;
    readonly path: string;
    readonly inline: readonly string[];
    readonly wanted: string;
  },
  fulfils: (value: unknown) => boolean,
): Fault[] {
  const apart = settingsOf(resource, declared, setting.kind);
  const values = [
    ...apart.map(({ properties }) => at(properties, setting.path)),
    ...setting.inline.map((path) => at(resource.properties, path)),
  ];
  if (values.some(fulfils)) return [];
  const [first] = apart;
  if (first !== undefined) return want(first, setting.path, fulfils, setting.wanted);
  return [{ path: setting.kind, found: undefined, wanted: `declared, with ${setting.path}: ${setting.wanted}` }];
}
