/** What a check needs of its target. An item whose needs are not met is not run, and says why. */
export const needs = [
  "plan",
  "service",
  "sign-in",
  "api",
  "aws",
  "mail",
  "payments",
  "interfere",
  "disaster",
  "load",
] as const;
export type Need = (typeof needs)[number];
