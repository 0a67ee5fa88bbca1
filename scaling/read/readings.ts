/** What alarms and target tracking policies look at: one metric, or math over several. */
import { isStatistic, statisticChoices } from "../../runtime/contract/statistic.ts";
import { type Expression, namesIn, parseExpression, substitute } from "../metric-math.ts";
import type { MetricSource, Reading } from "../scaling-plan.ts";
import type { InputReader } from "./findings.ts";
import { metricProblem } from "./known-metrics.ts";

/** A query as both alarms (`metricQueries`) and policies (`metrics`) may have it, in one shape. */
export interface Query {
  readonly id: string;
  readonly path: string;
  readonly expression?: string;
  readonly source?: MetricSource;
  readonly returnsData: boolean;
}

/** Reports an unknown statistic or metric. */
export function sourceOf(
  input: InputReader,
  path: { readonly metric: string; readonly statistic: string },
  given: { namespace: string; name: string; dimensions: Readonly<Record<string, string>>; statistic: string },
): MetricSource | undefined {
  const problem = metricProblem(given.namespace, given.name);
  if (problem !== undefined) input.report(path.metric, problem);
  const { statistic } = given;
  if (!isStatistic(statistic)) {
    const told = `statistic ${JSON.stringify(statistic)} is not evaluated; give one of ${statisticChoices}`;
    input.report(path.statistic, told);
    return undefined;
  }
  return problem === undefined ? { ...given, statistic } : undefined;
}

export const single = (source: MetricSource): Reading => ({
  sources: { m: source },
  expression: { kind: "name", name: "m" },
});

/** One reading of several queries: those that refer to others are put in their place. */
export function readingOf(input: InputReader, property: string, queries: readonly Query[]): Reading | undefined {
  const returning = queries.filter(({ returnsData }) => returnsData);
  if (returning.length !== 1) {
    input.report(property, `${returning.length} of ${queries.length} queries return data; exactly one must`);
    return undefined;
  }
  const byId = new Map(queries.map((query) => [query.id, query]));
  const sources: Record<string, MetricSource> = {};

  function expressionOf(query: Query, seen: readonly string[]): Expression {
    if (query.expression === undefined) {
      if (query.source !== undefined) sources[query.id] = query.source;
      return { kind: "name", name: query.id };
    }
    if (seen.includes(query.id))
      throw new SyntaxError(`metric math: ${[...seen, query.id].join(" → ")} goes in a circle`);
    const parsed = parseExpression(query.expression);
    const unknown = namesIn(parsed).find((name) => !byId.has(name));
    if (unknown !== undefined) {
      const names = [...byId.keys()].filter((id) => id !== query.id).join(", ");
      throw new SyntaxError(
        `metric math ${JSON.stringify(query.expression)}: no query is called ${unknown}; there are ${names}`,
      );
    }
    return substitute(parsed, (name) => expressionOf(byId.get(name) as Query, [...seen, query.id]));
  }

  const query = returning[0] as Query;
  try {
    const expression = expressionOf(query, []);
    return { sources, expression };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    input.report(query.path, error.message);
    return undefined;
  }
}
