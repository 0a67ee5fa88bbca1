/** `tls:*`: keys and self-signed certificates, made on this machine as the provider makes them. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
} from "node:crypto";
import "reflect-metadata"; // @peculiar/x509 composes itself by decorators
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { type Context, type Handlers, handler, type State } from "./handler.ts";

interface KeyInputs {
  readonly algorithm: "ECDSA" | "RSA";
  readonly ecdsaCurve?: "P256" | "P384";
  readonly rsaBits?: number;
}
interface CertificateInputs {
  readonly privateKeyPem: string;
  readonly subject?: Readonly<Record<string, unknown>>;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly allowedUses: readonly string[];
  readonly validityPeriodHours: number;
  readonly isCaCertificate?: boolean;
}

function fingerprint(key: KeyObject): string {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

function createKey({ algorithm, ecdsaCurve = "P256", rsaBits = 2048 }: KeyInputs): State {
  const pem = (key: KeyObject, type: "sec1" | "pkcs1" | "pkcs8" | "spki") => key.export({ type, format: "pem" });
  const pair =
    algorithm === "ECDSA"
      ? generateKeyPairSync("ec", { namedCurve: ecdsaCurve.replace("P", "P-") })
      : generateKeyPairSync("rsa", { modulusLength: rsaBits });
  const outputs = {
    privateKeyPem: pem(pair.privateKey, algorithm === "ECDSA" ? "sec1" : "pkcs1"),
    privateKeyPemPkcs8: pem(pair.privateKey, "pkcs8"),
    publicKeyPem: pem(pair.publicKey, "spki"),
  };
  return { id: fingerprint(pair.publicKey), outputs };
}

/** Names of Terraform's provider for the uses of a key. */
const keyUses: Readonly<Record<string, KeyUsageFlags>> = {
  digital_signature: KeyUsageFlags.digitalSignature,
  key_encipherment: KeyUsageFlags.keyEncipherment,
  key_agreement: KeyUsageFlags.keyAgreement,
  cert_signing: KeyUsageFlags.keyCertSign,
  crl_signing: KeyUsageFlags.cRLSign,
};
const extendedUses: Readonly<Record<string, ExtendedKeyUsage>> = {
  server_auth: ExtendedKeyUsage.serverAuth,
  client_auth: ExtendedKeyUsage.clientAuth,
};

function algorithmOf(key: KeyObject): webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const curve = key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "P-384" : "P-256";
  return { name: "ECDSA", namedCurve: curve };
}

/** Characters that a distinguished name gives a meaning. */
const escaped = (text: unknown) => String(text).replace(/[\\,+"<>;=#]/g, (character) => `\\${character}`);

async function createCertificate(inputs: CertificateInputs): Promise<State> {
  for (const use of inputs.allowedUses) {
    if (!(use in keyUses) && !(use in extendedUses)) {
      throw new Error(`a self-signed certificate for "${use}" cannot be made here`);
    }
  }
  const privateKey = createPrivateKey(inputs.privateKeyPem);
  const publicKey = createPublicKey(privateKey);
  const algorithm = algorithmOf(privateKey);
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey("pkcs8", privateKey.export({ type: "pkcs8", format: "der" }), algorithm, true, [
      "sign",
    ]),
    publicKey: await subtle.importKey("spki", publicKey.export({ type: "spki", format: "der" }), algorithm, true, [
      "verify",
    ]),
  };
  const { commonName, organization } = inputs.subject ?? {};
  const name = [
    ...(commonName === undefined ? [] : [`CN=${escaped(commonName)}`]),
    ...(organization === undefined ? [] : [`O=${escaped(organization)}`]),
  ].join(", ");
  const extended = inputs.allowedUses.flatMap((use) => extendedUses[use] ?? []);
  const alternatives = [
    ...(inputs.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(inputs.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const notBefore = new Date();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore,
    notAfter: new Date(notBefore.getTime() + inputs.validityPeriodHours * 3_600_000),
    signingAlgorithm: { ...algorithm, hash: "SHA-256" },
    extensions: [
      new BasicConstraintsExtension(inputs.isCaCertificate ?? false, undefined, true),
      new KeyUsagesExtension(
        inputs.allowedUses.reduce((flags, use) => flags | (keyUses[use] ?? 0), 0),
        true,
      ),
      ...(extended.length === 0 ? [] : [new ExtendedKeyUsageExtension(extended)]),
      ...(alternatives.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternatives)]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { id: certificate.serialNumber, outputs: { certPem: `${certificate.toString("pem")}\n` } };
}

/** What exists in the program's state only: there is nothing to read back or to delete. */
function inStateOnly<I>(create: (inputs: I) => State | Promise<State>) {
  return handler<I>({
    create: async (inputs) => create(inputs),
    read: async ({ id }) => ({ id, outputs: {} }),
    update: async (_existing, inputs: I, _context: Context) => create(inputs),
    delete: async () => {},
  });
}

export const handlers: Handlers = {
  "tls:index/privateKey:PrivateKey": inStateOnly(createKey),
  "tls:index/selfSignedCert:SelfSignedCert": inStateOnly(createCertificate),
};
