/** AWS's quotas that a class may run into, and what mends each. */
import type { Isolation } from "../course-file/course.ts";
import type { Amount, Counted, Counts } from "./counts.ts";

/** When AWS's documentation named these defaults. */
export const publishedOn = "2026-08";

export interface QuotaRule {
  readonly kind: Counted;
  readonly label: string;
  /** Of Service Quotas. */
  readonly service: string;
  /** Absent where Service Quotas has none. */
  readonly code?: string;
  /** What AWS's documentation names. A new account may have less. */
  readonly published: number;
  /** False: AWS raises it for nobody. */
  readonly adjustable: boolean;
  /** For what the number counts. */
  readonly per: "region" | "account" | "zone" | "balancer" | "day";
}

const rule = (
  kind: Counted,
  label: string,
  service: string,
  code: string | undefined,
  published: number,
  per: QuotaRule["per"] = "region",
  adjustable = true,
): QuotaRule => ({ kind, label, service, published, per, adjustable, ...(code === undefined ? {} : { code }) });

export const quotaRules: readonly QuotaRule[] = [
  rule("onDemandVcpus", "vCPUs on demand", "ec2", "L-1216C47A", 5),
  rule("spotVcpus", "vCPUs on spot", "ec2", "L-34B43A08", 5),
  rule("balancers", "application balancers", "elasticloadbalancing", "L-53DA6B97", 50),
  rule("targetGroups", "target groups", "elasticloadbalancing", "L-B22855CB", 3000),
  rule("rulesPerBalancer", "rules per balancer", "elasticloadbalancing", "L-7EED9B64", 100, "balancer"),
  rule(
    "targetGroupsPerBalancer",
    "target groups per balancer",
    "elasticloadbalancing",
    "L-822D1B1B",
    100,
    "balancer",
    false,
  ),
  rule("targetsPerBalancer", "targets per balancer", "elasticloadbalancing", "L-7E6692B2", 1000, "balancer"),
  rule("certificatesPerBalancer", "certificates per balancer", "elasticloadbalancing", "L-9365A611", 25, "balancer"),
  rule("vpcs", "VPCs", "vpc", "L-F678F1CE", 5),
  rule("internetGateways", "internet gateways", "vpc", "L-A4707A72", 5),
  rule("natGateways", "NAT gateways per zone", "vpc", "L-FE5A380F", 5, "zone"),
  rule("addresses", "Elastic IP addresses", "ec2", "L-0263D0A3", 5),
  rule("gatewayEndpoints", "gateway endpoints", "vpc", "L-1B52E74A", 20),
  rule("securityGroups", "security groups", "vpc", "L-E79EC296", 2500),
  rule("networkInterfaces", "network interfaces", "vpc", "L-DF5E4CA3", 5000),
  rule("groups", "Auto Scaling groups", "autoscaling", "L-CDE20ADC", 500),
  rule("launchTemplates", "launch templates", "ec2", "L-FB451C26", 5000),
  rule("roles", "IAM roles", "iam", "L-FE177D64", 1000, "account"),
  rule("instanceProfiles", "instance profiles", "iam", "L-6E65F664", 1000, "account"),
  rule("buckets", "buckets", "s3", "L-DC2B2D3D", 10_000, "account"),
  rule("tables", "tables", "dynamodb", "L-F98FE922", 2500),
  rule("alarms", "alarms", "monitoring", undefined, 5000),
  rule("parameters", "standard parameters", "ssm", undefined, 10_000),
  rule("certificates", "certificates that ACM issues", "acm", "L-F141DD1D", 2500),
  rule("importedCertificates", "imported certificates", "acm", "L-D2CB7DE9", 2500),
  rule("records", "records in the zone", "route53", "L-E209CC9F", 10_000, "account"),
  rule("vaults", "Glacier vaults", "glacier", undefined, 1000),
  rule("mails", "mails on the busiest day", "ses", "L-804C8AE8", 200, "day"),
];

