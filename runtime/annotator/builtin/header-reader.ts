/** Reads the header as blocks come, writes it with our lines before `#CHROM`, and ends at the first record. */
import { checkColumnLine, otherAssembly } from "../vcf/header.ts";
import { InputError, quoted } from "../vcf/input-error.ts";
import { isOurs } from "./fields.ts";
import { note, type Report } from "./report.ts";

export interface HeaderReader {
  /** The `#CHROM` line, once it has been read: the header is over. */
  readonly columnLine: string | undefined;
  /** Assembly other than GRCh38 that the header names. */
  readonly otherAssembly: string | undefined;
  /**
   * Reads on in `block`, appends what is to be written, and returns where records begin (`block.length`: not in this block).
   *
   * @throws {InputError}
   */
  read(block: string, out: string[]): number;
}

const byteOrderMark = "\u00ef\u00bb\u00bf"; // the bytes EF BB BF, one character each

/** @param ours header lines to add. */
export function createHeaderReader(report: Report, ours: string): HeaderReader {
  let columnLine: string | undefined;
  let assembly: string | undefined;

  /** The line to write in place of this one, ended by `\n`; empty for none. */
  function replaced(text: string, number: number): string {
    let line = text;
    let before = "";
    if (number === 1) {
      if (line.startsWith(byteOrderMark)) line = line.slice(byteOrderMark.length);
      if (!line.startsWith("#")) throw new InputError(notVcf(line), 1);
      if (!/^##fileformat=VCFv/i.test(line)) {
        note(report, "line 1 is not ##fileformat=VCFv4.x; a line was added");
        before = "##fileformat=VCFv4.2\n";
      }
    }
    if (line.includes("\r")) throw new InputError("lines end in CR alone; they must end in LF or CR LF", number);
    if (line.startsWith("#CHROM") || /^#\s*chrom\b/i.test(line)) {
      checkColumnLine(line, number);
      columnLine = line;
      return `${before}${ours}${line}\n`;
    }
    if (line === "") return "";
    if (!line.startsWith("#")) {
      throw new InputError(`a record stands before the #CHROM column line: ${quoted(line)}`, number);
    }
    assembly ??= otherAssembly(line);
    return isOurs(line) ? before : `${before}${line}\n`;
  }

  return {
    get columnLine() {
      return columnLine;
    },
    get otherAssembly() {
      return assembly;
    },
    read(block, out) {
      let at = 0;
      while (at < block.length && columnLine === undefined) {
        const end = block.indexOf("\n", at);
        const stop = block.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end;
        report.lines += 1;
        out.push(replaced(block.slice(at, stop), report.lines));
        at = end + 1;
      }
      return at;
    },
  };
}

function notVcf(line: string): string {
  if (line === "") return "not a VCF file: it begins with a blank line instead of ##fileformat=VCFv4.x";
  return `not a VCF file: it begins with ${quoted(line)} instead of ##fileformat=VCFv4.x`;
}
