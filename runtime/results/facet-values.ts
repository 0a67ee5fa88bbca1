/** What a record has of the facets whose values stand in it as texts, and of genes. Writer and reader of summaries agree by this. */
import { factFields } from "./record-facts.ts";

interface ListForm {
  readonly separator: string;
  /** Value that stands for none. */
  readonly missing?: string;
}

/** FILTER `.` is a value: no filter was applied. Fields of alleles have one value for each, of which each may be a list. */
const forms = {
  filter: { separator: ";" },
  gene: { separator: "," },
  consequence: { separator: ",", missing: "." },
  significance: { separator: ",", missing: "." },
} satisfies Record<string, ListForm>;
export type ListName = keyof typeof forms;

/** The different values of a text. */
export function valuesOf(name: ListName, text: string): string[] {
  const { separator, missing }: ListForm = forms[name];
  return [...new Set(text.split(separator))].filter((value) => value !== "" && value !== missing);
}

/** INFO field of each list that is one. */
export const infoFieldOf: Readonly<Record<Exclude<ListName, "filter">, string>> = factFields;
