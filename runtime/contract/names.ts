/** Physical names are made of parts: the logical name, then what tells it from that of another stack, account or region. */

/** Stands between the parts; no part has it inside. */
export const nameSeparator = "--";

/** What a resource is called within its stack: `gas-web--dev--us-east-1` → `gas-web`. */
export const nameWithinStack = (physicalName: string): string => physicalName.split(nameSeparator, 1)[0] ?? "";
