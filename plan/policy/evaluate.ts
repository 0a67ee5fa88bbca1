import type { Control, Fault } from "./control.ts";
import { controls as allControls } from "./controls.ts";
import type { Declaration, DeclaredResource } from "./declaration.ts";
import { exceptions as allExceptions, type Exception } from "./exceptions.ts";

export type Status = "violated" | "excepted" | "passed" | "not applicable";

export interface Violation extends Omit<Fault, "resource"> {
  /** Of the resource whose property is at fault; of the stack, when a setting of the whole account is missing. */
  readonly urn: string;
  /** Logical name and type, for people. */
  readonly name: string;
  readonly type: string;
  readonly fix: string;
}

export interface Excepted {
  readonly violation: Violation;
  readonly exception: Exception;
}

/** What one control found. */
export interface Result {
  readonly control: Control;
  /** The worst that was found. */
  readonly status: Status;
  /** Things the control applied to. */
  readonly examined: number;
  readonly violations: readonly Violation[];
  readonly excepted: readonly Excepted[];
}

export interface EvaluateOptions {
  /** @default all there are */
  readonly controls?: readonly Control[];
  /** Departures that are argued for. @default all there are */
  readonly exceptions?: readonly Exception[];
}

function violationOf(
  control: Control,
  declared: Declaration,
  examined: DeclaredResource | undefined,
  { resource = examined, ...fault }: Fault,
): Violation {
  const { urn, name, type } = resource ?? { urn: declared.stackUrn, name: "the account", type: "account" };
  return { urn, name, type, ...fault, fix: control.fix };
}

function statusOf(examined: number, violations: number, excepted: number): Status {
  if (violations > 0) return "violated";
  if (excepted > 0) return "excepted";
  return examined > 0 ? "passed" : "not applicable";
}

/** Holds one control against a declaration. */
export function evaluateControl(
  control: Control,
  declared: Declaration,
  exceptions: readonly Exception[] = allExceptions,
): Result {
  const examined = control.examine(declared);
  const violations: Violation[] = [];
  const excepted: Excepted[] = [];
  // Two groups of one template have its fault once.
  const told = new Set<string>();
  for (const { resource, faults } of examined) {
    if (faults.length === 0) continue;
    const exception = exceptions.find((one) => one.control === control.id && one.holds(resource, declared));
    for (const fault of faults) {
      const violation = violationOf(control, declared, resource, fault);
      const place = `${violation.urn} ${violation.path}`;
      if (told.has(place)) continue;
      told.add(place);
      if (exception === undefined) violations.push(violation);
      else excepted.push({ violation, exception });
    }
  }
  const status = statusOf(examined.length, violations.length, excepted.length);
  return { control, status, examined: examined.length, violations, excepted };
}

/** Holds every control against a declaration. */
export function evaluate(declared: Declaration, options: EvaluateOptions = {}): Result[] {
  const { controls = allControls, exceptions = allExceptions } = options;
  return controls.map((control) => evaluateControl(control, declared, exceptions));
}
