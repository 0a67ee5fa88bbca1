// Ways to fulfil or to miss a control that the default program does not use, as any other program may.
import test from "ava";
import { controlNamed } from "../../../plan/policy/controls.ts";
import { World } from "./world.ts";

type Declared = readonly [type: string, name: string, inputs: Record<string, unknown>, id?: string];
type Expected = "passed" | "not applicable" | readonly (readonly [name: string, path: string])[];

const vpc: Declared = ["aws:ec2/vpc:Vpc", "net", {}, "vpc-1"];
const balancer: Declared = ["aws:lb/loadBalancer:LoadBalancer", "web", { subnets: ["a", "b"] }, "arn:web"];
const bucket: Declared = ["aws:s3/bucket:Bucket", "data", {}, "data"];
const group = (inputs: object): Declared => ["aws:autoscaling/group:Group", "farm", { ...inputs }, "farm"];
const template = (httpTokens: string): Declared => [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "t",
  { metadataOptions: { httpTokens } },
  "lt-1",
];
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const https = { type: "redirect", redirect: { protocol: "HTTPS" } };
const http: Declared = ["aws:lb/listener:Listener", "http", { protocol: "HTTP", defaultActions: [https] }, "arn:http"];
const plainDeny = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const table = (inputs: object): Declared => ["aws:dynamodb/table:Table", "items", { ...inputs }, "items"];
const scaled = (dimension: string): Declared => [
  "aws:appautoscaling/target:Target",
  dimension,
  { resourceId: "table/items", scalableDimension: `dynamodb:table:${dimension}CapacityUnits` },
];
const anybodyReads = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" };

