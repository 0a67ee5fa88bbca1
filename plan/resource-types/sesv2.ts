/** SES. */
import { mailIdentity } from "../cost/rules/messages.ts";
import { known, priced } from "./cost.ts";
import { box, listedAs, type ResourceTypes } from "./resource-type.ts";

export const sesv2: ResourceTypes = {
  "aws:sesv2/emailIdentity:EmailIdentity": {
    outputs: ({ inputs, arn, hex }) => ({
      id: String(inputs.emailIdentity),
      arn: arn("ses", `identity/${inputs.emailIdentity}`),
      dkimSigningAttributes: { tokens: ["a", "b", "c"].map((token) => `${token}${hex(31)}`) },
    }),
    replacement: { replace: ["emailIdentity"], source: "sesv2/email_identity.go" },
    cost: priced(mailIdentity, known("configurationSetName dkimSigningAttributes emailIdentity")),
    picture: box("mail", "SES identity"),
    inAccount: listedAs("SES identity"),
  },
};
