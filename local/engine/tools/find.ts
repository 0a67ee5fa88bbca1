/** Finds a Pulumi command line that is there already: on PATH, or made by an earlier `annofarm tools`. */
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type PulumiCli, suits, versionOf, wantedVersion } from "./version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const program = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** `bin/pulumi` lies in it, as Pulumi's installer lays it out. */
export async function cacheRoot(environment: Environment = process.env): Promise<string> {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "annofarm", "pulumi", await wantedVersion());
}

export const executableIn = (root: string) => join(root, "bin", program);

/**
 * `undefined` when there is none that suits.
 *
 * @param onProgress told of one that is there but does not suit.
 */
export async function findPulumi(
  environment: Environment = process.env,
  onProgress: (line: string) => void = () => {},
): Promise<PulumiCli | undefined> {
  const wanted = await wantedVersion();
  for (const folder of (environment.PATH ?? "").split(delimiter).filter((each) => each !== "")) {
    const command = join(folder, program);
    const version = await versionOf(command);
    if (version === undefined) continue;
    if (suits(version, wanted)) return { command, version, from: "PATH" };
    onProgress(`${command} is ${version}; wanted is ${wanted} or a later 3.x`);
    break; // a shell would take no other one either
  }
  const command = executableIn(await cacheRoot(environment));
  const version = await versionOf(command);
  return version === undefined ? undefined : { command, version, from: "cache" };
}
