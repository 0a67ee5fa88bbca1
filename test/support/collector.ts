/** A receiver of OTLP over HTTP for tests: takes what an exporter posts as JSON, and keeps every span. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import * as z from "zod";

/** An attribute's value; the exporter writes one of these. */
const value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
});
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((all) =>
    Object.fromEntries(
      all.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => [
        key,
        stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue)),
      ]),
    ),
  );
const traceId = z.string().regex(/^[0-9a-f]{32}$/);
const spanId = z.string().regex(/^[0-9a-f]{16}$/);
const nanoseconds = z.string().regex(/^\d+$/).transform(BigInt);

const span = z.object({
  traceId,
  spanId,
  parentSpanId: z
    .union([spanId, z.literal("")])
    .optional()
    .transform((id) => id || undefined),
  name: z.string().min(1),
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: z.number().int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  links: z.array(z.object({ traceId, spanId })).default([]),
  events: z.array(z.unknown()).default([]),
  status: z.object({ code: z.number().int().optional(), message: z.string().optional() }).default({}),
});

/** `ExportTraceServiceRequest` of opentelemetry-proto, in its JSON form. */
const request = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
});

export type CollectedSpan = z.output<typeof span> & { readonly service: string; readonly stack: string };

export interface Collector {
  /** For the setting `traces`. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Bodies as they came: what is nowhere in them has not left the service. */
  readonly bodies: readonly string[];
  /** Requests that were no OTLP. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** @param answer for each batch; omitted: it is taken. `"never"`: no answer comes. */
export async function startCollector(answer: () => number | "never" = () => 200): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const refused: string[] = [];
  const server: Server = createServer(async (incoming, response) => {
    const body: unknown = await json(incoming).catch(() => undefined);
    const status = answer();
    if (status === "never") return;
    const parsed = request.safeParse(body);
    const isExport = incoming.method === "POST" && incoming.url === "/v1/traces";
    if (!isExport || !parsed.success) {
      refused.push(`${incoming.method} ${incoming.url}: ${parsed.error?.message ?? "no export"}`);
      response.writeHead(400).end();
      return;
    }
    if (status === 200) {
      bodies.push(JSON.stringify(body));
      for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
        const service = String(resource.attributes["service.name"]);
        const stack = String(resource.attributes["deployment.environment.name"]);
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((each) => ({ ...each, service, stack }))));
      }
    }
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    refused,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
