import { annotate } from "../builtin/annotate.ts";
import { formatReport } from "../builtin/format-report.ts";
import type { Reference } from "../reference/load.ts";
import type { Engine } from "./engine.ts";

/** Version of the fields and of the decisions in `builtin/`; raised when results of the same file may differ. */
export const builtinVersion = "1";

export function createBuiltinEngine(reference: Reference): Engine {
  const sources = `${reference.genesVersion}, ${reference.clinvarVersion}, ${reference.assembly}`;
  return {
    name: `built-in ${builtinVersion} (${sources})`,
    start({ bytes }) {
      const { output, report, packing } = annotate(bytes, reference, { engineVersion: builtinVersion });
      return { output, records: () => report.records, account: () => formatReport(report, packing) };
    },
  };
}
