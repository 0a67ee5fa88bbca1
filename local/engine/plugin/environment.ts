/** What a provider is told beside the engine's questions. */
import type { Emulator, Gateway } from "../../types.ts";

export interface PluginSettings {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId" | "keepsPolicies">;
  /** Answers what the emulator does not, such as instance refreshes; omitted: instances do not run yet. */
  readonly gateway?: Pick<Gateway, "endpoint" | "administrator">;
  /** Relative paths of assets are relative to it. */
  readonly projectDirectory: string;
  /** File in which what has been created is written down. */
  readonly journal?: string;
}

const variable = "ANNOFARM_ENGINE";

export function environmentOf(settings: PluginSettings): Record<string, string> {
  const { emulator, gateway, ...rest } = settings;
  const { endpoint, region, accountId, keepsPolicies } = emulator;
  const given = {
    ...rest,
    emulator: { endpoint, region, accountId, keepsPolicies },
    gateway: gateway && { endpoint: gateway.endpoint, administrator: gateway.administrator },
  };
  return { [variable]: JSON.stringify(given) };
}

/** @throws {Error} when the provider is started by something else than annofarm. */
export function emulatorFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Omit<PluginSettings, "emulator"> & { readonly emulator: Emulator } {
  const text = environment[variable];
  if (text === undefined) {
    throw new Error(
      `${variable} is not set: this provider deploys to annofarm's emulator and is started by annofarm only`,
    );
  }
  const { emulator, ...settings } = JSON.parse(text) as PluginSettings;
  return { ...settings, emulator: { ...emulator, stop: async () => {} } };
}
