/** Certificates: asked for by a domain, or self-signed and imported. */

import type { KeyAlgorithm } from "@aws-sdk/client-acm";
import {
  ACMClient,
  DeleteCertificateCommand,
  ListTagsForCertificateCommand,
  paginateListCertificates,
} from "@aws-sdk/client-acm";
import { askedAbout, cli, type Lister, onPages, tagsFrom } from "../lister.ts";

/** Left out, ACM lists certificates with 2048-bit RSA keys only, and the program's own are elliptic. */
const keyTypes: KeyAlgorithm[] = [
  "RSA_1024",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "EC_prime256v1",
  "EC_secp384r1",
  "EC_secp521r1",
];

export const certificates: Lister = {
  kind: "ACM certificate",
  service: "acm",
  scope: "region",
  arns: ["acm:certificate/"],
  async *list({ client, region }) {
    const acm = client(ACMClient);
    const all = onPages(
      paginateListCertificates({ client: acm }, { Includes: { keyTypes } }),
      ({ CertificateSummaryList }) => CertificateSummaryList,
    );
    const tagsOf = ({ CertificateArn }: { CertificateArn?: string | undefined }) =>
      acm.send(new ListTagsForCertificateCommand({ CertificateArn }));
    for await (const [{ CertificateArn = "", DomainName = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      const tags = tagsFrom(Tags);
      yield {
        id: CertificateArn,
        // A self-signed one has the farm's name for its subject.
        names: [tags.Name ?? "", DomainName.includes(".") ? "" : DomainName],
        hosts: [DomainName],
        arn: CertificateArn,
        tags,
        command: cli("acm delete-certificate", { "certificate-arn": CertificateArn }, region),
        async remove() {
          await acm.send(new DeleteCertificateCommand({ CertificateArn }));
        },
      };
    }
  },
};
