/**
 * Text as an INFO value may hold it. Characters that INFO gives a meaning are percent-encoded, as VCF 4.3 says; what the source has
 * encoded already stays.
 */
export const escaped = (value: string): string =>
  value.replace(
    /%(?![0-9A-F]{2})|[;=,\s]/gi,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
