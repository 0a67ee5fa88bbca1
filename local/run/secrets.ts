import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Plan } from "../../plan/types.ts";
import { administrator } from "../emulator/administrator.ts";
import { declaredService } from "../resources/declared.ts";
import type { Emulator } from "../types.ts";

/** The key that seals sessions outlives a run, so that whoever was signed in still is. */
function sessionSecret(stateDirectory: string): string {
  const file = join(stateDirectory, "secrets.json");
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { session: string }).session;
  } catch {
    const session = randomBytes(32).toString("base64url");
    writeFileSync(file, JSON.stringify({ session }), { mode: 0o600 });
    return session;
  }
}

/** The customer's key that the program names for disks, which the operator encrypts the secrets with, too. */
function customerKey(plan: Plan): string | undefined {
  const grant = plan.resources.find(({ type }) => type === "aws:kms/grant:Grant");
  return grant === undefined ? undefined : String(grant.inputs.keyId);
}

/**
 * Does what an operator does once on AWS: puts the secrets where the web service's environment says it will look.
 *
 * @throws {Error} for a `*_PARAMETER` variable that nobody has a secret for.
 */
export async function putSecrets(
  emulator: Pick<Emulator, "endpoint" | "region">,
  plan: Plan,
  stateDirectory: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const known: Record<string, string> = { ...secrets, SESSION_SECRET_PARAMETER: sessionSecret(stateDirectory) };
  const KeyId = customerKey(plan);
  const client = new SSMClient(administrator(emulator));
  try {
    for (const [variable, parameter] of Object.entries(declaredService(plan, "web").environment)) {
      if (!variable.endsWith("_PARAMETER")) continue;
      const Value = known[variable];
      if (Value === undefined)
        throw new Error(`no secret for ${variable} (parameter ${parameter}): the runner knows none`);
      const secret = { Name: parameter, Value, Type: "SecureString" as const, Overwrite: true };
      await client.send(new PutParameterCommand({ ...secret, ...(KeyId === undefined ? {} : { KeyId }) }));
    }
  } finally {
    client.destroy();
  }
}
