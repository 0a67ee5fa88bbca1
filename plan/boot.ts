/** What the instances of a launch template run, as far as a plan tells. */
import { type BootManifest, readBootManifest } from "../runtime/contract/boot.ts";
import type { PlannedResource } from "./types.ts";

/** `undefined`: no template, or somebody else's user data, of which nothing is known. */
export function bootManifestOf(launchTemplate: PlannedResource | undefined): BootManifest | undefined {
  const userData = launchTemplate?.inputs.userData;
  if (typeof userData !== "string") return undefined;
  try {
    return readBootManifest(Buffer.from(userData, "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}
