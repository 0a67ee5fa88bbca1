/** What a class shares, and what each stack is told of it: configuration of two programs, made from one course. */
import { fileURLToPath } from "node:url";
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Course, Isolation } from "../course-file/course.ts";
import { type Allotments, balancersOf } from "./places.ts";

/** Where the program of what a class shares is. */
export const sharedProgram: string = fileURLToPath(new URL("../../examples/course-shared", import.meta.url));

/** Whose configuration it starts from. */
export const sharedTemplate = "dev";

/** Name of its stack. No pseudonym has six letters, so no stack of the course is called so. */
export const sharedStack = (course: string): string => `${course}-shared`;

/** What of a course decides what is shared. */
export type SharingCourse = Pick<
  Course,
  "course" | "program" | "stack" | "config" | "region" | "isolation" | "domain" | "permissionsBoundary"
>;

/** What every stack of the course is configured with, before anything is shared. */
export interface Template {
  /** Namespace of the program's settings. */
  readonly project: string;
  readonly instances: "public" | "private";
  /** Settings of a VPC, as the stacks' program takes them; absent: as it has them by itself. */
  readonly zones?: string;
  readonly endpoints?: string;
  /** Address that all stacks send from; absent: each sends from its own subdomain. */
  readonly mailFrom?: string;
  /** Whether the identity of that address is to be made. */
  readonly createIdentity: boolean;
  readonly webMax: number;
}

export async function readTemplate(course: SharingCourse): Promise<Template> {
  const { project, values } = await readStackConfig(course.program, course.stack, course.config);
  const value = (key: string) => values[`${project}:${key}`] || undefined;
  // With a domain each stack has an address of its own, unless the course says another.
  const said = course.config.mailFrom ?? course.config[`${project}:mailFrom`];
  const [zones, endpoints] = [value("zones"), value("endpoints")];
  const mailFrom = course.domain === undefined ? value("mailFrom") : said || undefined;
  return {
    project,
    instances: value("instances") === "private" ? "private" : "public",
    ...(zones === undefined ? {} : { zones }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(mailFrom === undefined ? {} : { mailFrom }),
    createIdentity: value("createMailIdentity") !== "false",
    webMax: Number(value("webMax") ?? 10),
  };
}

/** @throws {Error} when the course's choices do not go together. */
export function checkSharing({ isolation, domain }: SharingCourse): void {
  if (isolation !== "balancers" || domain !== undefined) return;
  throw new Error(
    "isolation: balancers tells stacks apart by their host names; give domain, a Route 53 zone of the account, or isolation: network",
  );
}

/** Whether anything is shared, so that its program must run before the first stack's. */
export function sharesAnything(
  { isolation, permissionsBoundary }: SharingCourse,
  { mailFrom, createIdentity }: Template,
) {
  return isolation !== "own" || permissionsBoundary || (mailFrom !== undefined && createIdentity);
}

/** Each stack of a course is an owner of its own, whose name tells its resources apart in any region. */
export const courseNames = { "annofarm:names": "owner" } as const;

/** Configuration of the program of what the class shares. */
export function sharedConfig(course: SharingCourse, template: Template, places: Allotments): Record<string, string> {
  const { mailFrom, createIdentity, instances, zones = "", endpoints = "" } = template;
  const hosts = Object.fromEntries(Object.entries(places).map(([stack, { balancer }]) => [stack, balancer]));
  return {
    ...courseNames,
    "aws:region": course.region,
    course: course.course,
    isolation: course.isolation,
    ...{ instances, zones, endpoints },
    domain: course.domain ?? "",
    balancers: String(Math.max(1, balancersOf(places))),
    hosts: JSON.stringify(hosts),
    ...(mailFrom === undefined
      ? {}
      : { mailFrom: JSON.stringify([mailFrom]), createIdentities: String(createIdentity) }),
  };
}

/** What the program of what the class shares exports. */
export interface SharedOutputs {
  readonly permissionsBoundary?: string;
  readonly vpcId?: string;
  readonly instanceSubnets?: readonly string[];
  readonly publicSubnets?: readonly string[];
  readonly balancerSecurityGroup?: string;
  readonly listenerArns?: readonly string[];
}

/** @throws {Error} naming an output that the shared program should have. */
function present<Key extends keyof SharedOutputs>(outputs: SharedOutputs, key: Key): NonNullable<SharedOutputs[Key]> {
  const value = outputs[key];
  if (value === undefined || value === null)
    throw new Error(`what the class shares has no output ${key}; bring it up again, it stands for another isolation`);
  return value as NonNullable<SharedOutputs[Key]>;
}

/** What one stack is told, over the course's configuration; keys are those of the service's program. */
export function stackConfig(
  course: SharingCourse,
  template: Template,
  outputs: SharedOutputs,
  stack: string,
  places: Allotments,
): Record<string, string> {
  const list = (ids: readonly string[]) => ids.join(",");
  const network = () => ({
    vpcId: present(outputs, "vpcId"),
    instanceSubnets: list(present(outputs, "instanceSubnets")),
    publicSubnets: list(present(outputs, "publicSubnets")),
    instances: template.instances,
    // They are the shared VPC's.
    ...{ zones: "", endpoints: "" },
  });
  return {
    owner: stack,
    ...courseNames,
    "aws:region": course.region,
    ...(course.domain === undefined ? {} : { domain: course.domain }),
    ...(template.mailFrom === undefined
      ? { mailFrom: "" }
      : { mailFrom: template.mailFrom, createMailIdentity: "false" }),
    ...(course.permissionsBoundary ? { permissionsBoundary: present(outputs, "permissionsBoundary") } : {}),
    ...(course.isolation === "own" ? {} : network()),
    ...(course.isolation === "balancers" ? behind(outputs, stack, places) : {}),
  };
}

function behind(outputs: SharedOutputs, stack: string, places: Allotments): Record<string, string> {
  const place = places[stack];
  const listenerArn = present(outputs, "listenerArns")[place?.balancer ?? 0];
  if (place === undefined || listenerArn === undefined)
    throw new Error(`${stack} has no place behind a balancer; bring up what the class shares first`);
  return {
    balancerSecurityGroup: present(outputs, "balancerSecurityGroup"),
    listenerArn,
    listenerPriority: String(place.priority),
  };
}

/** Where users find a stack; undefined: at its balancer's own name. */
export const subdomainOf = ({ domain }: SharingCourse, stack: string): string | undefined =>
  domain === undefined ? undefined : `${stack}.${domain}`;

export const withIsolation = (course: SharingCourse, isolation: Isolation): SharingCourse => ({ ...course, isolation });
