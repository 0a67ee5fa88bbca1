import { InputError } from "../../vcf/input-error.ts";
import { annotate } from "../builtin/annotate.ts";
import { findingsOf } from "../builtin/findings.ts";
import { formatReport } from "../builtin/format-report.ts";
import type { Reference } from "../reference/load.ts";
import { type Engine, EngineError } from "./engine.ts";

/** Version of the fields and of the decisions in `builtin/`; raised when results of the same file may differ. */
export const builtinVersion = "3";

/** A source of bytes that remembers what it has thrown: that is storage's fault, whatever the error looks like further on. */
function watched(bytes: AsyncIterable<Uint8Array>) {
  const thrown = new Set<unknown>();
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      thrown.add(error);
      throw error;
    }
  }
  return { source: source(), hasThrown: (error: unknown) => thrown.has(error) };
}

export function createBuiltinEngine(reference: Reference): Engine {
  const sources = [reference.genes.version, reference.clinvar?.version, reference.assembly].filter(Boolean).join(", ");
  return {
    name: `built-in ${builtinVersion} (${sources})`,
    start({ bytes, uncompressedBytesMax }) {
      const { source, hasThrown } = watched(bytes);
      const run = annotate(source, reference, { engineVersion: builtinVersion, uncompressedBytesMax });
      const { report, packing } = run;

      /** An error of this engine itself would come again with the same file: it is no reason to try again. */
      async function* output(): AsyncGenerator<Buffer> {
        try {
          yield* run.output;
        } catch (cause) {
          if (cause instanceof InputError || hasThrown(cause)) throw cause;
          const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
          throw new EngineError(
            `the annotator has a fault that this file brings out near line ${report.lines + 1} (${what}); please tell the operator`,
            { cause },
          );
        }
      }

      return {
        output: output(),
        records: () => report.records,
        findings: () => findingsOf(report),
        account: () => formatReport(report, packing),
      };
    },
  };
}
