/** Findings as text for a terminal of 80 columns. Commands to copy stay on one line, however long. */
import type { CheckResult } from "./finding.ts";

const marks: Readonly<Record<CheckResult["verdict"], string>> = { ok: "✔", note: "•", wrong: "✘", unknown: "?" };

const wrapped = (text: string, width: number): string[] => {
  const rows: string[] = [];
  for (const word of text.split(" ")) {
    const row = rows.at(-1);
    if (row === undefined || row.length + 1 + word.length > width) rows.push(word);
    else rows[rows.length - 1] = `${row} ${word}`;
  }
  return rows;
};

function lines({ check, verdict, found, fix }: CheckResult): string[] {
  const head = wrapped(`${check}: ${found}`, 76).map((row, at) => `${at === 0 ? ` ${marks[verdict]} ` : "   "}${row}`);
  if (fix === undefined) return head;
  const isCommand = fix.startsWith("aws ");
  return [...head, ...(isCommand ? [fix] : wrapped(fix, 72)).map((row, at) => `   ${at === 0 ? "→ " : "  "}${row}`)];
}

export function reportOf(findings: readonly CheckResult[]): string {
  const count = (verdict: CheckResult["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  const sum = `${count("wrong")} to fix, ${count("unknown")} not checked, ${count("note")} to note, ${count("ok")} passed`;
  return `${[...findings.flatMap(lines), "", sum].join("\n")}\n`;
}
