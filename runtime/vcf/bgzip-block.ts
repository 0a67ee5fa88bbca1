/** The header of a bgzip block: a gzip member that says its own length in the extra field "BC" (SAM specification, 4.1). */

/** Bytes of a gzip header before its extra field. */
export const fixedBytes = 12;

const uint16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

/** Length of the header that begins so, as far as the extra field. @param fixed its first `fixedBytes`. */
export const headerLength = (fixed: Uint8Array): number =>
  fixedBytes + (((fixed[3] ?? 0) & 4) === 0 ? 0 : uint16(fixed, 10));

/** Length of the block whose header this is, or undefined for a gzip member that does not say it. */
export function blockLength(header: Uint8Array): number | undefined {
  for (let at = fixedBytes; at + 4 <= header.length; ) {
    const length = uint16(header, at + 2);
    if (header[at] === 0x42 && header[at + 1] === 0x43 && length === 2 && at + 6 <= header.length) {
      return uint16(header, at + 4) + 1;
    }
    at += 4 + length;
  }
  return undefined;
}
