/** Problems of a declaration, gathered and told together, each with the path of the property it is about. */

export interface ScalingFinding {
  /** `gas-web-scale-out.stepAdjustments[1].metricIntervalLowerBound`: the resource's logical name and the input. */
  readonly path: string;
  readonly urn: string;
  /** The value, the bound and the fix. */
  readonly problem: string;
}

/** A declaration that Auto Scaling or CloudWatch would refuse, or that could never do what it says. */
export class ScalingPlanError extends Error {
  readonly findings: readonly ScalingFinding[];

  constructor(findings: readonly ScalingFinding[]) {
    const lines = findings.map(({ path, problem }) => `${path}: ${problem}`);
    const what = "this declaration cannot scale";
    super(lines.length === 1 ? `${what}: ${lines[0]}` : `${what}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
    this.name = "ScalingPlanError";
    this.findings = findings;
  }
}

/** Reads the inputs of one resource; what is wrong with them goes to `findings`. */
export interface InputReader {
  readonly urn: string;
  readonly name: string;
  report(property: string, problem: string): void;
  text(property: string): string | undefined;
  /** Numbers may stand as text, as Pulumi's schema has some of them. */
  number(property: string, bounds: { min: number; max: number; whole?: boolean }): number | undefined;
  choice<const Choice extends string>(property: string, choices: readonly Choice[]): Choice | undefined;
  flag(property: string): boolean | undefined;
  list(property: string): readonly unknown[];
}

/** @param prefix path of the object within the resource; begins with nothing, or ends with a dot. */
export function inputReader(
  resource: { readonly urn: string; readonly name: string },
  inputs: Readonly<Record<string, unknown>>,
  findings: ScalingFinding[],
  prefix = "",
): InputReader {
  const { urn, name } = resource;
  const report = (property: string, problem: string) =>
    findings.push({ urn, path: `${name}.${prefix}${property}`, problem });
  const given = (property: string): unknown => inputs[property] ?? undefined;
  return {
    urn,
    name,
    report,
    text(property) {
      const value = given(property);
      if (value === undefined || typeof value === "string") return value;
      report(property, `${JSON.stringify(value)} is not a text`);
      return undefined;
    },
    number(property, { min, max, whole = true }) {
      const value = given(property);
      if (value === undefined) return undefined;
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number === "number" && number >= min && number <= max && (!whole || Number.isInteger(number))) {
        return number;
      }
      const kind = whole ? "a whole number" : "a number";
      const bounds = Number.isFinite(min) || Number.isFinite(max) ? ` from ${min} to ${max}` : "";
      report(property, `${JSON.stringify(value)} is not ${kind}${bounds}`);
      return undefined;
    },
    choice(property, choices) {
      const value = given(property);
      const found = choices.find((choice) => choice === value);
      if (value !== undefined && found === undefined) {
        report(property, `${JSON.stringify(value)} is unknown; give one of ${choices.join(", ")}`);
      }
      return found;
    },
    flag(property) {
      const value = given(property);
      if (value === undefined || typeof value === "boolean") return value;
      report(property, `${JSON.stringify(value)} is neither true nor false`);
      return undefined;
    },
    list(property) {
      const value = given(property);
      if (value === undefined || Array.isArray(value)) return value ?? [];
      report(property, `${JSON.stringify(value)} is not a list`);
      return [];
    },
  };
}

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
