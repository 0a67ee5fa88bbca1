/** Faults on demand, so that tests can ask what the services do about them. */
import { setTimeout as delay } from "node:timers/promises";
import type { FaultRule } from "../types.ts";
import { type Call, type Interceptor, readAll, textOf } from "./call.ts";
import { emptySuccess, Refusal } from "./errors.ts";
import { firstText, xmlIn } from "./xml-document.ts";

/** The caller's connection is to be cut instead of answered. */
export class LostResponse extends Error {
  override name = "LostResponse";
}

function tierOf(call: Call): string | undefined {
  if (call.action === "InitiateJob") return textOf(call.input.Tier) || "Standard";
  if (call.action !== "RestoreObject") return undefined;
  const asked = xmlIn(call.body.toString("utf8"));
  return asked && (firstText(asked, "Tier") ?? "Standard");
}

function concerns(rule: FaultRule, call: Call): boolean {
  if (rule.service !== call.service) return false;
  if (rule.action !== undefined && rule.action !== call.action) return false;
  return rule.tier === undefined || rule.tier === tierOf(call);
}

export function createFaults() {
  const rules = new Set<{ readonly rule: FaultRule; left: number }>();

  function take(call: Call): FaultRule | undefined {
    for (const entry of rules) {
      if (!concerns(entry.rule, call)) continue;
      entry.left -= 1;
      if (entry.left <= 0) rules.delete(entry);
      return entry.rule;
    }
    return undefined;
  }

  const intercept: Interceptor = async (call, next) => {
    const effect = take(call)?.effect;
    switch (effect?.kind) {
      case undefined:
        return next(call);
      case "error":
        throw new Refusal(effect.status, effect.code, `Injected fault: ${effect.code}`);
      case "delay":
        await delay(effect.milliseconds, undefined, { signal: call.signal });
        return next(call);
      case "lose-response":
        await readAll((await next(call)).body);
        throw new LostResponse();
      case "twice":
        await readAll((await next({ ...call, body: await readAll(call.body) })).body);
        return next(call);
      case "swallow":
        return emptySuccess(call);
    }
  };

  return {
    intercept,
    inject(rule: FaultRule): () => void {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.add(entry);
      return () => void rules.delete(entry);
    },
  };
}
