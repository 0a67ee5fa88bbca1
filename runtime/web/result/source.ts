/** What a result was annotated with, by the annotator's own header line; of results of other engines nothing is known. */
import { metaLine } from "../../vcf/meta-line.ts";

export interface ResultSource {
  readonly engine: string;
  /** Of the reference data. */
  readonly assembly: string;
  /** Names and versions of the data. */
  readonly data: readonly string[];
  /** What the file was taken for, and why, in words; absent in results of earlier versions. */
  readonly inputAssembly?: string;
  readonly inputAssemblyFrom?: string;
}

/** @param header of the result, all its lines. */
export function sourceOf(header: string): ResultSource | undefined {
  const line = header.split("\n").find((each) => each.startsWith("##GAS_source="));
  const fields = line === undefined ? undefined : metaLine(line)?.fields;
  const [engine, assembly] = [fields?.get("Engine"), fields?.get("Assembly")];
  if (fields === undefined || engine === undefined || assembly === undefined) return undefined;
  const [inputAssembly, inputAssemblyFrom] = [fields.get("InputAssembly"), fields.get("InputAssemblyFrom")];
  return {
    engine,
    assembly,
    data: ["Genes", "Variants"].flatMap((name) => fields.get(name) ?? []),
    ...(inputAssembly === undefined ? {} : { inputAssembly }),
    ...(inputAssemblyFrom === undefined ? {} : { inputAssemblyFrom }),
  };
}

/** Whether the annotator took the file for GRCh38. */
export const isGrch38 = (source: ResultSource | undefined): boolean =>
  (source?.inputAssembly ?? "").startsWith("GRCh38");
