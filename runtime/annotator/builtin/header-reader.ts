/** Reads the header as blocks come, writes it with our lines before `#CHROM`, and ends at the first record. */
import { createAssemblyWitness } from "../../vcf/assembly/evidence.ts";
import { basisInResult } from "../../vcf/assembly/words.ts";
import { type ColumnLine, isColumnLine, readColumnLine, readHeaderLine } from "../../vcf/header.ts";
import { endOfText } from "../../vcf/line-end.ts";
import type { Reference } from "../reference/load.ts";
import { headerLines, isOurs } from "./fields.ts";
import { note, type Report } from "./report.ts";

export interface HeaderReader {
  /** The `#CHROM` line, once it has been read: the header is over, and the report says which assembly it proves. */
  readonly columnLine: ColumnLine | undefined;
  /**
   * Reads on in `block`, appends what is to be written, and returns where records begin (`block.length`: not in this block).
   *
   * @throws {InputError}
   */
  read(block: string, out: string[]): number;
}

export interface HeaderReaderOptions {
  readonly report: Report;
  readonly reference: Reference;
  readonly engineVersion: string;
}

export function createHeaderReader({ report, reference, engineVersion }: HeaderReaderOptions): HeaderReader {
  const witness = createAssemblyWitness(reference);
  let columnLine: ColumnLine | undefined;

  /** The last line of the header, with ours before it. */
  function ended(line: string, number: number): string {
    columnLine = readColumnLine(line, number);
    if (columnLine.text !== line) note(report, `line ${number}: the names of the columns were put into upper case`);
    report.assembly = witness.finding();
    const { assembly } = report.assembly;
    const input = { assembly: assembly ?? `${reference.assembly}, assumed`, because: basisInResult(report.assembly) };
    // Text passes through as one character per byte; what is ours becomes that too.
    const lines = Buffer.from(headerLines(reference, engineVersion, input)).toString("latin1");
    return `${lines}${columnLine.text}\n`;
  }

  /** The line to write in place of this one, ended by `\n`; empty for none. */
  function replaced(text: string, number: number): string {
    const line = readHeaderLine(text, number);
    let before = "";
    if (number === 1 && !/^##fileformat=VCFv/i.test(line)) {
      note(report, "line 1 is not ##fileformat=VCFv4.x; a line was added");
      before = "##fileformat=VCFv4.2\n";
    }
    if (isColumnLine(line)) return before + ended(line, number);
    if (line === "") return "";
    if (isOurs(line)) return before;
    witness.hear(line, number);
    return `${before}${line}\n`;
  }

  return {
    get columnLine() {
      return columnLine;
    },
    read(block, out) {
      let at = 0;
      while (at < block.length && columnLine === undefined) {
        const end = block.indexOf("\n", at);
        report.lines += 1;
        out.push(replaced(block.slice(at, endOfText(block, at, end)), report.lines));
        at = end + 1;
      }
      return at;
    },
  };
}
