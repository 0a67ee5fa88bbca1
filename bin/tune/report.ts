/** A search's result with the settings that it asks for. */
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import type { TuneReport } from "../../scaling/simulate/tune/report/report.ts";
import { foundBy, type Tuning } from "../../scaling/simulate/tune/tune.ts";
import { changesOf, commandLines, diffLines } from "./changes.ts";

export async function reportOf(
  tuning: Tuning,
  {
    directory,
    stack,
    configs,
    ...told
  }: Pick<TuneReport, "budget" | "notes"> & {
    readonly directory: string;
    readonly stack: string;
    /** By variant: the whole configuration of the program, with namespaces. */
    readonly configs: ReadonlyMap<Variant, Readonly<Record<string, string>>>;
  },
): Promise<TuneReport> {
  const found = foundBy(tuning);
  const { values } = await readStackConfig(directory, stack);
  const wanted = found === undefined ? values : (configs.get(found.candidate.variant) ?? values);
  const changes = changesOf(values, wanted);
  const file = `Pulumi.${stack}.yaml`;
  return { ...told, tuning, found, file, diff: diffLines(changes), commands: commandLines(changes, stack) };
}
