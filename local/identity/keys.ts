import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const keySchema = z.looseObject({ kty: z.literal("RSA"), kid: z.string(), d: z.string() });

/** The provider's signing key (RS256, what every OpenID Connect client understands), made once and kept for its owner only. */
export function signingKey(directory: string): z.output<typeof keySchema> {
  const file = join(directory, "signing-key.json");
  try {
    return keySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // None yet, or not one of ours: tokens are short-lived, so a new key costs nothing but a new sign-in.
  }
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return keySchema.parse(key);
}
