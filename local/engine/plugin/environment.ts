/** What a provider is told beside the engine's questions. */
import type { Emulator } from "../../types.ts";

export interface PluginSettings {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  /** Relative paths of assets are relative to it. */
  readonly projectDirectory: string;
  /** File in which what has been created is written down. */
  readonly journal?: string;
}

const variable = "ANNOFARM_ENGINE";

export function environmentOf(settings: PluginSettings): Record<string, string> {
  const { emulator, ...rest } = settings;
  const { endpoint, region, accountId } = emulator;
  return { [variable]: JSON.stringify({ ...rest, emulator: { endpoint, region, accountId } }) };
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
