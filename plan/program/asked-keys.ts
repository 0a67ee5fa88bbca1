/** Which keys of its configuration a program asks for: the one way in, for every host that runs a program. */
import { createRequire } from "node:module";

/** Replaces the SDK's reading of configuration in this process. @returns `project:key` of all that is asked for from now on. */
export function noteAskedKeys(): Set<string> {
  const asked = new Set<string>();
  const configuration = createRequire(import.meta.url)("@pulumi/pulumi/runtime/config.js") as {
    getConfig(key: string): string | undefined;
    allConfig(): Record<string, string>;
  };
  const { getConfig, allConfig } = configuration;
  Object.assign(configuration, {
    getConfig(key: string) {
      asked.add(key);
      return getConfig(key);
    },
    allConfig() {
      const all = allConfig();
      for (const key of Object.keys(all)) asked.add(key);
      return all;
    },
  } satisfies typeof configuration);
  return asked;
}
