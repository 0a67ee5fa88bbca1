/** IAM. */
import { byDesign, free } from "./cost.ts";
import { generic, named } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { detail, goesWith, listedAs, type ResourceTypes } from "./resource-type.ts";

export const iam: ResourceTypes = {
  "aws:iam/instanceProfile:InstanceProfile": {
    outputs: named("iam", "instance-profile/", "global"),
    replacement: byName("iam/instance_profile.go", "path"),
    cost: free(byDesign.iam),
    picture: detail,
    inAccount: listedAs("instance profile"),
  },
  "aws:iam/policy:Policy": {
    outputs: named("iam", "policy/", "global"),
    replacement: byName("iam/policy.go", "description", "path"),
    cost: free(byDesign.iam),
    picture: detail,
    inAccount: listedAs("IAM policy"),
  },
  "aws:iam/role:Role": {
    outputs: named("iam", "role/", "global"),
    replacement: byName("iam/role.go", "path"),
    cost: free(byDesign.iam),
    picture: detail,
    inAccount: listedAs("IAM role"),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    outputs: generic,
    replacement: byName("iam/role_policy.go", "role"),
    cost: free(byDesign.iam),
    picture: detail,
    inAccount: goesWith("IAM role"),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    outputs: generic,
    replacement: {
      replace: ["policyArn", "role"],
      source: "iam/role_policy_attachment.go",
    },
    cost: free(byDesign.iam),
    picture: detail,
    inAccount: goesWith("IAM role"),
  },
};
