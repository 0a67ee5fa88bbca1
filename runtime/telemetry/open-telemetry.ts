/**
 * The tracing port on OpenTelemetry's SDK, exported by OTLP over HTTP.
 *
 * Nothing is registered globally, so that no library traces by itself, and nothing here throws into the work that is traced.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  ROOT_CONTEXT,
  type Attributes as SdkAttributes,
  type Span as SdkSpan,
  type Tracer as SdkTracer,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "../jobs/ports.ts";
import type { Tracing } from "../jobs/service.ts";
import type { Span, SpanStart, Tracer } from "../jobs/tracing.ts";
import { boundExport } from "./bounded-export.ts";

export interface TracingOptions {
  readonly service: string;
  /** Base address; `/v1/traces` is added. */
  readonly endpoint: string;
  /** Share of the traces begun here that are recorded. */
  readonly percent: number;
  readonly stack: string | undefined;
  readonly instance: string | undefined;
  readonly log: Log;
  /** Omitted: those of a service. Milliseconds; `pendingMax` in spans. */
  readonly bounds?: Partial<typeof defaults>;
}

const defaults = {
  /** Between two batches. */
  everyMilliseconds: 1_000,
  /** For one batch, with repetitions. */
  exportMilliseconds: 5_000,
  /** For what is left when the service ends: a part of the seconds that the shortest stop has. */
  closeMilliseconds: 3_000,
  /** A few megabytes. */
  pendingMax: 2_048,
};

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const satisfies Record<NonNullable<SpanStart["kind"]>, SpanKind>;

const given = (attributes: Readonly<Record<string, string | undefined>>): SdkAttributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** The address that a batch is posted to. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/traces`;
  return url.href;
}

export function startTracing(options: TracingOptions): Tracing {
  const { service, endpoint, percent, stack, instance, log } = options;
  const { everyMilliseconds, exportMilliseconds, closeMilliseconds, pendingMax } = { ...defaults, ...options.bounds };
  const sending = boundExport({
    exporter: new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: exportMilliseconds }),
    pendingMax,
    log,
  });
  const batches = new BatchSpanProcessor({
    exporter: sending.exporter,
    maxQueueSize: pendingMax,
    maxExportBatchSize: Math.min(512, pendingMax),
    scheduledDelayMillis: everyMilliseconds,
    // The exporter's own time is over before.
    exportTimeoutMillis: 2 * exportMilliseconds,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes(
      given({
        "service.namespace": "annofarm",
        "service.name": service,
        "service.instance.id": instance,
        "deployment.environment.name": stack,
      }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(percent / 100) }),
    spanProcessors: [sending.bounded(batches)],
  });
  async function close(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, closeMilliseconds).unref());
    await Promise.race([provider.shutdown().catch(() => {}), late]);
    const { delivered, dropped, pending } = sending.counts();
    log.info({ spans_delivered: delivered, spans_dropped: dropped + pending }, "traces closed");
  }
  return { tracer: createTracer(provider.getTracer("annofarm")), close };
}

const propagator = new W3CTraceContextPropagator();

function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined
    ? ROOT_CONTEXT
    : propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
}

function traceparentOf(span: SdkSpan): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return carrier.traceparent;
}

const linksTo = (traceparents: readonly (string | undefined)[]): Link[] =>
  traceparents.flatMap((traceparent) => {
    const context = trace.getSpanContext(contextOf(traceparent));
    return context === undefined ? [] : [{ context }];
  });

const fail = (span: SdkSpan, type: string) => {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

const spanOf = (span: SdkSpan): Span => ({
  traceparent: traceparentOf(span),
  rename: (name) => void span.updateName(name),
  set: (attributes) => void span.setAttributes(attributes),
  fail: (type) => fail(span, type),
});

function createTracer(sdk: SdkTracer): Tracer {
  const working = new AsyncLocalStorage<SdkSpan | undefined>();

  /** Where a span belongs: to what is said, else to what is being worked on. */
  function parentOf(traceparent: string | undefined): Context {
    const said = contextOf(traceparent);
    const current = working.getStore();
    return trace.getSpan(said) !== undefined || current === undefined ? said : trace.setSpan(ROOT_CONTEXT, current);
  }

  return {
    current() {
      const span = working.getStore();
      return span && traceparentOf(span);
    },
    async span({ name, kind = "internal", attributes = {}, parent, links = [] }, work) {
      const start = { kind: kinds[kind], attributes: { ...attributes }, links: linksTo(links) };
      const span = sdk.startSpan(name, start, parentOf(parent));
      try {
        return await working.run(span, () => work(spanOf(span)));
      } catch (error) {
        fail(span, error instanceof Error ? error.name : "unknown");
        throw error;
      } finally {
        span.end();
      }
    },
    outside: (work) => working.run(undefined, work),
  };
}
