import { createHash } from "node:crypto";

export type Tier = "Expedited" | "Standard" | "Bulk";
export type ArchiveClass = "flexible" | "deep";

const minute = 60_000;
const hour = 60 * minute;

/**
 * How long a retrieval takes, from and to, in milliseconds.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
const windows: Readonly<Record<ArchiveClass, Partial<Record<Tier, readonly [number, number]>>>> = {
  flexible: {
    Expedited: [minute, 5 * minute],
    Standard: [3 * hour, 5 * hour],
    Bulk: [5 * hour, 12 * hour],
  },
  // AWS promises the upper end only: within 12 and 48 hours.
  deep: { Standard: [9 * hour, 12 * hour], Bulk: [36 * hour, 48 * hour] },
};

/** Fast first. */
export const tiers: readonly Tier[] = ["Expedited", "Standard", "Bulk"];

export function isTier(text: string): text is Tier {
  return (tiers as readonly string[]).includes(text);
}

/**
 * Milliseconds that one retrieval takes: a point in its tier's window, chosen by `seed`, so that a run can be repeated.
 * `undefined` when the class does not offer the tier.
 */
export function retrievalMilliseconds(tier: Tier, archive: ArchiveClass, seed: string): number | undefined {
  const window = windows[archive][tier];
  if (window === undefined) return undefined;
  const fraction = createHash("sha256").update(seed).digest().readUInt32BE() / 2 ** 32;
  return Math.round(window[0] + fraction * (window[1] - window[0]));
}
