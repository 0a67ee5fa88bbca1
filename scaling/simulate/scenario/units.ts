/** Lengths of time and rates as people write them. */
import * as z from "zod";

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
const durationPart = /(\d+(?:\.\d+)?)\s*(ms|d(?:ays?)?|h(?:ours?)?|m(?:in(?:utes?)?)?|s(?:ec(?:onds?)?)?)\s*/y;

/** `90 s`, `5 minutes`, `1.5 h`, `1m30s`, as seconds; `undefined`: it is none. */
export function durationOf(text: string): number | undefined {
  let seconds = 0;
  durationPart.lastIndex = 0;
  const trimmed = text.trim();
  while (durationPart.lastIndex < trimmed.length) {
    const found = durationPart.exec(trimmed);
    if (found === null) return undefined;
    const unit = found[2] === "ms" ? "ms" : (found[2]?.[0] ?? "");
    seconds += Number(found[1]) * (unitSeconds[unit] as number);
  }
  return trimmed === "" ? undefined : seconds;
}

/** Seconds; a number is seconds already. */
export const duration = z.union([z.number().nonnegative(), z.string()]).transform((given, context) => {
  const seconds = typeof given === "number" ? given : durationOf(given);
  if (seconds !== undefined) return seconds;
  const message = `${JSON.stringify(given)} is not a duration; write it like "90 s", "5 minutes" or "1m30s"`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** A second; a number is a second already. */
export const rate = z.union([z.number().nonnegative(), z.string()]).transform((given, context) => {
  if (typeof given === "number") return given;
  const found = /^\s*(\d+(?:\.\d+)?)\s*(?:rps|\/\s*(s|sec|second|m|min|minute|h|hour))\s*$/.exec(given);
  if (found !== null) return Number(found[1]) / (unitSeconds[found[2]?.[0] ?? "s"] as number);
  const message = `${JSON.stringify(given)} is not a rate; write it like "20/s", "20rps", "300/min" or "1000/h"`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});
