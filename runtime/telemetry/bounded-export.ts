/**
 * Between spans and exporter: keeps at most so many that are not yet delivered, counts those that are dropped, and tells of them once.
 *
 *     span ends ─▶ pending ─┬─▶ delivered
 *                  │        └─▶ refused: dropped
 *                  └─ as many as may be pending already: dropped
 */
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Log } from "../jobs/ports.ts";

export interface BoundedExport {
  /** The exporter; what comes of each batch is counted. */
  readonly exporter: SpanExporter;
  /** The processor in front of it, which is handed no more than may be pending. */
  bounded(processor: SpanProcessor): SpanProcessor;
  counts(): { readonly delivered: number; readonly dropped: number; readonly pending: number };
}

export function boundExport(options: {
  readonly exporter: SpanExporter;
  readonly pendingMax: number;
  readonly log: Log;
}): BoundedExport {
  const { exporter, pendingMax, log } = options;
  const counts = { delivered: 0, dropped: 0, pending: 0 };
  let told = false;

  function drop(count: number, reason: object): void {
    counts.dropped += count;
    if (told) return;
    told = true;
    log.warn(reason, "traces are not taken: spans are dropped, and counted until this service ends");
  }

  return {
    counts: () => ({ ...counts }),
    exporter: {
      export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
        exporter.export(spans, (result) => {
          counts.pending -= spans.length;
          if (result.code === ExportResultCode.SUCCESS) counts.delivered += spans.length;
          else drop(spans.length, { err: result.error });
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    },
    bounded: (processor) => ({
      onStart: (span, context) => processor.onStart(span, context),
      onEnd(span) {
        if (counts.pending >= pendingMax) return drop(1, { pending: counts.pending });
        counts.pending += 1;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    }),
  };
}
