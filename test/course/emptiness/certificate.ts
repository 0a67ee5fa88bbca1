/** A self-signed certificate, as the program makes one for a balancer without a domain. */
import { generateKeyPairSync, webcrypto } from "node:crypto";
import "reflect-metadata"; // @peculiar/x509 composes itself by decorators
import { X509CertificateGenerator } from "@peculiar/x509";

export async function selfSigned(commonName: string): Promise<{ privateKey: string; certificate: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { subtle } = webcrypto;
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notAfter: new Date(Date.now() + 24 * 3_600_000),
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
      publicKey: await subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    },
  });
  return {
    privateKey: String(pair.privateKey.export({ type: "pkcs8", format: "pem" })),
    certificate: certificate.toString("pem"),
  };
}
