/** Reads one key of a stack's configuration after the other, and collects what is wrong instead of ending at the first. */
import type { Config } from "@pulumi/pulumi";
import { form, type MaybeMistake, type Mistake, range } from "../base/validate.ts";

/** Parted by commas, or a YAML list, which Pulumi hands over as JSON. */
function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.replace(/^\[|\]$/g, "")
    .split(",")
    .map((each) => each.trim().replace(/^"|"$/g, ""))
    .filter((each) => each !== "");
}

/** Each method notes what it finds wrong and goes on with what stands for it. */
export function settingsReader(config: Pick<Config, "get" | "name">) {
  const mistakes: Mistake[] = [];
  const asked = new Set<string>();
  const path = (key: string) => `${config.name}:${key}`;
  const note = (found: MaybeMistake) => {
    if (found) mistakes.push(found);
  };

  const optional = (key: string): string | undefined => {
    asked.add(key);
    return config.get(key) || undefined;
  };
  const required = (key: string, what: string): string => {
    const value = optional(key);
    if (value === undefined) mistakes.push({ path: path(key), reason: `is not set; give ${what}` });
    return value ?? "";
  };
  const oneOf = <Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined => {
    const value = optional(key);
    const choice = choices.find((each) => each === value);
    if (value !== undefined && choice === undefined) {
      mistakes.push({
        path: path(key),
        reason: `${JSON.stringify(value)} is unknown; give one of ${choices.join(", ")}`,
      });
    }
    return choice;
  };
  const flag = (key: string, otherwise: boolean): boolean => {
    const choice = oneOf(key, ["true", "false"]);
    return choice === undefined ? otherwise : choice === "true";
  };
  const whole = (key: string, otherwise: number, bounds: { min: number; max: number; unit: string }): number => {
    const value = optional(key);
    if (value === undefined) return otherwise;
    // What is no number at all is shown as it was given.
    if (!/^\d{1,9}$/.test(value)) {
      const rule = `a whole number of ${bounds.unit} from ${bounds.min} to ${bounds.max}`;
      note(form(path(key), value, /^$/, rule));
      return otherwise;
    }
    note(range(path(key), Number(value), bounds));
    return Number(value);
  };
  const list = (key: string) => listOf(optional(key));
  const parsed = <Value>(key: string, parse: (text: string) => Value): Value | undefined => {
    const value = optional(key);
    if (value === undefined) return undefined;
    try {
      return parse(value);
    } catch (error) {
      mistakes.push({ path: path(key), reason: (error as Error).message });
      return undefined;
    }
  };
  return { mistakes, asked, path, note, optional, required, oneOf, flag, whole, list, parsed };
}
