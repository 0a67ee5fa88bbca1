/** The probe as a service of a boot manifest, and its bundle as a component packs it. */

import { fileURLToPath } from "node:url";
import { packFolder } from "../../../components/bundle/bundle-file.ts";
import type { BootManifest, BootService } from "../../../runtime/contract/boot.ts";

const bucket = "gas-code";

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Another start of the probe, in folders whose names systemd and shells read as something else unless they are quoted. */
export const oddEntry = "sub folder/100%/$HOME/main.mjs";

export const probeBundle = () => packFolder("probe", beside("probe"), [[oddEntry, beside("elsewhere.mjs")]]);

export function probeService(name: string, port: number, changes: Partial<BootService> = {}): BootService {
  return {
    name,
    bundle: { bucket, key: "bundles/probe.tgz", sha256: probeBundle().sha256 },
    entry: "main.mjs",
    environment: { AWS_REGION: "us-east-1", PORT: String(port) },
    port,
    healthPath: "/healthz",
    stopSeconds: 2,
    ...changes,
  };
}

export const probeObjects = () => ({ [bucket]: { "bundles/probe.tgz": probeBundle().file } });

export const manifestOf = (...services: BootService[]): BootManifest => ({
  version: 1,
  region: "us-east-1",
  logGroup: "gas",
  services,
});
