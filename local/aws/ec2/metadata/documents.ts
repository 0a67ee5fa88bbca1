/** What the metadata endpoint can be asked, as paths under `/latest/` and their answers. */
import type { InstanceCredentials } from "../../../types.ts";

export interface InstanceFacts {
  readonly instanceId: string;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly instanceType: string;
  readonly imageId: string;
  /** Epoch milliseconds, local time. */
  readonly launchedAt: number;
  /** Plain, as cloud-init would read it. */
  readonly userData: string;
  /** Tags the template shows to the instance (`InstanceMetadataTags`); none otherwise. */
  readonly tags: Readonly<Record<string, string>>;
  /** Role of the instance profile; omitted: an instance without one. */
  readonly profile?: { readonly arn: string; readonly roleName: string };
  readonly credentials: () => InstanceCredentials;
  /** `InService` or `Terminated`. */
  readonly lifecycleState: () => string;
}

const seconds = (iso: string) => new Date(iso).toISOString().replace(/\.\d{3}Z$/, "Z");
/** EC2 hands out new credentials at least five minutes before the old ones end. */
const renewalMilliseconds = 10 * 60_000;

function credentialDocument(facts: InstanceFacts): () => string {
  let held: { readonly credentials: InstanceCredentials; readonly updated: string } | undefined;
  return () => {
    if (held === undefined || Date.parse(held.credentials.expiration) - Date.now() < renewalMilliseconds) {
      held = { credentials: facts.credentials(), updated: new Date().toISOString() };
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = held.credentials;
    return JSON.stringify({
      Code: "Success",
      LastUpdated: seconds(held.updated),
      Type: "AWS-HMAC",
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: seconds(expiration),
    });
  };
}

/** Path → answer. A path that only leads to others is no key here: see `answerOf`. */
export function metadataDocuments(facts: InstanceFacts): ReadonlyMap<string, () => string> {
  const { instanceId, region, availabilityZone, imageId, instanceType } = facts;
  const identity = {
    accountId: facts.accountId,
    architecture: process.arch === "arm64" ? "arm64" : "x86_64",
    availabilityZone,
    imageId,
    instanceId,
    instanceType,
    pendingTime: new Date(facts.launchedAt).toISOString(),
    privateIp: "127.0.0.1",
    region,
    version: "2017-09-30",
  };
  const documents = new Map<string, () => string>([
    ["meta-data/ami-id", () => imageId],
    ["meta-data/autoscaling/target-lifecycle-state", facts.lifecycleState],
    ["meta-data/hostname", () => "localhost"],
    ["meta-data/instance-id", () => instanceId],
    ["meta-data/instance-type", () => instanceType],
    ["meta-data/local-hostname", () => "localhost"],
    ["meta-data/local-ipv4", () => "127.0.0.1"],
    ["meta-data/placement/availability-zone", () => availabilityZone],
    ["meta-data/placement/region", () => region],
    ["meta-data/services/domain", () => "amazonaws.com"],
    ["meta-data/services/partition", () => "aws"],
    ["dynamic/instance-identity/document", () => JSON.stringify(identity, null, 2)],
  ]);
  if (facts.userData !== "") documents.set("user-data", () => facts.userData);
  for (const [key, value] of Object.entries(facts.tags)) documents.set(`meta-data/tags/instance/${key}`, () => value);
  const { profile } = facts;
  if (profile !== undefined) {
    const credentials = credentialDocument(facts);
    const info = { Code: "Success", InstanceProfileArn: profile.arn, InstanceProfileId: `AIPA${instanceId.slice(2)}` };
    documents.set("meta-data/iam/info", () => JSON.stringify(info));
    documents.set(`meta-data/iam/security-credentials/${profile.roleName}`, credentials);
  }
  return documents;
}

/** The document at a path, or the list of what is below it; `undefined`: not found. */
export function answerOf(documents: ReadonlyMap<string, () => string>, path: string): string | undefined {
  const exact = documents.get(path.replace(/\/$/, ""));
  if (exact !== undefined) return exact();
  const folder = path === "" || path.endsWith("/") ? path : `${path}/`;
  const below = new Set<string>();
  for (const key of documents.keys()) {
    if (!key.startsWith(folder)) continue;
    const [name = "", ...deeper] = key.slice(folder.length).split("/");
    below.add(deeper.length === 0 ? name : `${name}/`);
  }
  return below.size === 0 ? undefined : [...below].sort().join("\n");
}
