/** The controls as CrossGuard policies, for a pack of one's own: `new PolicyPack("mine", { policies: [...policies()] })`. */
import type { EnforcementLevel, Severity, StackValidationPolicy } from "@pulumi/policy";
import { type Control, sourceUrl } from "../control.ts";
import { controls } from "../controls.ts";
import { evaluateControl, type Violation } from "../evaluate.ts";
import { exceptions } from "../exceptions.ts";
import { declarationOfStack } from "./adapter.ts";

/** A policy's configuration: `{ "elb-6": { "exceptions": false, "enforcementLevel": "mandatory" } }`. */
interface PolicyConfiguration {
  readonly exceptions?: boolean;
}

/** What AWS calls critical or high stops a deployment; the rest is told. A pack's configuration changes each. */
const enforcementOf = ({ severity }: Control): EnforcementLevel =>
  severity === "Critical" || severity === "High" ? "mandatory" : "advisory";

const messageOf = ({ path, found, wanted, fix }: Violation) =>
  `${path}: found ${found === undefined ? "nothing" : JSON.stringify(found)}, wanted ${wanted}. Fix: ${fix}`;

function policyOf(control: Control): StackValidationPolicy {
  const excepting = exceptions.filter((exception) => exception.control === control.id);
  return {
    name: control.id.toLowerCase().replace(".", "-"),
    displayName: `${control.id} ${control.title}`,
    description: `${control.title}: ${control.checks}.`,
    enforcementLevel: enforcementOf(control),
    severity: control.severity.toLowerCase() as Severity,
    framework: {
      name: "AWS Foundational Security Best Practices",
      version: "1.0.0",
      reference: control.id,
      specification: sourceUrl(control),
    },
    remediationSteps: control.fix,
    url: sourceUrl(control),
    configSchema: {
      properties: {
        exceptions: {
          type: "boolean",
          default: true,
          description: "False: what annofarm excepts with an argument counts as violated.",
        },
      },
    },
    validateStack({ resources, getConfig, notApplicable }, reportViolation) {
      const excepted = getConfig<PolicyConfiguration>().exceptions === false ? [] : excepting;
      const result = evaluateControl(control, declarationOfStack(resources), excepted);
      if (result.status === "not applicable") notApplicable(control.otherwise);
      for (const violation of result.violations) reportViolation(messageOf(violation), violation.urn);
    },
  };
}

/** One policy for each control. */
export const policies = (): StackValidationPolicy[] => controls.map(policyOf);
