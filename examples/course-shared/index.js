/** What the stacks of a class share. `annofarm course` runs it before the first stack; docs/course.md says what each choice costs. */
import { Config, getProject } from "@pulumi/pulumi";
import { CourseShared, tagEverything } from "annofarm";

const config = new Config();
const course = config.require("course");
const isolation = config.get("isolation") ?? "own";
const domain = config.get("domain") || undefined;
const mailFrom = config.getObject("mailFrom");

if (!["own", "network", "balancers"].includes(isolation)) {
  throw new Error(`course-shared:isolation is ${JSON.stringify(isolation)}; give own, network or balancers`);
}
function networkArgs() {
  const [zones, endpoints] = [config.get("zones"), config.get("endpoints")];
  return {
    instances: config.get("instances") ?? "public",
    ...(zones ? { zoneNames: zones.split(",").map((zone) => zone.trim()) } : {}),
    ...(endpoints ? { endpoints } : {}),
  };
}

// Shared things belong to the course itself: no role of a stack reaches what bears this owner.
tagEverything({ project: getProject(), owner: course });

const shared = new CourseShared(`${course}-shared`, {
  ...(domain === undefined ? {} : { domain }),
  ...(mailFrom === undefined ? {} : { mailFrom, createIdentities: config.getBoolean("createIdentities") ?? true }),
  ...(isolation === "own" ? {} : { network: networkArgs() }),
  ...(isolation !== "balancers"
    ? {}
    : {
        balancers: {
          domain,
          count: config.getNumber("balancers") ?? 1,
          hosts: config.requireObject("hosts"),
        },
      }),
});

/** What a stack's configuration is made of: annofarm:permissionsBoundary, vpcId, instanceSubnets, … */
export const permissionsBoundary = shared.permissionsBoundaryArn;
export const vpcId = shared.vpcId;
export const instanceSubnets = shared.instanceSubnetIds;
export const publicSubnets = shared.publicSubnetIds;
export const balancerSecurityGroup = shared.balancerSecurityGroupId;
/** By the number of their balancer. */
export const listenerArns = shared.listenerArns;
