/** Text broken at spaces into lines of at most `width` columns, `indent` of them blank; a longer word stands alone. */
export function fold(text: string, indent: number, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one) => " ".repeat(indent) + one).join("\n");
}
