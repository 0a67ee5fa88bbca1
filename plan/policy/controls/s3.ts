/** Amazon S3. Settings of a bucket are mostly resources of their own, which name it. */
import { control, each, isTrue, listOf, ofAccount } from "../control.ts";
import { at } from "../declaration.ts";
import {
  accountBlock,
  aclFaults,
  blocks,
  bucket,
  openings,
  plainTextFaults,
  settingsOf,
  wantSetting,
} from "./s3-bucket.ts";

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
