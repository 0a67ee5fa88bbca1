/**
 * Physical names that two stacks, and one program in two regions, do not share. The logical name comes first and begins with the
 * owner, so that everything of one owner sorts together in a console and a permissions boundary can say `<owner>-*`.
 */
import { Config, getStack, type Output, output, type Resource, RunError } from "@pulumi/pulumi";
import { accountOf } from "./account.ts";
import { type NamedKind, physicalName } from "./naming.ts";

/** What makes a name unique: the stack (and the region where the account has one list), or the owner alone, as in version 0.1.0. */
export const namings = ["stack", "owner"] as const;
export type Naming = (typeof namings)[number];

/** Of these an account has one list for all regions. */
type GlobalKind = "budget" | "dashboard" | "instanceProfile" | "policy" | "role";
type RegionalKind = Exclude<NamedKind, GlobalKind | "bucket" | "securityGroup">;

/** @throws {RunError} for a word that is no naming. */
function naming(): Naming {
  const config = new Config("annofarm");
  const word = config.get("names") || "stack";
  const known = namings.find((each) => each === word);
  if (known === undefined) {
    throw new RunError(`${config.name}:names: ${JSON.stringify(word)} is unknown; give one of ${namings.join(", ")}`);
  }
  return known;
}

const stackQualifier = (): string[] => (naming() === "owner" ? [] : [getStack()]);

/** Of what a region has one list of: `gas-annotator-requests--dev`. */
export const regionalName = (kind: RegionalKind, logicalName: string): string =>
  physicalName(kind, logicalName, ...stackQualifier());

/** Of what an account has one list of, whatever the region: `gas-web--dev--us-east-1`. */
export function globalName(kind: GlobalKind, logicalName: string, parent: Resource): Output<string> {
  const stack = stackQualifier();
  if (stack.length === 0) return output(physicalName(kind, logicalName));
  return accountOf(parent).region.apply((region) => physicalName(kind, logicalName, ...stack, region));
}

/** All accounts have one list of buckets: `gas-results--dev--123456789012-us-east-1`. */
export function bucketName(logicalName: string, parent: Resource): Output<string> {
  const stack = stackQualifier();
  const { accountId, region } = accountOf(parent);
  return output([accountId, region]).apply(([account, place]) =>
    stack.length === 0
      ? physicalName("bucket", `${logicalName}-${account}-${place}`)
      : physicalName("bucket", logicalName, ...stack, `${account}-${place}`),
  );
}

/** What a stack's path of SSM parameters has after the owner, `dev/`: a session secret of one stack opens no other. */
export const stackPath = (): string =>
  stackQualifier()
    .map((stack) => `${stack}/`)
    .join("");