/** What the account says; asked only when its user wants it. */
export interface QuotaAnswers {
  /** Value of a quota for this account. */
  readonly limits: ReadonlyMap<Counted, number>;
  readonly inUse: ReadonlyMap<Counted, number>;
  /** What could not be asked, and why. */
  readonly unknown: ReadonlyMap<Counted, string>;
}

export interface QuotaFinding {
  readonly rule: QuotaRule;
  readonly needed: Amount;
  readonly inUse?: number;
  readonly limit: number;
  readonly limitOf: "account" | "published";
  /** `breaks`: the stacks cannot all come up. `breaks at most`: they can, and not all grow to their maximum. */
  readonly verdict: "fits" | "breaks" | "breaks at most";
  /** What mends it, the best first. */
  readonly mends: readonly string[];
  /** Why the account could not be asked. */
  readonly unknown?: string;
}

const regionsFor = (needed: number, room: number) => Math.ceil(needed / Math.max(1, room));

function mendsOf(
  { rule: { kind, service, code, adjustable, per }, needed, limit, inUse }: Omit<QuotaFinding, "verdict" | "mends">,
  region: string,
  fitting: readonly Isolation[],
): string[] {
  const most = Math.ceil(needed.most + (inUse ?? 0));
  const [cheapest] = fitting;
  const where =
    per === "account" && (service === "iam" || service === "s3" || service === "route53") ? "us-east-1" : region;
  const split = regionsFor(needed.most, limit - (inUse ?? 0));
  return [
    ...(cheapest === undefined ? [] : [`isolation: ${cheapest}`]),
    ...(kind === "mails" ? ["leave SES's sandbox (aws sesv2 put-account-details --production-access-enabled …)"] : []),
    ...(kind === "onDemandVcpus" || kind === "spotVcpus" || kind === "targetsPerBalancer"
      ? ["lower webMax and annotatorMax"]
      : []),
    ...(code !== undefined && adjustable
      ? [
          `aws service-quotas request-service-quota-increase --region ${where} --service-code ${service} ` +
            `--quota-code ${code} --desired-value ${most}`,
        ]
      : []),
    ...(code === undefined && adjustable ? [`ask AWS Support for ${most}`] : []),
    ...(per === "region" || per === "zone" ? (split < 20 ? [`spread the class over ${split} regions`] : []) : []),
  ];
}

/** Which isolations would keep within the quota. */
export type Alternatives = Readonly<Partial<Record<Isolation, Counts>>>;

/**
 * @param counts what the class takes with the isolation it has chosen.
 * @param alternatives what it would take with the others.
 */
export function judgeQuotas(
  counts: Counts,
  alternatives: Alternatives,
  region: string,
  answers?: QuotaAnswers,
): QuotaFinding[] {
  return quotaRules.flatMap((rule): QuotaFinding[] => {
    const needed = counts[rule.kind];
    if (needed === undefined || needed.most === 0) return [];
    const limit = answers?.limits.get(rule.kind);
    const inUse = answers?.inUse.get(rule.kind);
    const unknown = answers?.unknown.get(rule.kind);
    const room = (limit ?? rule.published) - (inUse ?? 0);
    const verdict = needed.least > room ? "breaks" : needed.most > room ? "breaks at most" : "fits";
    const found = {
      rule,
      needed,
      limit: limit ?? rule.published,
      limitOf: limit === undefined ? ("published" as const) : ("account" as const),
      ...(inUse === undefined ? {} : { inUse }),
      ...(unknown === undefined ? {} : { unknown }),
    };
    const fitting = (Object.entries(alternatives) as [Isolation, Counts][])
      .filter(([, each]) => (each[rule.kind]?.most ?? 0) <= room)
      .map(([isolation]) => isolation);
    return [{ ...found, verdict, mends: verdict === "fits" ? [] : mendsOf(found, region, fitting) }];
  });
}
