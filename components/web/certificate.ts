import * as acm from "@pulumi/aws/acm/index.js";
import * as route53 from "@pulumi/aws/route53/index.js";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import { PrivateKey, type PrivateKeyArgs } from "@pulumi/tls/privateKey.js";
import { SelfSignedCert, type SelfSignedCertArgs } from "@pulumi/tls/selfSignedCert.js";
import { type Transform, transformed } from "../base/transform.ts";

export interface CertificateTransform {
  readonly certificate?: Transform<acm.CertificateArgs>;
  readonly certificateRecord?: Transform<route53.RecordArgs>;
  readonly certificateValidation?: Transform<acm.CertificateValidationArgs>;
  readonly privateKey?: Transform<PrivateKeyArgs>;
  readonly selfSigned?: Transform<SelfSignedCertArgs>;
}

export interface CertificateNodes {
  readonly certificate: acm.Certificate;
  /** Of the domain's certificate. */
  readonly validation?: acm.CertificateValidation;
  readonly validationRecord?: route53.Record;
  /** Of the self-signed one. */
  readonly privateKey?: PrivateKey;
  readonly selfSigned?: SelfSignedCert;
}

/** A certificate for `domainName`, proven by a DNS record; the ARN is known once it is valid. */
export function createDomainCertificate(
  name: string,
  domainName: string,
  zoneId: Output<string>,
  transform: CertificateTransform,
  parent: Resource,
): { arn: Output<string>; nodes: CertificateNodes } {
  const certificate = new acm.Certificate(
    ...transformed(
      transform.certificate,
      name,
      { domainName, validationMethod: "DNS", tags: { Name: name } },
      { parent },
    ),
  );
  const proof = certificate.domainValidationOptions.apply(([option]) => {
    if (option === undefined) throw new Error(`ACM names no DNS record that would prove ${domainName}`);
    return option;
  });
  const validationRecord = new route53.Record(
    ...transformed<route53.RecordArgs>(
      transform.certificateRecord,
      `${name}-proof`,
      {
        zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
        allowOverwrite: true,
      },
      { parent },
    ),
  );
  const validation = new acm.CertificateValidation(
    ...transformed<acm.CertificateValidationArgs>(
      transform.certificateValidation,
      name,
      { certificateArn: certificate.arn, validationRecordFqdns: [validationRecord.fqdn] },
      { parent },
    ),
  );
  return { arn: validation.certificateArn, nodes: { certificate, validation, validationRecord } };
}

/** A certificate that browsers warn of, for stacks without a domain; made anew a month before its year is over. */
export function createSelfSignedCertificate(
  name: string,
  hostName: Input<string>,
  transform: CertificateTransform,
  parent: Resource,
): { arn: Output<string>; nodes: CertificateNodes } {
  const privateKey = new PrivateKey(
    ...transformed(transform.privateKey, name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent }),
  );
  const selfSigned = new SelfSignedCert(
    ...transformed<SelfSignedCertArgs>(
      transform.selfSigned,
      name,
      {
        privateKeyPem: privateKey.privateKeyPem,
        // The balancer's own name may be longer than a common name, so it stands among the alternative names only.
        subject: { commonName: name.slice(0, 64), organization: "self-signed" },
        dnsNames: [output(hostName)],
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: 365 * 24,
        earlyRenewalHours: 30 * 24,
      },
      { parent },
    ),
  );
  const certificate = new acm.Certificate(
    ...transformed(
      transform.certificate,
      name,
      { privateKey: privateKey.privateKeyPem, certificateBody: selfSigned.certPem, tags: { Name: name } },
      { parent },
    ),
  );
  return { arn: certificate.arn, nodes: { certificate, privateKey, selfSigned } };
}
