/** A backtest for programs. */
import type { Backtest } from "../backtest.ts";

/** `null` where nothing is known; times are ISO 8601, minutes count from `begin`. */
export function backtestJson({ record, outcomes, ...backtest }: Backtest): object {
  const { begin, levels, inService, total, activities, launchSeconds, farm } = record;
  const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
  return {
    ...backtest,
    farm,
    begin: iso(begin),
    recorded: {
      load: levels,
      inService: inService.map((value) => value ?? null),
      total: total.map((value) => value ?? null),
      launchSeconds: launchSeconds ?? null,
      activities: activities.map((each) => ({ ...each, start: iso(each.start), end: iso(each.end) })),
    },
    variants: outcomes.map(({ variant, config, crosses, figures, prediction }) => ({
      name: variant,
      config,
      crosses,
      ...figures,
      inService: prediction.inService,
    })),
  };
}
