/** Numbers as a report shows them. */

/** `$1,234.56`; what is not nothing is at least a cent. */
export function dollars(usd: number, digits = 2): string {
  const least = 10 ** -digits;
  if (usd > 0 && usd < least / 2) return `<$${least.toFixed(digits)}`;
  const text = Math.abs(usd).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${usd < 0 ? "−" : ""}$${text}`;
}

/** A price without an end of zeros: `$0.0168`, `$0.0000004`. */
export function price(usd: number): string {
  return `$${usd.toFixed(10).replace(/0+$/, "").replace(/\.$/, "")}`;
}

/** Three digits that mean something, thousands apart: `1,460`, `0.105`, `1,050,000`. */
export function amount(value: number): string {
  return Number(value.toPrecision(value >= 100 ? 6 : 3)).toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

/** `100 KB`, `5 MB`, in thousands. */
export function bytes(value: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${amount(value / 1000 ** step)} ${units[step]}`;
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
