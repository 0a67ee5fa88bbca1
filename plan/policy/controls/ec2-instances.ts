/** Amazon EC2: instances, their templates and their disks. */
import { control, type Examined, each, isTrue, listOf, ofAccount, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";

const template = "aws:ec2/launchTemplate:LaunchTemplate";
const instance = "aws:ec2/instance:Instance";
const group = "aws:autoscaling/group:Group";
const tokens = "metadataOptions.httpTokens";

const requiresTokens = (resource: DeclaredResource) =>
  want(resource, tokens, (value) => value === "required", "required");

/** Where a group or an instance names its template. */
const templatePaths = ["launchTemplate", "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"];

export function templateOf(resource: DeclaredResource, declared: Declaration): DeclaredResource | undefined {
  return declared
    .ofType(template)
    .find((candidate) => templatePaths.some((path) => declared.refers(resource, path, candidate)));
}

function examineInstances(declared: Declaration): Examined[] {
  const single = declared.ofType(instance).map((resource) => {
    const source = at(resource.properties, tokens) === undefined ? templateOf(resource, declared) : undefined;
    return { resource, faults: requiresTokens(source ?? resource) };
  });
  const launched = declared.ofType(group).flatMap((resource) => {
    const source = templateOf(resource, declared);
    return source === undefined ? [] : [{ resource, faults: requiresTokens(source) }];
  });
  return [...single, ...launched];
}

export const instanceControls = [
  control({
    id: "EC2.7",
    title: "EBS default encryption should be enabled",
    severity: "Medium",
    checks: "aws:ebs/encryptionByDefault:EncryptionByDefault is declared and enabled, in a stack that makes disks",
    otherwise: "nothing that has a disk is declared",
    fix: "declare new aws.ebs.EncryptionByDefault(name, { enabled: true }) once per account and Region, outside of a stack that comes and goes",
    examine: ofAccount(
      (declared) => declared.ofType(template, instance, "aws:ebs/volume:Volume").length > 0,
      "aws:ebs/encryptionByDefault:EncryptionByDefault",
      (resource) => want(resource, "enabled", (value) => value === undefined || isTrue(value), "true"),
    ),
  }),
  control({
    id: "EC2.8",
    title: "EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)",
    severity: "High",
    checks: "instances, and those that a group launches, have httpTokens required by themselves or by their template",
    otherwise: "no instance is declared and no group launches any",
    fix: "metadataOptions: { httpTokens: required } on the instance or its launch template, as ScaledGroup has",
    examine: examineInstances,
  }),
  control({
    id: "EC2.25",
    title: "Amazon EC2 launch templates should not assign public IPs to network interfaces",
    severity: "High",
    checks: "no network interface of a launch template has associatePublicIpAddress",
    otherwise: "no launch template is declared",
    fix: "instances: private for the Network (annofarm:instances for the stack), or associatePublicIpAddress: false",
    examine: each(template, (resource) =>
      listOf(resource.properties.networkInterfaces).flatMap((_, index) =>
        want(resource, `networkInterfaces[${index}].associatePublicIpAddress`, (value) => !isTrue(value), "false"),
      ),
    ),
  }),
  control({
    id: "EC2.170",
    title: "EC2 launch templates should use Instance Metadata Service Version 2 (IMDSv2)",
    severity: "Low",
    checks: "launch templates have metadataOptions.httpTokens required",
    otherwise: "no launch template is declared",
    fix: "metadataOptions: { httpTokens: required }; ScaledGroup sets it, unless transform.launchTemplate undoes it",
    examine: each(template, requiresTokens),
  }),
];
