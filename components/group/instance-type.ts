import * as ec2 from "@pulumi/aws/types/enums/ec2/index.js";
import { meantInstead } from "../../runtime/contract/nearest.ts";
import { type MaybeMistake, rule } from "../base/validate.ts";

export const architectures = ["arm64", "x86_64"] as const;
export type Architecture = (typeof architectures)[number];

/**
 * Processor architecture of an EC2 instance type, read off its name: after the generation's digit a `g` stands for
 * Graviton (`t4g`, `m7gd`, `c7gn`, `x2gd`, `im4gn`, `g5g`); `a1` was the first of them. `g4dn` and `g6` are no Graviton:
 * there the `g` stands before the digit. Asking for both instance type and architecture would let them contradict.
 */
export function architectureOf(instanceType: string): Architecture {
  const family = instanceType.split(".")[0] ?? "";
  return family === "a1" || /^[a-z]+\d+g/.test(family) ? "arm64" : "x86_64";
}

/** Types of EC2 as the AWS provider lists them: some 1,400, and more with each of its versions. */
const listed: ReadonlySet<string> = new Set(Object.values(ec2.InstanceType));

/** Families that Amazon Linux 2023 does not start on. */
const withoutAmazonLinux: readonly { readonly families: RegExp; readonly because: string }[] = [
  { families: /^mac/, because: "runs macOS on a dedicated host" },
  { families: /^a1$/, because: "is a Graviton 1, and Amazon Linux 2023 needs a Graviton 2 or newer" },
  {
    families: /^(t1|m1|m2|c1|cc1|cc2|cg1|cr1|g2|hi1|hs1)$/,
    because: "is of a previous generation that Amazon Linux 2023 does not start on",
  },
];

/** Compares with every listed type: asked for the wrong ones only. */
const unlisted = (instanceType: string) =>
  `${JSON.stringify(instanceType)} is none of the ${listed.size.toLocaleString("en")} types of EC2 that the AWS provider ` +
  `lists${meantInstead(instanceType, listed)} For a newer type give its architecture too: ${architectures.join(" or ")}`;

/** What an instance type may be, so that a typing mistake is told before a launch template names it. */
export function instanceTypeRules(
  path: string,
  instanceType: string,
  { architecture, imageId }: { readonly architecture?: Architecture; readonly imageId?: unknown },
): MaybeMistake[] {
  const [family = ""] = instanceType.split(".");
  const misfit = withoutAmazonLinux.find(({ families }) => families.test(family));
  const known = listed.has(instanceType);
  const own = architectureOf(instanceType);
  return [
    known || architecture !== undefined ? undefined : { path, reason: unlisted(instanceType) },
    rule(
      path,
      known && misfit !== undefined && imageId === undefined,
      `${instanceType} ${misfit?.because}; give a type that does, such as t4g.small`,
    ),
    rule(
      "architecture",
      known && architecture !== undefined && architecture !== own,
      `${architecture} contradicts ${path}, which is ${instanceType}, ${own}; leave the architecture out`,
    ),
  ];
}
