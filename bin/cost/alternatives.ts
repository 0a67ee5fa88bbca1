/**
 * Other configurations that a cost is compared with: keys of the project's own program (`components/settings/settings.ts`). A program
 * without our components has none of these keys, and so no alternatives.
 */
import { instanceKey } from "../../plan/cost/catalog.ts";
import type { Cost } from "../../plan/cost/cost.ts";
import { type Alternative, type Share, sharesOf } from "../../plan/cost/dominant.ts";
import type { PriceTable } from "../../plan/cost/prices.ts";
import type { Plan } from "../../plan/types.ts";

interface Lever {
  readonly key: string;
  /** Whether it could change a share at all; a look that saves a run of the program. */
  readonly concerns: (share: Share) => boolean;
  /** The value to try, or undefined when there is nothing to try. */
  readonly value: (current: string | undefined, plan: Plan, table: PriceTable) => string | undefined;
}

const byInstances = ({ basis }: Share) => basis === "per instance-hour";
const priced =
  (...begins: readonly string[]) =>
  ({ key }: Share) =>
    begins.some((begin) => key.startsWith(begin));
const instead = (usual: string, other: string) => (current: string | undefined) =>
  (current ?? usual) === usual ? other : usual;

/** One size smaller of the same family, when the table has its price. */
function smaller(_: string | undefined, { resources }: Plan, { prices }: PriceTable): string | undefined {
  const sizes = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];
  const template = resources.find(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
  const [family, size = ""] = String(template?.inputs.instanceType).split(".");
  const next = sizes[sizes.indexOf(size) - 1];
  const found = next === undefined ? undefined : `${family}.${next}`;
  return found !== undefined && prices[instanceKey(found)] !== undefined ? found : undefined;
}

const toOne = (current: string | undefined) => (Number(current ?? 2) > 1 ? "1" : undefined);
const toHalf = (current: string | undefined) => {
  const half = Math.floor(Number(current ?? 10) / 2);
  return half >= 1 ? String(half) : undefined;
};

const levers: readonly Lever[] = [
  { key: "instanceType", concerns: priced("ec2.instance."), value: smaller },
  { key: "spot", concerns: priced("ec2.instance."), value: instead("false", "true") },
  { key: "webMin", concerns: byInstances, value: toOne },
  { key: "annotatorMin", concerns: byInstances, value: toOne },
  { key: "webMax", concerns: byInstances, value: toHalf },
  { key: "annotatorMax", concerns: byInstances, value: toHalf },
  { key: "instances", concerns: priced("ipv4.", "nat."), value: instead("public", "private") },
  { key: "store", concerns: priced("s3.glacier.", "glacier."), value: instead("s3", "vault") },
  { key: "dashboard", concerns: priced("cloudwatch.dashboard"), value: instead("true", "false") },
];

/** How many of the largest shares are looked at. */
const largest = 3;

/** What is worth trying: changes of keys that could concern the largest shares. */
export function alternativesTo(plan: Plan, cost: Cost, table: PriceTable): Alternative[] {
  if (!plan.resources.some(({ type }) => type.startsWith("annofarm:index:"))) return [];
  const shares = sharesOf(plan, cost).slice(0, largest);
  const atMinimum = cost.groups.every(({ min, mean }) => mean <= min);
  return levers
    .filter(({ key, concerns }) => shares.some(concerns) && !(atMinimum && key.endsWith("Max")))
    .flatMap(({ key, value }) => {
      const name = `${plan.project}:${key}`;
      const found = value(plan.config[name], plan, table);
      return found === undefined ? [] : [{ key: name, value: found }];
    });
}
