/** Values of every setting, as documented: of a setting of few words all of them, of any other what it is without and what an edit makes of it. */
import type { Parameter } from "./pairs.ts";

/** Settings by key; an empty text leaves one out. */
export type Values = Readonly<Record<string, string>>;

const of = (key: string, ...values: readonly string[]): Parameter<Values> => ({
  name: key,
  values: values.map((value) => ({ [key]: value })),
});

/** Settings that belong together are one parameter. */
export const parameters: readonly Parameter<Values>[] = [
  of("owner", "gas", "team-7"),
  of("names", "", "stack", "owner"),
  of("domain", "", "example.org"),
  of("mailFrom", "gas@example.org", "", "noreply@elsewhere.example"),
  of("createMailIdentity", "", "true", "false"),
  of("publicUrl", "", "https://front.example.org"),
  of("production", "", "false", "true"),
  of("instances", "", "public", "private"),
  of("flowLogs", "", "none", "rejected", "all"),
  of("endpoints", "", "gateway", "interface"),
  of("zones", "", "us-east-1a, us-east-1b", "us-east-1a, us-east-1b, us-east-1c"),
  {
    name: "existing",
    values: [
      {},
      {
        vpcId: "vpc-0123456789abcdef0",
        instanceSubnets: "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
        publicSubnets: "subnet-0123456789abcdef2, subnet-0123456789abcdef3",
      },
      {
        vpcId: "vpc-0123456789abcdef0",
        instanceSubnets: "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
        balancerSecurityGroup: "sg-0123456789abcdef0",
        listenerArn:
          "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef",
        listenerPriority: "7",
        hostName: "gas.example.net",
      },
    ],
  },
  of("permissionsBoundary", "", "arn:aws:iam::123456789012:policy/boundary"),
  {
    name: "machine",
    values: [
      { instanceType: "t4g.small" },
      { instanceType: "" },
      { instanceType: "c7i.large", architecture: "x86_64" },
      { instanceType: "t4g.medium", architecture: "arm64" },
    ],
  },
  of("imageArm64", "", "ami-0123456789abcdef0"),
  of("imageX86", "", "ami-0fedcba9876543210"),
  of("rolls", "", "byCommand", "onUp"),
  of("webMin", "2", "", "0", "4"),
  of("webMax", "10", "", "3"),
  of("annotatorMin", "2", "", "0", "4"),
  of("annotatorMax", "10", "", "3"),
  of("webScaling", "", "recommended", "requestsPerTarget", "course"),
  of("webRequestsPerTarget", "", "900"),
  of("annotatorScaling", "", "recommended", "backlogPerInstance", "course", "jobsSent"),
  {
    name: "annotator figures",
    values: [
      {},
      { annotatorJobTakes: "30 seconds" },
      { annotatorAcceptableWait: "10 minutes" },
      { annotatorJobTakes: "5 minutes", annotatorAcceptableWait: "10 minutes" },
    ],
  },
  of("webSchedule", "", "50 17 * * MON-FRI = 3; 0 21 * * MON-FRI = 2", "0 8 * * * = 6"),
  of("annotatorSchedule", "", "50 17 * * MON-FRI = 3; 0 21 * * MON-FRI = 2", "0 8 * * * = 6"),
  of("timeZone", "", "America/Chicago"),
  ...["web", "annotator"].flatMap((farm) => [
    {
      name: `${farm}WarmPool`,
      values: [
        {},
        { [`${farm}WarmPool`]: "Stopped" },
        { [`${farm}WarmPool`]: "Running", [`${farm}WarmPoolMin`]: "1", [`${farm}WarmPoolMaxPrepared`]: "5" },
      ],
    },
    of(`${farm}Maintenance`, "", "100 to 125"),
  ]),
  of("spot", "", "false", "true"),
  of("dashboard", "", "true", "false"),
  of("lease", "", "10 minutes"),
  of("sweepEvery", "", "5 minutes"),
  of("store", "s3", "", "vault"),
  of("retention", "30 minutes", "", "1 hour"),
  of("archiveNotice", "", "10 minutes"),
  of("retrievalTier", "", "Expedited", "Standard", "Bulk"),
  of("operatorEmail", "", "me@example.org"),
  of("alarmTopic", "", "arn:aws:sns:us-east-1:123456789012:chat"),
  of("budget", "", "40"),
  of("kmsKeyArn", "", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
  of("identityIssuer", "https://auth.globus.org", "https://issuer.example"),
  of("identityClientId", "00000000-0000-0000-0000-000000000000", "gas"),
  of("stripePublishableKey", "pk_test_replace_me", "pk_test_other"),
  of("stripePriceId", "price_replace_me", "price_other"),
  of("stripeApiUrl", "", "https://stripe.example"),
  of("stripeJsUrl", "", "https://stripe.example/v3.js"),
  {
    name: "traces",
    values: [
      {},
      { traces: "http://collector.example.org:4318" },
      { traces: "https://collector.example.org/otlp", tracesPercent: "10" },
    ],
  },
  of("reference", "", "test/data/reference"),
  of("parameterPrefix", "", "/elsewhere/"),
];

/** Whether one of a setting's values is among these. */
const among =
  (...values: readonly string[]) =>
  (value: string | undefined) =>
    values.includes(value ?? "");

interface Conflict {
  /** For people. */
  readonly rule: string;
  readonly settings: readonly [Conflicting, Conflicting];
}
type Conflicting = readonly [key: string, refused: (value: string | undefined) => boolean];

const given = (value: string | undefined) => (value ?? "") !== "";

/** Values of two settings that do not go together. Each has to be refused by an error that names both. */
const conflicts: readonly Conflict[] = [
  {
    rule: "mail comes from an address, or from a domain",
    settings: [
      ["domain", among("")],
      ["mailFrom", among("")],
    ],
  },
  {
    rule: "somebody hears of the budget",
    settings: [
      ["budget", given],
      ["operatorEmail", among("")],
    ],
  },
  {
    rule: "a minimum is no more than its maximum",
    settings: [
      ["webMin", among("4")],
      ["webMax", among("3")],
    ],
  },
  {
    rule: "a minimum is no more than its maximum",
    settings: [
      ["annotatorMin", among("4")],
      ["annotatorMax", among("3")],
    ],
  },
  {
    rule: "a scheduled size is no more than the maximum",
    settings: [
      ["webSchedule", among("0 8 * * * = 6")],
      ["webMax", among("3")],
    ],
  },
  {
    rule: "a scheduled size is no more than the maximum",
    settings: [
      ["annotatorSchedule", among("0 8 * * * = 6")],
      ["annotatorMax", among("3")],
    ],
  },
  {
    rule: "a figure belongs to a rule that takes it",
    settings: [
      ["webScaling", among("course")],
      ["webRequestsPerTarget", given],
    ],
  },
  {
    rule: "a figure belongs to a rule that takes it",
    settings: [
      ["annotatorScaling", among("course", "jobsSent")],
      ["annotatorJobTakes", given],
    ],
  },
  {
    rule: "a figure belongs to a rule that takes it",
    settings: [
      ["annotatorScaling", among("course", "jobsSent")],
      ["annotatorAcceptableWait", given],
    ],
  },
  {
    rule: "a warm pool has no spot instances",
    settings: [
      ["annotatorWarmPool", given],
      ["spot", among("true")],
    ],
  },
  {
    rule: "a vault has no key of the customer's",
    settings: [
      ["store", among("vault")],
      ["kmsKeyArn", given],
    ],
  },
  {
    rule: "a VPC that is there already has the endpoints that it has",
    settings: [
      ["vpcId", given],
      ["endpoints", given],
    ],
  },
  {
    rule: "a VPC that is there already has the zones that it has",
    settings: [
      ["vpcId", given],
      ["zones", given],
    ],
  },
  {
    rule: "a backlog for each instance needs instances",
    settings: [
      ["annotatorMin", among("0")],
      ["annotatorScaling", among("", "recommended", "backlogPerInstance")],
    ],
  },
];

/** The conflict of two parameters' values; `undefined`: they go together. */
export function conflictOf(one: Values, other: Values): Conflict | undefined {
  const refusedBy = ([key, refused]: Conflicting, values: Values) => key in values && refused(values[key]);
  return conflicts.find(
    ({ settings: [a, b] }) => (refusedBy(a, one) && refusedBy(b, other)) || (refusedBy(a, other) && refusedBy(b, one)),
  );
}
