/** Where a service's traces go. */
import { getStack, type Input } from "@pulumi/pulumi";
import type { TracesEnvironment } from "../../runtime/contract/environment.ts";
import { type MaybeMistake, range, rule } from "./validate.ts";

/** Traces of requests, from the page or API to the mail and the archive. */
export interface TracesArgs {
  /** Base address of an OTLP/HTTP receiver, such as a collector: `http://collector.internal:4318`; `/v1/traces` is added. */
  readonly endpoint: Input<string>;
  /** Share of the requests that are traced, 1 to 100 %; what follows from one is traced with it. @default 100 */
  readonly percent?: number;
}

/** What an address may not have: whoever reads a machine's environment would read a password, and a query would be lost. */
function reasonAgainst(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return `${JSON.stringify(endpoint)} is no http or https address; give one such as http://collector.internal:4318`;
  }
  if (url.username !== "" || url.password !== "") {
    return "has a user or password in it, which a machine's environment does not keep secret; let a collector sign in";
  }
  if (url.search !== "" || url.hash !== "") return `${JSON.stringify(endpoint)} has a query or fragment; leave it out`;
  return undefined;
}

/** @param paths what the arguments are called by whoever gives them. */
export function tracesRules(
  traces: TracesArgs | undefined,
  paths: { readonly endpoint: string; readonly percent: string } = {
    endpoint: "traces.endpoint",
    percent: "traces.percent",
  },
): MaybeMistake[] {
  const { endpoint, percent } = traces ?? {};
  const reason = typeof endpoint === "string" ? reasonAgainst(endpoint) : undefined;
  return [
    rule(paths.endpoint, reason !== undefined, reason ?? ""),
    range(paths.percent, percent, { min: 1, max: 100, unit: "%" }),
  ];
}

/** Variables of every service of ours; none where nothing is traced. */
export function tracesEnvironment(
  traces: TracesArgs | undefined,
): Partial<Record<keyof TracesEnvironment, Input<string>>> {
  if (traces === undefined) return {};
  const { endpoint, percent } = traces;
  return {
    TRACES_ENDPOINT: endpoint,
    TRACES_STACK: getStack(),
    ...(percent === undefined ? {} : { TRACES_PERCENT: String(percent) }),
  };
}
