/** Keys and certificates that the program makes. */
import { byDesign, free } from "./cost.ts";
import { everything } from "./replacement.ts";
import { detail, nothing, type ResourceTypes } from "./resource-type.ts";

export const tls: ResourceTypes = {
  "tls:index/privateKey:PrivateKey": {
    outputs: ({ hex }) => ({ id: hex(40), privateKeyPem: "[private key]" }),
    replacement: { replace: everything(), source: "resource_private_key.go" },
    cost: free(byDesign.local),
    picture: detail,
    inAccount: nothing,
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    outputs: ({ hex }) => ({ id: hex(39), certPem: "[certificate]" }),
    replacement: {
      replace: everything("earlyRenewalHours"),
      source: "resource_self_signed_cert.go",
    },
    cost: free(byDesign.local),
    picture: detail,
    inAccount: nothing,
  },
};
