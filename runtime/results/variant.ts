/** One record taken apart, and what the header says of its fields. */
import { metaLine } from "../vcf/meta-line.ts";

interface FieldDefinition {
  readonly number: string;
  readonly type: string;
  readonly description: string;
}

export interface Definitions {
  readonly info: ReadonlyMap<string, FieldDefinition>;
  readonly format: ReadonlyMap<string, FieldDefinition>;
  /** What each value of FILTER means. */
  readonly filter: ReadonlyMap<string, string>;
}

/** @param header all lines that begin with `#`. */
export function definitionsOf(header: string): Definitions {
  const info = new Map<string, FieldDefinition>();
  const format = new Map<string, FieldDefinition>();
  const filter = new Map<string, string>();
  for (const line of header.split(/\r?\n/)) {
    const { key, fields } = metaLine(line) ?? {};
    const id = fields?.get("ID");
    if (fields === undefined || id === undefined) continue;
    const description = (fields.get("Description") ?? "").replace(/\\(["\\])/g, "$1");
    if (key === "FILTER") filter.set(id, description);
    else if (key === "INFO" || key === "FORMAT") {
      const definition = { number: fields.get("Number") ?? ".", type: fields.get("Type") ?? "String", description };
      (key === "INFO" ? info : format).set(id, definition);
    }
  }
  return { info, format, filter };
}

export interface Variant {
  readonly chrom: string;
  readonly pos: number;
  readonly id: string;
  readonly ref: string;
  readonly alt: string;
  readonly qual: string;
  readonly filter: string;
  /** By id, as it is written; a flag's value is empty. */
  readonly info: ReadonlyMap<string, string>;
  readonly format: readonly string[];
  /** By name of the sample: values in the order of `format`. */
  readonly samples: ReadonlyMap<string, readonly string[]>;
}

/** @param columns names of the columns, as the summary has them. */
export function variantOf(line: string, columns: readonly string[]): Variant {
  const [chrom = "", pos = "", id = "", ref = "", alt = "", qual = "", filter = "", info = "", format, ...values] = line
    .replace(/\r+$/, "")
    .split("\t");
  return {
    chrom,
    pos: Number(pos),
    id,
    ref,
    alt,
    qual,
    filter,
    info: infoOf(info),
    format: format === undefined ? [] : format.split(":"),
    samples: new Map(values.map((value, index) => [columns[9 + index] ?? String(index + 1), value.split(":")])),
  };
}

function infoOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of text.split(";")) {
    if (field === "" || field === ".") continue;
    const equals = field.indexOf("=");
    if (equals < 0) fields.set(field, "");
    else if (!fields.has(field.slice(0, equals))) fields.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return fields;
}

const encoded = /%(3A|3B|3D|25|2C|0D|0A|09|7C)/gi;

/** A value without the percent-encoding of VCF 4.3 (and of `|`, which joins lists in our fields). */
export const decoded = (value: string): string =>
  value.replace(encoded, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
