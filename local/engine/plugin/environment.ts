/** What a provider is told beside the engine's questions. */
import { providerVariables } from "../../../plan/engine/journal.ts";
import type { Emulator, Gateway } from "../../types.ts";

/** Where a provider deploys to. */
export interface Destination {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId" | "keepsPolicies">;
  /** Answers what the emulator does not, such as instance refreshes; omitted: instances do not run yet. */
  readonly gateway?: Pick<Gateway, "endpoint" | "administrator">;
}

export interface PluginSettings extends Destination {
  /** Relative paths of assets are relative to it. */
  readonly projectDirectory: string;
  /** File in which what has been created is written down. */
  readonly journal?: string;
}

const variable = "ANNOFARM_ENGINE";

/** Enough for an engine that somebody else drives: its providers take the folder they are started in for the program's. */
export function environmentOfDestination({ emulator, gateway }: Destination): Record<string, string> {
  const { endpoint, region, accountId, keepsPolicies } = emulator;
  const given = {
    emulator: { endpoint, region, accountId, keepsPolicies },
    gateway: gateway && { endpoint: gateway.endpoint, administrator: gateway.administrator },
  };
  return { [variable]: JSON.stringify(given) };
}

export function environmentOf({ projectDirectory, journal, ...destination }: PluginSettings): Record<string, string> {
  return {
    ...environmentOfDestination(destination),
    [providerVariables.directory]: projectDirectory,
    ...(journal === undefined ? {} : { [providerVariables.journal]: journal }),
  };
}

/** @throws {Error} when the provider is started by something else than annofarm. */
export function emulatorFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Omit<PluginSettings, "emulator"> & { readonly emulator: Emulator } {
  const text = environment[variable];
  if (text === undefined) {
    throw new Error(
      `${variable} is not set: this provider deploys to annofarm's emulator; set what annofarm emulate has written to .annofarm/emulate.json`,
    );
  }
  const { emulator, gateway } = JSON.parse(text) as Destination;
  const journal = environment[providerVariables.journal];
  return {
    emulator: { ...emulator, stop: async () => {} },
    projectDirectory: environment[providerVariables.directory] ?? process.cwd(),
    ...(gateway === undefined ? {} : { gateway }),
    ...(journal === undefined ? {} : { journal }),
  };
}
