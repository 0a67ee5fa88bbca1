/**
 * What cannot be changed in place. The engine asks the provider, and the providers know it from the schemas that they are
 * made from; the packages on npm leave it out, so each type says it, with the file it was taken from.
 */

export interface Replacement {
  /** Inputs whose change makes the resource anew (`ForceNew`, `RequiresReplace`); empty: it is always changed in place. */
  readonly replace: readonly string[];
  /** The input that is the physical name, where Pulumi makes one up when the program gives none. */
  readonly name?: string;
  /** Outputs that an update makes anew: what depends on them is not known before it. */
  readonly renewed?: readonly string[];
  /** Inputs whose change does that; omitted: any. */
  readonly renewedBy?: readonly string[];
  /** Outputs that share their name with an input and tell something else. */
  readonly unlike?: readonly string[];
  /**
   * Schema, relative to the provider's repository: `internal/service/` of github.com/hashicorp/terraform-provider-aws,
   * `internal/provider/` of terraform-provider-tls. awsx's components are in github.com/pulumi/pulumi-awsx: what their children
   * would have to be made anew for.
   */
  readonly source: string;
}

/** `*` means: every input but those after it. */
export const everything = (...but: readonly string[]): readonly string[] => ["*", ...but];

/** For another name, and for these inputs. */
export const byName = (source: string, ...replace: readonly string[]): Replacement => ({
  name: "name",
  replace: ["name", "namePrefix", ...replace],
  source,
});

/** A setting of a bucket belongs to that bucket. */
export const byBucket = (source: string): Replacement => ({ replace: ["bucket", "expectedBucketOwner"], source });
