import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Pulumi's command line, ready to be run. */
export interface PulumiCli {
  /** Absolute path, or the bare name where it is on PATH. */
  readonly command: string;
  readonly version: string;
  readonly from: "PATH" | "cache" | "installer" | "Go modules";
}

/** Of which its Go modules are pinned; the npm package @pulumi/pulumi asks for one that is not older. */
export async function wantedVersion(): Promise<string> {
  const module = await readFile(new URL("module/go.mod", import.meta.url), "utf8");
  const [, version] = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\d+\.\d+\.\d+)/.exec(module) ?? [];
  if (version === undefined) throw new Error("module/go.mod pins no version of github.com/pulumi/pulumi/pkg/v3");
  return version;
}

/** Of the same major version and not older: older engines do not tell a provider what this one asks for. */
export function suits(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major === wantedMajor && minor >= wantedMinor;
}

/** What `command version` says, or `undefined` when there is no such program or it says something else. */
export async function versionOf(command: string): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await promisify(execFile)(command, ["version"], { timeout: 60_000, env });
    return /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}
