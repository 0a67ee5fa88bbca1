/** KMS. */
import { key } from "../cost/rules/messages.ts";
import { known, off, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { noLister, notRunHere, plainBox, type ResourceTypes } from "./resource-type.ts";

export const kms: ResourceTypes = {
  "aws:kms/key:Key": {
    outputs: generic,
    replacement: notRunHere,
    cost: priced(
      key,
      known("bypassPolicyLockoutSafetyCheck deletionWindowInDays isEnabled keyUsage policy", {
        customerMasterKeySpec: ["SYMMETRIC_DEFAULT"],
        enableKeyRotation: off,
        multiRegion: off,
      }),
    ),
    picture: plainBox,
    inAccount: noLister,
  },
};
