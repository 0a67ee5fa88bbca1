/**
 * A vault's notification configuration, which the emulator does not have: kept in its parameter store, so that whoever
 * declares a vault can set it there and every reader of the emulator finds it.
 */
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";

export interface VaultNotifications {
  readonly SNSTopic: string;
  readonly Events: readonly ("ArchiveRetrievalCompleted" | "InventoryRetrievalCompleted")[];
}

function parameterOf(vault: string): string {
  return `/annofarm/vaults/${vault}/notification-configuration`;
}

function isAbsent(error: unknown): boolean {
  return (error as Error).name === "ParameterNotFound";
}

/** `ssm` speaks to the emulator itself, not to the gateway. */
export async function setVaultNotifications(ssm: SSMClient, vault: string, value: VaultNotifications): Promise<void> {
  const Value = JSON.stringify(value);
  await ssm.send(new PutParameterCommand({ Name: parameterOf(vault), Value, Type: "String", Overwrite: true }));
}

export async function getVaultNotifications(ssm: SSMClient, vault: string): Promise<VaultNotifications | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterOf(vault) }));
    return JSON.parse(Parameter?.Value ?? "null") ?? undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export async function deleteVaultNotifications(ssm: SSMClient, vault: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: parameterOf(vault) }));
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
