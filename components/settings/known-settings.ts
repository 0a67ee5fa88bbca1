/** Settings that nothing reads are typing mistakes: they are refused, with the one that was most likely meant. */
import * as aws from "@pulumi/aws/config/vars.js";
import * as tls from "@pulumi/tls/config/vars.js";
import { nearestSetting } from "../../runtime/contract/nearest.ts";
import type { Mistake } from "../base/validate.ts";

/** What a stack's file may say besides the program's own settings. Pulumi keeps adding to `pulumi:`, which no program reads. */
const providers: Readonly<Record<string, readonly string[]>> = {
  aws: keysOf(aws),
  tls: keysOf(tls),
};
const engine = "pulumi";

function keysOf(module: object): string[] {
  const { default: exported = module } = module as { default?: object };
  return Object.keys(exported);
}

const asKeys = (namespace: string, keys: Iterable<string>) => [...keys].map((key) => `${namespace}:${key}`);

/**
 * @param given full keys of the configuration: `annofarm:webMax`.
 * @param own the program's namespace.
 * @param known keys that the program reads, without their namespace.
 */
export function unknownSettings(given: Iterable<string>, own: string, known: ReadonlySet<string>): Mistake[] {
  const all = [asKeys(own, known), ...Object.entries(providers).map(([name, keys]) => asKeys(name, keys))].flat();
  const allowed = new Set(all);
  return [...given].flatMap((path): Mistake[] => {
    if (path.startsWith(`${engine}:`) || allowed.has(path)) return [];
    const meant = nearestSetting(path, all);
    const instead = meant === undefined ? ";" : `; is ${meant} meant?`;
    return [{ path, reason: `is no setting${instead} Remove it, or give it its name` }];
  });
}
