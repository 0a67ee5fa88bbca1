/** Certificates: AWS Certificate Manager. */
import { free, known, priced } from "./cost.ts";
import { detail, goesWith, listedAs, type ResourceTypes } from "./resource-type.ts";

export const acm: ResourceTypes = {
  "aws:acm/certificate:Certificate": {
    outputs: ({ hex, arn, inputs }) => {
      const uuid = [8, 4, 4, 4, 12].map((length) => hex(length)).join("-");
      const id = arn("acm", `certificate/${uuid}`);
      if (inputs.domainName === undefined) return { id, arn: id };
      const domains = [inputs.domainName, ...((inputs.subjectAlternativeNames as string[] | undefined) ?? [])];
      const domainValidationOptions = domains.map((domainName) => ({
        domainName,
        resourceRecordName: `_${hex(32)}.${domainName}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_${hex(32)}.acm-validations.aws.`,
      }));
      return { id, arn: id, domainValidationOptions };
    },
    replacement: {
      replace: [
        "certificateAuthorityArn",
        "domainName",
        "keyAlgorithm",
        "subjectAlternativeNames",
        "validationMethod",
        "validationOptions",
      ],
      source: "acm/certificate.go",
    },
    cost: priced(
      ({ inputs }) =>
        inputs.certificateAuthorityArn === undefined
          ? [{ free: "certificates that ACM issues or keeps for a balancer have no price" }]
          : [{ notPriced: "a certificate of a private authority" }],
      known(
        "certificateAuthorityArn certificateBody certificateChain domainName earlyRenewalDuration keyAlgorithm privateKey " +
          "subjectAlternativeNames validationMethod validationOptions",
        { "options.export": ["DISABLED"], "options.certificateTransparencyLoggingPreference": ["ENABLED", "DISABLED"] },
      ),
    ),
    picture: detail,
    inAccount: listedAs("ACM certificate"),
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    outputs: ({ hex, inputs }) => ({
      id: hex(32),
      certificateArn: inputs.certificateArn,
    }),
    replacement: {
      replace: ["certificateArn", "validationRecordFqdns"],
      source: "acm/certificate_validation.go",
    },
    cost: free("waits for its certificate"),
    picture: detail,
    inAccount: goesWith("ACM certificate"),
  },
};
