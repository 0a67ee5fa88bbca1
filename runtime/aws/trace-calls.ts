/** Spans of AWS calls, as part of what calls: polls and renewals, which belong to no work, have none. */
import type { SSMClient } from "@aws-sdk/client-ssm";
import { type Tracer, untraced } from "../jobs/tracing.ts";

/** The part of an SDK client that calls pass through: in all of them the same, but for the types of what passes. */
interface Client {
  readonly middlewareStack: { clone(): unknown };
  readonly config: { readonly serviceId: string };
}
type Stack = SSMClient["middlewareStack"];

/** What an answer and an error of the SDK have alike. */
interface Answered {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
}

function told({ $metadata = {} }: Answered) {
  const { httpStatusCode, attempts = 1 } = $metadata;
  return {
    ...(httpStatusCode === undefined ? {} : { "http.response.status_code": httpStatusCode }),
    ...(attempts > 1 ? { "http.request.resend_count": attempts - 1 } : {}),
  };
}

/** Each call is a span by OpenTelemetry's conventions for AWS's SDK, repetitions included. Parameters are not recorded. */
export function traceCalls<C extends Client>(client: C, tracer: Tracer): C {
  if (tracer === untraced) return client;
  const { serviceId } = client.config;
  (client.middlewareStack as Stack).add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (tracer.current() === undefined) return next(args);
        const method = `${serviceId}/${commandName.replace(/Command$/, "")}`;
        const attributes = { "rpc.system.name": "aws-api", "rpc.method": method };
        return tracer.span({ name: method, kind: "client", attributes }, async (span) => {
          try {
            const result = await next(args);
            span.set(told(result.output));
            return result;
          } catch (error) {
            span.set(told(error as Answered));
            throw error;
          }
        });
      },
    // Below what makes an outage of the SDK's errors, so that a span has their names; around the repetitions.
    { step: "initialize", priority: "low", name: "traceCalls" },
  );
  return client;
}
