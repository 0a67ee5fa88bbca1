/** Requests to KMS, which services make for the data keys of encrypted stores. */
import type { Pricing, World } from "../types.ts";

/** SNS and SQS keep a data key for five minutes, DynamoDB a table's for as long. */
const dataKeysPerHour = 12;

/**
 * Requests for data keys of a store that is used over the active hours: one for each five minutes, never more than uses.
 *
 * @param uses calls a month that need the key.
 * @param askers who need it each for themselves.
 */
export function dataKeys(what: string, uses: number, { usage }: World, askers = 1): Pricing {
  const quantity = Math.min(uses, dataKeysPerHour * usage.activeHours * askers);
  return { what, key: "kms.request", quantity, basis: "usage" };
}
