/** Moments as text: one shape on every page, in mails and in the console. */

/** Epoch seconds as the machine-readable form of a `<time>`. */
export const isoTime = (epoch: number): string => new Date(epoch * 1000).toISOString();

/** Epoch seconds as `2026-01-31 14:05 UTC`: years first, so that no two countries read two days. */
export const utcTime = (epoch: number): string => `${isoTime(epoch).slice(0, 16).replace("T", " ")} UTC`;
