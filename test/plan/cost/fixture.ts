/** Small plans, and a price table of round numbers. */
import { catalog, instanceKey, type PriceKey } from "../../../plan/cost/catalog.ts";
import { costOf } from "../../../plan/cost/cost.ts";
import { type UsageKey, usageOf } from "../../../plan/cost/usage.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { bootManifestBegin, bootManifestEnd } from "../../../runtime/contract/boot-place.ts";
import { planned } from "../../support/planned.ts";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource whose name is its physical name. */
export function resource(type: string, name: string, inputs: Inputs = {}, more: Partial<PlannedResource> = {}) {
  const outputs = { name, arn: `arn:${name}`, url: `https://${name}` };
  return planned({ urn: `urn:pulumi:test::small::${type}::${name}`, type, name, inputs, outputs, ...more });
}

export const planOf = (...resources: readonly PlannedResource[]): Plan => ({
  project: "small",
  stack: "test",
  config: {},
  resources,
  outputs: {},
});

/** Every listed price is 1 USD, but for those given. */
export function tableOf(prices: Readonly<Partial<Record<PriceKey, number>>> = {}) {
  const ones = Object.fromEntries(Object.keys(catalog).map((key) => [key, 1]));
  return { region: "xx-test-1", prices: { ...ones, [instanceKey("t4g.small")]: 0.02, ...prices } };
}

/** User data of an instance that runs services with this environment. */
export function userData(services: Readonly<Record<string, Inputs>>, logGroup = "logs"): string {
  const manifest = {
    version: 1,
    region: "xx-test-1",
    logGroup,
    services: Object.entries(services).map(([name, environment], index) => ({
      name,
      bundle: { bucket: "code", key: "k.tgz", sha256: "0".repeat(64) },
      entry: "main.js",
      environment,
      port: 8080 + index,
      healthPath: "/healthz",
      stopSeconds: 45,
    })),
  };
  const text = ["#!/bin/bash", `cat >x ${bootManifestBegin}`, JSON.stringify(manifest), bootManifestEnd, ""].join("\n");
  return Buffer.from(text).toString("base64");
}

/** A group with its template, `min` to `max` instances. */
export function farm(
  name: string,
  size: { readonly min: number; readonly max: number },
  more: { readonly template?: Inputs; readonly group?: Inputs } = {},
) {
  const template = resource("aws:ec2/launchTemplate:LaunchTemplate", `${name}-template`, {
    instanceType: "t4g.small",
    ...more.template,
  });
  const group = resource("aws:autoscaling/group:Group", name, {
    minSize: size.min,
    maxSize: size.max,
    launchTemplate: { id: template.id },
    ...more.group,
  });
  return [template, group];
}

export type Given = Readonly<Partial<Record<UsageKey, number>>>;

/** Nothing is used, unless said. */
export const idle = { jobs: 0, requests: 0, restores: 0 };

export const cost = (
  resources: readonly PlannedResource[],
  given: Given = idle,
  at: "min" | "max" | "expected" = "expected",
  table = tableOf(),
) => costOf(planOf(...resources), table, usageOf(given), at);

/** What → [quantity, USD a month], both rounded to nine digits. */
export function lines(found: ReturnType<typeof cost>): Record<string, readonly [number, number]> {
  const round = (value: number) => Number(value.toPrecision(9));
  return Object.fromEntries(found.lines.map((line) => [line.what, [round(line.quantity), round(line.monthlyUsd)]]));
}
