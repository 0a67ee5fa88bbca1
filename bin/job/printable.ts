/** Text of a service or of other users for a terminal: what would steer the terminal is shown as a sign. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");

/** The same for text of several lines. */
export const printableLines = (text: string): string => text.replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
