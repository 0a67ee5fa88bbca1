/** Numbers and times in words. */

export { formatBytes } from "../browser/sizes.js";

/** `45` → `45 seconds`, `1800` → `30 minutes`, `14400` → `4 hours`. */
export function formatDuration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [Math.round(seconds), "second"]
      : seconds < 5_400
        ? [Math.round(seconds / 60), "minute"]
        : seconds < 172_800
          ? [Math.round(seconds / 3_600), "hour"]
          : [Math.round(seconds / 86_400), "day"];
  return `${value.toLocaleString("en")} ${unit}${value === 1 ? "" : "s"}`;
}

export const formatCount = (count: number): string => count.toLocaleString("en");

/** Minor units (cents) as a price. */
export function formatPrice(minor: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: currency.toUpperCase() });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
