/** Everything that staff want to know before the first stack starts: found from the program, without AWS unless it is asked. */

import { datesOf, type PriceTable, readTable } from "../../plan/cost/prices.ts";
import type { Usage } from "../../plan/cost/usage.ts";
import { type ReadPlan, withPlans } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import { type Isolation, isolations } from "../course-file/course.ts";
import { readLedger } from "../stacks/ledger.ts";
import { stands } from "../stands.ts";
import type { CourseStack } from "../types.ts";
import { askQuotas, type ClassAccount } from "./ask.ts";
import { type ClassCosts, classCosts } from "./cost.ts";
import { type Counted, type Counts, countsOf, together } from "./counts.ts";
import { type IsolationProof, proveIsolation } from "./isolation.ts";
import { type Allotment, type Allotments, allocate, balancersOf, readPlaces, stacksPerBalancer } from "./places.ts";
import { compared, placesFor, planShared, planStack } from "./programs.ts";
import { judgeQuotas, type QuotaFinding } from "./quotas.ts";
import {
  checkSharing,
  readTemplate,
  type SharingCourse,
  sharesAnything,
  subdomainOf,
  type Template,
  withIsolation,
} from "./sharing.ts";

/** One stack of the plan. */
interface PlannedStack extends CourseStack {
  /** Where users find it; absent: at its balancer's own name. */
  readonly host?: string;
  /** Behind a shared balancer. */
  readonly place?: Allotment;
}

export interface CoursePlan {
  readonly course: string;
  readonly region: string;
  readonly isolation: Isolation;
  readonly stacks: readonly PlannedStack[];
  /** Shared balancers. */
  readonly balancers: number;
  /** Stacks that one shared balancer holds. */
  readonly perBalancer: number;
  readonly proof: IsolationProof;
  /** By isolation; those that the course cannot choose are left out. */
  readonly costs: Readonly<Partial<Record<Isolation, ClassCosts>>>;
  readonly weeks: number;
  readonly usage: Usage;
  readonly pricesOf: string;
  readonly quotas: readonly QuotaFinding[];
  /** Whether the account was asked for quotas. */
  readonly asked: boolean;
  /** Stacks that stand already, and so are part of what the account has in use. */
  readonly standing: number;
}

export interface CoursePlanOptions {
  readonly course: SharingCourse;
  readonly stacks: readonly CourseStack[];
  /** Folder of the course's state; its ledger and places are read, nothing is written. */
  readonly stateDirectory: string;
  readonly usage: Usage;
  /** Weeks of the term. */
  readonly weeks: number;
  /** Absent: AWS's published defaults stand for quotas, and nothing is in use. */
  readonly account?: ClassAccount;
  /** Price table. @default that of the region */
  readonly table?: PriceTable;
  readonly onProgress?: (what: string) => void;
}

/** Plans of one class under one isolation. */
interface Variant {
  readonly shared: Plan | undefined;
  readonly stack: Plan;
  /** Another stack, of the isolation that the course has chosen. */
  readonly other?: Plan;
}

/** In the busiest hours a class works; a day has eight of them at most. */
const activeHoursOfDay = 8;

const standingOf = (stateDirectory: string): string[] =>
  [...readLedger(stateDirectory).values()].filter(stands).map(({ stack }) => stack);

/** Runs the programs under each isolation; those that the course cannot choose have no answer. */
async function variantsOf(
  { course, stacks, onProgress = () => {} }: CoursePlanOptions,
  template: Template,
  places: Allotments,
  read: ReadPlan,
): Promise<Map<Isolation, Variant>> {
  const [one, other] = compared(course.course, stacks);
  const all = placesFor([one, other], places);
  const possible = isolations.filter((each) => each !== "balancers" || course.domain !== undefined);
  const shared = new Map<Isolation, Plan | undefined>();
  for (const isolation of possible) {
    const variant = withIsolation(course, isolation);
    if (sharesAnything(variant, template)) onProgress(`what the class shares (${isolation})`);
    shared.set(isolation, await planShared(variant, template, places, read));
  }
  const variants = new Map<Isolation, Variant>();
  for (const isolation of possible) {
    const common = shared.get(isolation);
    const told = { template, places: all, shared: common };
    const planOf = (stack: string) => {
      onProgress(`${stack} (${isolation})`);
      return planStack(withIsolation(course, isolation), stack, told, read);
    };
    const stack = await planOf(one);
    const beside = isolation === course.isolation ? { other: await planOf(other) } : {};
    variants.set(isolation, { shared: common, stack, ...beside });
  }
  return variants;
}

const listenerCertificate = "aws:lb/listenerCertificate:ListenerCertificate";

/** What is counted for each balancer: the fullest one. */
function perBalancerCounts(isolation: Isolation, stack: Plan, places: Allotments, region: string): Counts {
  if (isolation !== "balancers") return {};
  const loads = new Map<number, number>();
  for (const { balancer } of Object.values(places)) loads.set(balancer, (loads.get(balancer) ?? 0) + 1);
  const fullest = Math.max(0, ...loads.values());
  const sizes = countsOf(stack, region);
  const targets = webTargets(stack);
  const each = (kind: Counted, many: number) => ({ [kind]: { least: many, most: many } });
  return {
    ...each("rulesPerBalancer", fullest),
    ...each("targetGroupsPerBalancer", fullest * (sizes.targetGroups?.most ?? 1)),
    targetsPerBalancer: { least: fullest * targets.min, most: fullest * targets.max },
    // The wildcard certificate is the listener's default one, which does not count; a stack may add others.
    ...each(
      "certificatesPerBalancer",
      fullest * stack.resources.filter(({ type }) => type === listenerCertificate).length,
    ),
  };
}

