/** Names as AWS's APIs have them, of names as Pulumi's provider has them. */

/** Where more than the first letter differs: in the requirements of an Auto Scaling group's instance types. */
const irregular: Readonly<Record<string, string>> = {
  memoryGibPerVcpu: "MemoryGiBPerVCpu",
  memoryMib: "MemoryMiB",
  totalLocalStorageGb: "TotalLocalStorageGB",
  vcpuCount: "VCpuCount",
};

/** `imageId` → `ImageId`. */
export const sentName = (key: string): string => irregular[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
