/** `annofarm local --engine`: the program deployed by Pulumi's own engine, with a stack that is still there at the next start. */
import { toStandardError } from "../../plan/program/process.ts";
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Plan, ResourceRequest } from "../../plan/types.ts";
import { unaskedKeys } from "../../plan/unasked-keys.ts";
import { type EngineOptions, openEngine } from "./engine.ts";
import { planOf } from "./plan.ts";

export interface EngineDeployOptions extends EngineOptions {
  /** Keys of `config` that somebody has typed, and is told of when nothing reads them. Default: none. */
  readonly typed?: readonly string[];
  /** Told of each resource as it is made or changed. What it throws ends the deployment. */
  readonly onResource?: (resource: Pick<ResourceRequest, "urn" | "type" | "name">) => void;
}

const changes = new Set(["create", "create-replacement", "update"]);

/**
 * Looks first at what stands: an emulator of the runner's own is empty at each start, and then everything is made again; an
 * emulator that somebody else keeps running has everything, and only what has changed is changed.
 *
 * @throws {EngineError} with the engine's own words.
 */
export async function deployByEngine(options: EngineDeployOptions): Promise<Plan> {
  const { directory, stack, typed = [], onResource } = options;
  const { onOutput = toStandardError } = options;
  const engine = await openEngine(options);
  const { deployment, asked } = await engine.run("up", {
    refresh: true,
    onStep({ op, urn, type }, done) {
      if (done && changes.has(op)) onResource?.({ urn, type, name: urn.split("::").slice(3).join("::") });
    },
  });
  const config = await readStackConfig(directory, stack, options.config);
  unaskedKeys(typed, { project: config.project, asked, resources: deployment.resources ?? [] }).forEach(onOutput);
  return planOf(deployment, stack, config);
}
