/** Where the manifest stands on an instance, and the lines that surround it in the user data. */
export const bootManifestPath = "/etc/annofarm/boot.json";
export const bootManifestBegin = "<<'ANNOFARM_BOOT_MANIFEST'";
export const bootManifestEnd = "ANNOFARM_BOOT_MANIFEST";
