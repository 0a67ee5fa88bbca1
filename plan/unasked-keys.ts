/**
 * Settings that somebody has typed and that nothing reads. Only the program knows its settings, so what it asked for in the run is
 * what counts; a mistyped key is known by its never having been asked for.
 */
import { nearestSetting } from "../runtime/contract/nearest.ts";
import { withNamespace } from "./stack-config.ts";

interface Run {
  readonly project: string;
  /** `project:key` of all that the program asked for. */
  readonly asked: readonly string[];
  readonly resources: Iterable<{ readonly type: string; readonly custom: boolean }>;
}

/** Whose configuration is read outside of the program: the engine's own, and that of each provider. Components have none. */
function namespacesOf(resources: Run["resources"]): Set<string> {
  const provided = [...resources].filter(({ custom }) => custom);
  const providers = provided.map(({ type }) => type.replace(/^pulumi:providers:/, "").split(":")[0] ?? "");
  return new Set(["pulumi", ...providers]);
}

/** A line for each key that neither the program nor one of its providers reads. */
export function unaskedKeys(typed: readonly string[], { project, asked, resources }: Run): string[] {
  const read = new Set(asked);
  const others = namespacesOf(resources);
  return typed
    .map((key) => withNamespace(project, key))
    .filter((key) => !read.has(key) && !others.has(key.split(":")[0] ?? ""))
    .map((key) => {
      const meant = nearestSetting(key, asked);
      const instead = meant === undefined ? "the program reads no setting" : `is ${meant} meant?`;
      return `! -c ${key} has no effect: nothing reads it; ${instead}`;
    });
}
