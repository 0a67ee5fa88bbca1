/** Which resources a text of the plan means: an ARN, an ARN with wildcards or a path, a URL, a physical name. */
import type { Plan, PlannedResource } from "../../types.ts";
import { globOf, text } from "./read.ts";

export class References {
  readonly #arns = new Map<string, PlannedResource>();
  readonly #urls = new Map<string, PlannedResource>();
  readonly #names = new Map<string, PlannedResource[]>();

  constructor(readonly plan: Plan) {
    // A component may export its child's ARN as its own output; the child is what is meant.
    for (const resource of plan.resources.filter(({ custom }) => custom)) {
      const { id, outputs } = resource;
      const arn = text(outputs.arn);
      if (arn !== undefined && !this.#arns.has(arn)) this.#arns.set(arn, resource);
      const url = text(outputs.url);
      if (url !== undefined) this.#urls.set(url, resource);
      for (const name of new Set([id, text(outputs.name), text(outputs.bucket)])) {
        if (name) this.#names.set(name, [...(this.#names.get(name) ?? []), resource]);
      }
    }
  }

  /** All that an ARN of a policy covers: the resource itself, a path below it, or whatever its wildcards match. `*` says nothing. */
  covered(arn: string): PlannedResource[] {
    if (/^[*]+$/.test(arn)) return [];
    const exact = this.#arns.get(arn);
    if (exact !== undefined) return [exact];
    const pattern = globOf(arn);
    return [...this.#arns]
      .filter(([own]) => arn.startsWith(`${own}/`) || arn.startsWith(`${own}:`) || pattern.test(own))
      .map(([, resource]) => resource);
  }

  /** The one resource of a type (`aws:iam/role:Role`) that an ARN, a URL, an id or a name stands for. */
  find(type: string, value: unknown): PlannedResource | undefined {
    if (typeof value !== "string") return undefined;
    const found = [this.#arns.get(value), this.#urls.get(value), ...(this.#names.get(value) ?? [])];
    return found.find((resource) => resource?.type === type);
  }

  /** Whatever an ARN or a URL stands for. */
  at(value: unknown): PlannedResource | undefined {
    return typeof value === "string" ? (this.#arns.get(value) ?? this.#urls.get(value)) : undefined;
  }

  ofType(type: string): PlannedResource[] {
    return this.plan.resources.filter((resource) => resource.type === type);
  }
}
