/** Amazon S3. Settings of a bucket are mostly resources of their own, which name it. */
import { control, each, type Fault, isTrue, listOf, ofAccount, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";
import { covers, isPublic, refusesPlainText, type Statement, statementsOf, takesIn } from "../documents.ts";

const bucket = "aws:s3/bucket:Bucket";
const ofBucket = (kind: string) => `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;

/** Resources of a kind (`BucketPolicy`) that belong to the bucket. */
const settingsOf = (resource: DeclaredResource, declared: Declaration, kind: string) =>
  declared.naming(resource, ofBucket(kind), "bucket");

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const accountBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";

const blocks = (resource: DeclaredResource) => switches.flatMap((key) => want(resource, key, isTrue, "true"));

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

const samples = {
  read: ["s3:GetObject", "s3:ListBucket", "s3:GetObjectVersion", "s3:ListBucketVersions", "s3:GetBucketAcl"],
  write: [
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:PutObjectAcl",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucket",
  ],
};
const openAcls = { read: /^(public-read|public-read-write|authenticated-read)$/, write: /^public-read-write$/ };

/** Ways by which anybody may read or write, where nothing blocks them. */
function openings(resource: DeclaredResource, declared: Declaration, access: "read" | "write"): Fault[] {
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
    : [resource, ...settingsOf(resource, declared, "BucketAcl")].flatMap((holder) =>
        want(holder, "acl", (acl) => !openAcls[access].test(String(acl)), "private, or ignorePublicAcls"),
      );
  return [...byPolicy, ...byAcl];
}

/** Grants to a group or to somebody else than the owner. */
function aclFaults(holder: DeclaredResource): Fault[] {
  const grants = listOf(at(holder.properties, "accessControlPolicy.grants"));
  const inline = listOf(holder.properties.grants).filter((grant) => at(grant, "uri"));
  const wanted = "no access control list; a policy instead";
  return [
    ...want(holder, "acl", (acl) => acl === undefined || acl === "private", wanted),
    ...(grants.length > 1 ? [{ resource: holder, path: "accessControlPolicy.grants", found: grants, wanted }] : []),
    ...(inline.length > 0 ? [{ resource: holder, path: "grants", found: inline, wanted }] : []),
  ];
}

function plainTextFaults(resource: DeclaredResource, declared: Declaration): Fault[] {
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
function wantSetting(
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

export const s3Controls = [
  control({
    id: "S3.1",
    title: "S3 general purpose buckets should have block public access settings enabled",
    severity: "Medium",
    checks: `${accountBlock} is declared with all four switches, in a stack that has buckets`,
    otherwise: "no bucket is declared",
    fix: "declare new aws.s3.AccountPublicAccessBlock(name, { ...all four: true }) once per account, outside of a stack that comes and goes",
    examine: ofAccount((declared) => declared.ofType(bucket).length > 0, accountBlock, blocks),
  }),
  control({
    id: "S3.2",
    title: "S3 general purpose buckets should block public read access",
    severity: "Critical",
    checks: "no policy or access control list lets everybody read, unless a public access block overrides it",
    otherwise: "no bucket is declared",
    fix: "name a principal in the policy, remove the list, or keep the public access block of SecureBucket",
    examine: each(bucket, (resource, declared) => openings(resource, declared, "read")),
  }),
  control({
    id: "S3.3",
    title: "S3 general purpose buckets should block public write access",
    severity: "Critical",
    checks: "no policy or access control list lets everybody write, unless a public access block overrides it",
    otherwise: "no bucket is declared",
    fix: "name a principal in the policy, remove the list, or keep the public access block of SecureBucket",
    examine: each(bucket, (resource, declared) => openings(resource, declared, "write")),
  }),
  control({
    id: "S3.5",
    title: "S3 general purpose buckets should require requests to use SSL",
    severity: "Medium",
    checks: "a policy denies everybody every action on bucket and objects when aws:SecureTransport is false",
    otherwise: "no bucket is declared",
    fix: "use SecureBucket, whose policy begins with that statement; transform.policy replaces it",
    examine: each(bucket, plainTextFaults),
  }),
  control({
    id: "S3.8",
    title: "S3 general purpose buckets should block public access",
    severity: "High",
    checks:
      "a BucketPublicAccessBlock with all four switches names the bucket; AWS's default for new buckets is not taken for a declaration",
    otherwise: "no bucket is declared",
    fix: "use SecureBucket, which declares it, unless transform.publicAccess undoes it",
    examine: each(bucket, (resource, declared) => {
      const found = settingsOf(resource, declared, "BucketPublicAccessBlock");
      if (found.length > 0) return found.flatMap(blocks);
      return [{ path: "BucketPublicAccessBlock", found: undefined, wanted: "declared, all four switches true" }];
    }),
  }),
  control({
    id: "S3.9",
    title: "S3 general purpose buckets should have server access logging enabled",
    severity: "Medium",
    checks: "a BucketLogging names the bucket and a target",
    otherwise: "no bucket is declared",
    fix: "accessLogs: jobs.logs for the SecureBucket, or a BucketLogging",
    examine: each(bucket, (resource, declared) =>
      wantSetting(
        resource,
        declared,
        {
          kind: "BucketLogging",
          path: "targetBucket",
          inline: ["logging.targetBucket", "loggings[0].targetBucket"],
          wanted: "a bucket",
        },
        Boolean,
      ),
    ),
  }),
  control({
    id: "S3.12",
    title: "ACLs should not be used to manage user access to S3 general purpose buckets",
    severity: "Medium",
    checks: "neither the bucket nor a BucketAcl has a list other than private",
    otherwise: "no bucket is declared",
    fix: "remove acl, grants and BucketAcl; say who may do what in SecureBucket's policy argument",
    examine: each(bucket, (resource, declared) =>
      [resource, ...settingsOf(resource, declared, "BucketAcl")].flatMap(aclFaults),
    ),
  }),
  control({
    id: "S3.13",
    title: "S3 general purpose buckets should have Lifecycle configurations",
    severity: "Low",
    checks: "a BucketLifecycleConfiguration with an enabled rule names the bucket",
    otherwise: "no bucket is declared",
    fix: "use SecureBucket, which declares it, unless transform.lifecycle undoes it",
    examine: each(bucket, (resource, declared) =>
      wantSetting(
        resource,
        declared,
        { kind: "BucketLifecycleConfiguration", path: "rules", inline: ["lifecycleRules"], wanted: "an enabled rule" },
        (rules) => listOf(rules).some((rule) => at(rule, "status") === "Enabled" || isTrue(at(rule, "enabled"))),
      ),
    ),
  }),
];
