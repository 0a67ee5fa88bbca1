// Sizes in words, the same on the server and in the browser.
const units = ["bytes", "KB", "MB", "GB"];

/**
 * `153600` → `150 KB` (1 KB = 1,024 bytes, as the limits are given).
 *
 * @param {number} bytes
 * @returns {string}
 */
export function formatBytes(bytes) {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  // Never rounded down to a limit that the file is above: 153,601 bytes are not "150 KB".
  const digits = power === 0 || Number.isInteger(value) ? 0 : value < 10 ? 2 : 1;
  const shown = power === 0 ? value : Math.ceil(value * 10 ** digits) / 10 ** digits;
  return `${shown.toLocaleString("en")} ${bytes === 1 ? "byte" : units[power]}`;
}
