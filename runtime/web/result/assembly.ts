/** Which assembly the positions of a result are of, by the annotator's own header line. */
import { metaLine } from "../../results/meta-line.ts";

/** Whether the annotator took the file for GRCh38; of results of other engines nothing is known. */
export function isGrch38(header: string): boolean {
  const line = header.split("\n").find((each) => each.startsWith("##GAS_source="));
  return line !== undefined && (metaLine(line)?.fields.get("InputAssembly") ?? "").startsWith("GRCh38");
}
