/**
 * Widths of text without a browser. Advance widths of Helvetica in thousandths of the size (Adobe's font metrics), with some
 * room, because the system's own sans serif is a little wider on some systems.
 */

const narrow = " !,./:;I[]fijlt|'’`";
const wide = "ABCEFGHKNOPQRSUVXYZwmM@%W&+<>=≥≤–−→…";
const room = 1.06;

function advance(character: string): number {
  if (narrow.includes(character)) return 278;
  if (character === "r" || character === "-" || character === "(" || character === ")") return 333;
  if (character === "m" || character === "M") return 833;
  if (character === "W" || character === "@" || character === "…") return 960;
  if (wide.includes(character)) return 700;
  // Beyond Latin, most scripts' characters are as wide as they are high.
  return (character.codePointAt(0) ?? 0) > 0x24f ? 1000 : 556;
}

/** Pixels that a text takes at most, about. Semi-bold is some 6 % wider. */
export function textWidth(text: string, size: number, bold = false): number {
  const thousandths = [...text].reduce((sum, character) => sum + advance(character), 0);
  return (thousandths / 1000) * size * room * (bold ? 1.06 : 1);
}

/** The text, or its beginning and an ellipsis, within a width. */
export function fitted(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, size, bold) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
