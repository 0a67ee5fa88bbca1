/** How a type tells what it costs. */
import type { Rule } from "../cost/types.ts";
import type { KnownProperties } from "../unread.ts";

export type Cost =
  /** A rule counts it. `reads`: the properties that the rule reads, or that cost nothing whatever they say; others are reported. */
  | { readonly rule: Rule; readonly reads: KnownProperties }
  /** It costs nothing, and why. `reads`: where a property can give a price to what it belongs to. */
  | { readonly free: string; readonly reads?: KnownProperties }
  | typeof noRule;

/** It has a price that nothing here counts; the report names the type. */
export const noRule = Symbol("no rule");

export const priced = (rule: Rule, reads: KnownProperties): Cost => ({ rule, reads });
export const free = (why: string, reads?: KnownProperties): Cost => ({
  free: why,
  ...(reads === undefined ? {} : { reads }),
});

/** Why something costs nothing, where that goes for several types. */
export const byDesign = {
  iam: "IAM has no price",
  scaling: "Auto Scaling has no price of its own",
  balancing: "part of its balancer",
  network: "part of its VPC, without a price",
  bucketSetting: "a setting of its bucket",
  queueSetting: "a setting of its queue",
  topicSetting: "a setting of its topic",
  local: "made by the program, not by AWS",
  counted: "counted where it is used",
} as const;

/** Costs nothing anywhere. */
const everywhere = ["name", "namePrefix", "tags", "tagsAll", "description"];

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Properties that a rule knows, by their paths, in one text. */
export const known = (text: string, only: KnownProperties["only"] = {}): KnownProperties => ({
  known: [...everywhere, ...words(text)],
  only,
});

/** Each of the words, below a path. */
export const under = (prefix: string, text: string): string =>
  words(text)
    .map((word) => `${prefix}.${word}`)
    .join(" ");

export const off = [false];
