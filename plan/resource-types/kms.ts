/** KMS. A key that is there already is named by its ARN; what a stack may do with it is a grant. */
import { key } from "../cost/rules/messages.ts";
import { free, known, off, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { detail, noLister, nothing, notRunHere, plainBox, type ResourceTypes } from "./resource-type.ts";

export const kms: ResourceTypes = {
  "aws:kms/grant:Grant": {
    outputs: ({ inputs, hex }) => {
      const grantId = hex(64);
      return { id: `${inputs.keyId}:${grantId}`, grantId, grantToken: hex(64) };
    },
    replacement: {
      replace: ["constraints", "granteePrincipal", "keyId", "name", "operations", "retiringPrincipal"],
      source: "kms/grant.go",
    },
    cost: free("grants have no price; requests to the key are counted at the stores"),
    picture: detail,
    // It goes with the stack, and with the customer's key.
    inAccount: nothing,
  },
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
