/** Which columns the table shows. Chosen in the address, else remembered in a cookie, else the usual ones. */
import type { Request, Response } from "express";
import type { Summary } from "../../results/summary.ts";
import { type Definitions, decoded, type Variant } from "../../results/variant.ts";
import { readCookie } from "../http/cookies.ts";
import { type QueryValues, valuesOfParameter } from "./query.ts";

const cookie = "result_columns";
/** Columns of one table. */
const chosenMost = 40;
const cookieBytesMax = 2_000;
const cookieSeconds = 365 * 86_400;

export interface Column {
  /** Name in the address: `ID`, `INFO.DP`, `SAMPLE.name`. */
  readonly name: string;
  readonly label: string;
  /** What it is, in words; empty when the header does not say. */
  readonly description: string;
  value(variant: Variant): string;
}

const fixed: readonly Column[] = [
  { name: "ID", label: "ID", description: "Ids of the variant, such as rs numbers", value: ({ id }) => id },
  { name: "QUAL", label: "QUAL", description: "Phred-scaled quality of the call", value: ({ qual }) => qual },
  { name: "FILTER", label: "FILTER", description: "PASS, or the filters that it fails", value: ({ filter }) => filter },
];

const labels: Readonly<Record<string, string>> = {
  GAS_GENE: "Gene",
  GAS_GENE_ID: "Gene id",
  GAS_GENE_COUNT: "Genes",
  GAS_CSQ: "Consequence by location",
  GAS_CSQ_CANON: "Consequence, canonical transcripts",
  GAS_CSQ_ALL: "Consequence, all transcripts",
  GAS_CLNSIG: "ClinVar significance",
  GAS_CLNMC: "ClinVar consequence",
  GAS_CLNDN: "Conditions",
  GAS_CLNMONDO: "MONDO ids",
  GAS_CLNREVSTAT: "Review status",
  GAS_CLNID: "ClinVar id",
  GAS_CLNVC: "ClinVar kind",
  GAS_CLNORIGIN: "Origin",
  GAS_CLNRS: "dbSNP id in ClinVar",
  GAS_CLNAF_EXAC: "Frequency in ExAC",
};

/** Samples offered as columns. */
const samplesMost = 50;

export function columnsOf(summary: Summary, { info }: Definitions): readonly Column[] {
  const fields = [...info].map(
    ([id, { description }]): Column => ({
      name: `INFO.${id}`,
      label: labels[id] ?? id,
      description,
      value: (variant) => {
        const value = variant.info.get(id);
        return value === undefined ? "." : value === "" ? "yes" : decoded(value);
      },
    }),
  );
  const samples = summary.columns.slice(9, 9 + samplesMost).map(
    (sample): Column => ({
      name: `SAMPLE.${sample}`,
      label: sample,
      description: "Genotype of this sample",
      value: ({ samples: all, format }) => all.get(sample)?.[Math.max(0, format.indexOf("GT"))] ?? ".",
    }),
  );
  return [...fixed, ...fields, ...samples];
}

/** Those that are shown when nobody has chosen. */
function isUsual({ name }: Column, samples: number): boolean {
  const ours = ["INFO.GAS_GENE", "INFO.GAS_CSQ", "INFO.GAS_CLNSIG"];
  return ["ID", "QUAL", "FILTER", ...ours].includes(name) || (samples <= 2 && name.startsWith("SAMPLE."));
}

/** The chosen columns, in the order of `all`; names that this result does not have are passed over: they may be of another result. */
export function chosenColumns(all: readonly Column[], request: Request): readonly Column[] {
  const inAddress = valuesOfParameter(request.query as QueryValues, "column");
  const remembered = inAddress.length > 0 ? inAddress : (readCookie(request, cookie)?.split("\t") ?? []);
  const chosen = all.filter(({ name }) => remembered.includes(name)).slice(0, chosenMost);
  if (chosen.length > 0) return chosen;
  const samples = all.filter(({ name }) => name.startsWith("SAMPLE.")).length;
  return all.filter((column) => isUsual(column, samples));
}

/** Remembers what the address chooses, for other views and results below this path. */
export function rememberColumns(
  request: Request,
  response: Response,
  { path, secure }: { readonly path: string; readonly secure: boolean },
): void {
  const names = valuesOfParameter(request.query as QueryValues, "column");
  const value = names.join("\t");
  if (names.length === 0 || Buffer.byteLength(encodeURIComponent(value)) > cookieBytesMax) return;
  response.cookie(cookie, value, {
    path,
    maxAge: cookieSeconds * 1000,
    httpOnly: true,
    sameSite: "lax",
    secure,
  });
}