/** Instances of a stack that a balancer's target groups hold. */
function webTargets({ resources }: Plan): { min: number; max: number } {
  const groups = resources.filter(
    ({ type, inputs }) => type === "aws:autoscaling/group:Group" && Array.isArray(inputs.targetGroupArns),
  );
  const sum = (key: "minSize" | "maxSize") => groups.reduce((total, { inputs }) => total + Number(inputs[key]), 0);
  return { min: sum("minSize"), max: sum("maxSize") };
}

function mailsOf(stacks: number, { jobs, activeHours }: Usage): Counts {
  const most = Math.ceil(stacks * jobs * Math.min(1, activeHoursOfDay / activeHours));
  return most === 0 ? {} : { mails: { least: most, most } };
}

function countsOfClass(
  isolation: Isolation,
  { stack, shared }: Variant,
  {
    stacks,
    withShared,
    places,
    region,
    usage,
    vcpus,
  }: {
    stacks: number;
    withShared: boolean;
    places: Allotments;
    region: string;
    usage: Usage;
    vcpus: ReadonlyMap<string, number> | undefined;
  },
): Counts {
  const once = shared === undefined || !withShared ? {} : countsOf(shared, region);
  return {
    ...together(countsOf(stack, region, vcpus), stacks, once),
    ...perBalancerCounts(isolation, stack, places, region),
    ...mailsOf(stacks, usage),
  };
}

async function planBy(options: CoursePlanOptions, read: ReadPlan): Promise<CoursePlan> {
  const { course, stacks, stateDirectory, usage, weeks, account, onProgress = () => {} } = options;
  const { region, isolation } = course;
  checkSharing(course);
  const template = await readTemplate(course);
  const standing = standingOf(stateDirectory);
  const names = stacks.map(({ name }) => name);
  const perBalancer = stacksPerBalancer(template.webMax);
  const places = allocate(readPlaces(stateDirectory), [...names, ...standing], perBalancer);
  const table = options.table ?? (await readTable(region));
  const variants = await variantsOf(options, template, places, read);
  const chosen = variants.get(isolation);
  if (chosen?.other === undefined) throw new Error(`isolation ${isolation} has not been planned`);

  onProgress("isolation");
  const proof = proveIsolation(chosen.stack, chosen.other, chosen.shared, region);
  const costs = Object.fromEntries(
    [...variants].map(([each, { stack, shared }]) => [
      each,
      classCosts({ stack, shared, stacks: stacks.length }, table, usage, weeks),
    ]),
  );
  const quotas = await quotasOf(options, variants, { places, standing: standing.length, onProgress });
  return {
    course: course.course,
    region,
    isolation,
    stacks: stacks.map((stack) => planned(course, stack, places)),
    balancers: isolation === "balancers" ? balancersOf(places) : 0,
    perBalancer,
    proof,
    costs,
    weeks,
    usage,
    pricesOf: datesOf(table),
    quotas,
    asked: account !== undefined,
    standing: standing.length,
  };
}

function planned(course: SharingCourse, stack: CourseStack, places: Allotments): PlannedStack {
  const host = subdomainOf(course, stack.name);
  const place = course.isolation === "balancers" ? places[stack.name] : undefined;
  return { ...stack, ...(host === undefined ? {} : { host }), ...(place === undefined ? {} : { place }) };
}

async function quotasOf(
  { course, stacks, usage, account }: CoursePlanOptions,
  variants: ReadonlyMap<Isolation, Variant>,
  { places, standing, onProgress }: { places: Allotments; standing: number; onProgress: (what: string) => void },
): Promise<QuotaFinding[]> {
  const { region, isolation } = course;
  const types = [...variants.values()].flatMap(({ stack }) => instanceTypesOf(stack));
  if (account !== undefined) onProgress("the account's quotas");
  const vcpus = await account?.vcpusOf([...new Set(types)]).catch(() => undefined);
  // What stands is in use already, by the account's own count.
  const toCome = account === undefined ? stacks.length : Math.max(0, stacks.length - standing);
  const sizes = { stacks: toCome, withShared: account === undefined || standing === 0, places, region, usage, vcpus };
  const counts = new Map([...variants].map(([each, variant]) => [each, countsOfClass(each, variant, sizes)] as const));
  const ours = counts.get(isolation) ?? {};
  const others = Object.fromEntries([...counts].filter(([each]) => each !== isolation));
  const answers = account && (await askQuotas(account, new Set(Object.keys(ours) as Counted[])));
  return judgeQuotas(ours, others, region, answers);
}

const instanceTypesOf = ({ resources }: Plan): string[] =>
  resources.flatMap(({ type, inputs }) =>
    type === "aws:ec2/launchTemplate:LaunchTemplate" && typeof inputs.instanceType === "string"
      ? [inputs.instanceType]
      : [],
  );

/**
 * @throws {Error} when the course's choices do not go together, a program fails, a price table is missing, or the state of the
 * course cannot be read.
 */
export const planCourse = (options: CoursePlanOptions): Promise<CoursePlan> =>
  withPlans((read) => planBy(options, read));