const cases: readonly (readonly [control: string, title: string, resources: readonly Declared[], Expected])[] = [
  [
    "AutoScaling.1",
    "an attachment belongs to a balancer too",
    [
      group({ healthCheckType: "EC2" }),
      ["aws:autoscaling/attachment:Attachment", "a", { autoscalingGroupName: "farm", lbTargetGroupArn: "arn:t" }],
    ],
    [["farm", "healthCheckType"]],
  ],
  ["AutoScaling.1", "a group without a balancer is left alone", [group({})], "not applicable"],
  ["AutoScaling.2", "zones by name", [group({ availabilityZones: ["us-east-1a", "us-east-1b"] })], "passed"],
  [
    "AutoScaling.2",
    "two subnets of one zone",
    [
      group({ vpcZoneIdentifiers: ["subnet-1", "subnet-2"] }),
      ["aws:ec2/subnet:Subnet", "one", { availabilityZone: "us-east-1a" }, "subnet-1"],
      ["aws:ec2/subnet:Subnet", "two", { availabilityZone: "us-east-1a" }, "subnet-2"],
    ],
    [["farm", "vpcZoneIdentifiers"]],
  ],
  [
    "AutoScaling.2",
    "two subnets of one zone, by the zone's id",
    [
      group({ vpcZoneIdentifiers: ["subnet-1", "subnet-2"] }),
      ["aws:ec2/subnet:Subnet", "one", { availabilityZoneId: "use1-az1" }, "subnet-1"],
      ["aws:ec2/subnet:Subnet", "two", { availabilityZoneId: "use1-az1" }, "subnet-2"],
    ],
    [["farm", "vpcZoneIdentifiers"]],
  ],
  [
    "AutoScaling.2",
    "two subnets of which nobody says the zone",
    [
      group({ vpcZoneIdentifiers: ["subnet-1", "subnet-2"] }),
      ["aws:ec2/subnet:Subnet", "one", {}, "subnet-1"],
      ["aws:ec2/subnet:Subnet", "two", {}, "subnet-2"],
    ],
    [["farm", "vpcZoneIdentifiers"]],
  ],
  [
    "AutoScaling.2",
    "two subnets that a balancer takes, which takes no two of one zone",
    [
      group({ vpcZoneIdentifiers: ["subnet-1", "subnet-2"] }),
      ["aws:lb/loadBalancer:LoadBalancer", "b", { subnets: ["subnet-1", "subnet-2"] }],
    ],
    "passed",
  ],
  [
    "AutoScaling.6",
    "requirements stand for many types",
    [group({ mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceRequirements: {} }] } } })],
    "passed",
  ],
  ["DynamoDB.1", "provisioned, reads and writes scaled", [table({}), scaled("Read"), scaled("Write")], "passed"],
  ["DynamoDB.1", "provisioned, reads scaled only", [table({}), scaled("Read")], [["items", "billingMode"]]],
  ["EC2.2", "AWS's own rules are still there", [vpc], [["net", "DefaultSecurityGroup"]]],
  [
    "EC2.2",
    "a rule declared apart",
    [
      vpc,
      ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "own", { vpcId: "vpc-1" }, "sg-1"],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", { securityGroupId: "sg-1" }],
    ],
    [["in", "securityGroupId"]],
  ],
  ["EC2.6", "all traffic", [vpc, ["aws:ec2/flowLog:FlowLog", "log", { vpcId: "vpc-1", trafficType: "ALL" }]], "passed"],
  [
    "EC2.6",
    "another VPC's log",
    [vpc, ["aws:ec2/flowLog:FlowLog", "log", { vpcId: "vpc-2", trafficType: "ALL" }]],
    [["net", "FlowLog"]],
  ],
  ["EC2.7", "nothing with a disk", [vpc], "not applicable"],
  [
    "EC2.7",
    "switched off",
    [template("required"), ["aws:ebs/encryptionByDefault:EncryptionByDefault", "disks", { enabled: false }]],
    [["disks", "enabled"]],
  ],
  [
    "EC2.8",
    "an instance follows its template",
    [template("optional"), ["aws:ec2/instance:Instance", "one", { launchTemplate: { id: "lt-1" } }]],
    [["t", "metadataOptions.httpTokens"]],
  ],
  [
    "EC2.8",
    "a fault that two share is told once",
    [
      template("optional"),
      group({ launchTemplate: { id: "lt-1" } }),
      ["aws:ec2/instance:Instance", "one", { launchTemplate: { id: "lt-1" } }],
    ],
    [["t", "metadataOptions.httpTokens"]],
  ],
  ["EC2.15", "awsx's own default has public subnets", [["awsx:ec2:Vpc", "net", {}]], [["net", "subnetSpecs[0].type"]]],
  [
    "EC2.15",
    "awsx with private subnets only",
    [["awsx:ec2:Vpc", "net", { subnetSpecs: [{ type: "Private" }] }]],
    "passed",
  ],
  [
    "EC2.21",
    "an entry declared apart, for IPv6 and everything",
    [
      ["aws:ec2/networkAcl:NetworkAcl", "acl", {}, "acl-1"],
      [
        "aws:ec2/networkAclRule:NetworkAclRule",
        "all",
        { networkAclId: "acl-1", egress: false, protocol: "-1", ruleAction: "allow", ipv6CidrBlock: "::/0" },
      ],
    ],
    [["all", "ruleAction"]],
  ],
  [
    "EC2.21",
    "the Internet in two halves, without ports",
    [
      [
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {
          ingress: [
            { protocol: "tcp", action: "allow", cidrBlock: "0.0.0.0/1" },
            { protocol: "tcp", action: "allow", cidrBlock: "128.0.0.0/1" },
          ],
        },
      ],
    ],
    [
      ["acl", "ingress[0]"],
      ["acl", "ingress[1]"],
    ],
  ],
  [
    "EC2.21",
    "denied, outbound, or UDP",
    [
      [
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {
          ingress: [
            { protocol: "tcp", action: "deny", cidrBlock: "0.0.0.0/0", fromPort: 22, toPort: 22 },
            { protocol: "udp", action: "allow", cidrBlock: "0.0.0.0/0", fromPort: 0, toPort: 65535 },
            { protocol: "tcp", action: "allow", cidrBlock: "10.0.0.0/8", fromPort: 22, toPort: 22 },
          ],
        },
        "acl-1",
      ],
      [
        "aws:ec2/networkAclRule:NetworkAclRule",
        "out",
        { networkAclId: "acl-1", egress: true, protocol: "-1", ruleAction: "allow", cidrBlock: "0.0.0.0/0" },
      ],
    ],
    "passed",
  ],
  [
    "ELB.1",
    "a rule that forwards beside a default that redirects",
    [http, ["aws:lb/listenerRule:ListenerRule", "api", { listenerArn: "arn:http", actions: [{ type: "forward" }] }]],
    [["api", "actions[0].type"]],
  ],
  [
    "ELB.1",
    "HTTP is the default of a listener",
    [["aws:lb/listener:Listener", "plain", { defaultActions: [{ type: "forward" }] }]],
    [["plain", "defaultActions[0].type"]],
  ],
  [
    "ELB.1",
    "but not of a listener of a network balancer",
    [
      ["aws:lb/loadBalancer:LoadBalancer", "n", { loadBalancerType: "network" }, "arn:n"],
      ["aws:lb/listener:Listener", "plain", { loadBalancerArn: "arn:n", defaultActions: [{ type: "forward" }] }],
    ],
    "not applicable",
  ],
  [
    "ELB.1",
    "a redirect that keeps the protocol",
    [["aws:alb/listener:Listener", "old", { protocol: "HTTP", defaultActions: [{ type: "redirect", redirect: {} }] }]],
    [["old", "defaultActions[0].redirect.protocol"]],
  ],
  [
    "ELB.5",
    "a classic balancer's block means yes",
    [["aws:elb/loadBalancer:LoadBalancer", "c", { accessLogs: {} }]],
    "passed",
  ],
  ["ELB.5", "a classic balancer without", [["aws:elb/loadBalancer:LoadBalancer", "c", {}]], [["c", "accessLogs"]]],
  [
    "ELB.4",
    "a network balancer has no headers",
    [["aws:lb/loadBalancer:LoadBalancer", "n", { loadBalancerType: "network" }]],
    "not applicable",
  ],
  ["ELB.12", "AWS's default is defensive", [balancer], "passed"],
  [
    "ELB.13",
    "subnets by mapping",
    [["aws:lb/loadBalancer:LoadBalancer", "n", { subnetMappings: [{ subnetId: "a" }, { subnetId: "a" }] }]],
    [["n", "subnetMappings"]],
  ],
  [
    "S3.2",
    "a public policy is harmless where public buckets are restricted",
    [
      bucket,
      ["aws:s3/bucketPolicy:BucketPolicy", "p", { bucket: "data", policy: policy(anybodyReads) }],
      ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "b", { bucket: "data", restrictPublicBuckets: true }],
    ],
    "passed",
  ],
  [
    "S3.2",
    "a list that lets in whoever has signed in, in an older type",
    [
      ["aws:s3/bucketV2:BucketV2", "data", {}, "data"],
      ["aws:s3/bucketAclV2:BucketAclV2", "list", { bucket: "data", acl: "authenticated-read" }],
    ],
    [["list", "acl"]],
  ],
  [
    "S3.3",
    "reading is not writing",
    [["aws:s3/bucket:Bucket", "data", { policy: policy(anybodyReads) }, "data"]],
    "passed",
  ],
  [
    "S3.5",
    "refused for the objects only",
    [
      ["aws:s3/bucket:Bucket", "data", {}, "arn:aws:s3:::data"],
      [
        "aws:s3/bucketPolicy:BucketPolicy",
        "p",
        { bucket: "arn:aws:s3:::data", policy: policy({ ...plainDeny, Resource: "arn:aws:s3:::data/*" }) },
      ],
    ],
    [["p", "policy"]],
  ],
  [
    "S3.8",
    "one switch is off",
    [
      bucket,
      [
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "b",
        { bucket: "data", blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true },
      ],
    ],
    [["b", "restrictPublicBuckets"]],
  ],
  ["S3.9", "inside the bucket", [["aws:s3/bucket:Bucket", "data", { logging: { targetBucket: "logs" } }]], "passed"],
  ["S3.12", "private is no access for others", [["aws:s3/bucket:Bucket", "data", { acl: "private" }]], "passed"],
  ["S3.13", "inside the bucket", [["aws:s3/bucket:Bucket", "data", { lifecycleRules: [{ enabled: true }] }]], "passed"],
  ["SQS.1", "a key of KMS", [["aws:sqs/queue:Queue", "q", { kmsMasterKeyId: "alias/aws/sqs" }]], "passed"],
  [
    "SQS.3",
    "in the queue's own policy",
    [["aws:sqs/queue:Queue", "q", { policy: policy({ Effect: "Allow", Principal: "*", Action: "sqs:*" }) }]],
    [["q", "policy.Statement[0].Principal"]],
  ],
];

const empty = { project: "any", stack: "dev", config: {}, resources: [], outputs: {} };

for (const [id, title, resources, expected] of cases) {
  test(`${id}: ${title}`, (t) => {
    const world = new World(empty);
    for (const [type, name, inputs, physical] of resources) {
      world.add(type, name, inputs, physical === undefined ? {} : { id: physical });
    }
    const [result] = world.evaluate({ controls: [controlNamed(id)], exceptions: [] });
    const found = result?.violations.map(({ name, path }) => [name, path]);
    if (typeof expected === "string") t.is(result?.status, expected, JSON.stringify(found));
    else t.deepEqual(found, expected as [string, string][]);
  });
}
