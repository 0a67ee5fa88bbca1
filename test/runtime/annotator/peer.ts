/** The reader of all records alone, over a whole file at once: what the annotator must write and report, however it gets there. */
import { createHeaderReader } from "../../../runtime/annotator/builtin/header-reader.ts";
import { createRecordReader } from "../../../runtime/annotator/builtin/record-reader.ts";
import { createReport, type Report } from "../../../runtime/annotator/builtin/report.ts";
import { createSequences } from "../../../runtime/annotator/builtin/sequences.ts";
import { InputError } from "../../../runtime/vcf/input-error.ts";
import { reference } from "../../support/vcf.ts";

export interface Outcome {
  /** Undefined: the file is refused. */
  readonly result: string | undefined;
  readonly report: Report;
  readonly refusal: { readonly message: string; readonly line: number | undefined } | undefined;
}

/** Runs `read` until its end or its refusal. */
export async function outcomeOf(report: Report, read: () => Promise<string> | string): Promise<Outcome> {
  try {
    return { result: await read(), report, refusal: undefined };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { result: undefined, report, refusal: { message: error.message, line: error.line } };
  }
}

/** @param file of one byte per character, without NUL, whose header proves the assembly. */
export function readByPeer(file: string): Promise<Outcome> {
  const report = createReport(reference().assembly);
  const header = createHeaderReader({ report, reference: reference(), engineVersion: "test" });
  return outcomeOf(report, () => {
    const unfinished = !file.endsWith("\n");
    const text = unfinished ? `${file}\n` : file;
    const out: string[] = [];
    const at = header.read(text, out);
    const { columnLine } = header;
    if (columnLine === undefined) throw new Error("the file has no column line");
    const sequences = createSequences(report, reference());
    createRecordReader({ report, sequences, columnLine, now: () => 0 }).read(text, at, out, unfinished);
    return out.join("");
  });
}
