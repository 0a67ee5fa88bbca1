// What a class shares: as many balancers as it says, a boundary that fits into a policy, and mistakes told together.
import test from "ava";
import { ArgumentsError, CourseShared, type CourseSharedArgs } from "../../components/index.ts";
import { declare } from "./declare.ts";

const shared = (args: CourseSharedArgs) => declare(() => new CourseShared("gas26-shared", args));
const hosts = { "gas26-sabcdef": 0, "gas26-sghjkmn": 1 };

test.serial("without a word only the boundary is shared, within the size that IAM takes", async (t) => {
  const { resources, inputs } = await shared({
    domain: "example.org",
    mailFrom: ["gas@example.net"],
    createIdentities: false,
  });
  t.deepEqual(
    resources.filter(({ type }) => type.startsWith("aws")).map(({ type }) => type),
    ["aws:iam/policy:Policy"],
  );
  const policy = String(inputs("aws:iam/policy:Policy", "gas26-shared-boundary").policy);
  t.true(policy.replace(/\s/g, "").length < 6144);
  t.true(policy.includes(`"*@\${aws:PrincipalTag/owner}.example.org","gas@example.net"`));
});

test.serial(
  "balancers stand in the shared network, under one wildcard certificate, and reach web instances only",
  async (t) => {
    const { inputs, names } = await shared({
      network: { instances: "private" },
      balancers: { domain: "example.org", count: 2, hosts },
    });
    const listeners = names("aws:lb/listener:Listener").filter((name) => name.endsWith("https"));
    t.deepEqual(listeners, ["gas26-shared-0-https", "gas26-shared-1-https"]);
    for (const name of listeners) {
      const { defaultActions, certificateArn } = inputs("aws:lb/listener:Listener", name);
      t.like(defaultActions as object[], [{ type: "fixed-response", fixedResponse: { statusCode: "404" } }]);
      t.regex(String(certificateArn), /:certificate\//);
    }
    const { aliases } = inputs("aws:route53/record:Record", "gas26-shared-gas26-sghjkmn");
    t.regex(String((aliases as { name: string }[])[0]?.name), /^gas26-shared-1-/);
    t.like(inputs("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "gas26-shared-balancer"), {
      cidrIpv4: "10.0.0.0/16",
      fromPort: 8080,
      toPort: 8080,
    });
    t.like(inputs("awsx:ec2:Vpc", "gas26-shared"), { natGateways: { strategy: "Single" } });
  },
);

test.serial("the shared network has zones by name and interface endpoints, where the class says so", async (t) => {
  const zoneNames = ["us-east-1a", "us-east-1c"];
  const { inputs, names } = await shared({ network: { zoneNames, endpoints: "interface" } });
  t.deepEqual(inputs("awsx:ec2:Vpc", "gas26-shared").availabilityZoneNames, zoneNames);
  t.true(names("aws:ec2/vpcEndpoint:VpcEndpoint").length > 2);
});

test.serial("mistakes are told together", async (t) => {
  let mistakes: readonly { path: string }[] = [];
  await declare(() => {
    try {
      new CourseShared("gas26-shared", {
        mailFrom: ["*@example.org"],
        network: { zones: 2, zoneNames: ["us-east-1-bos-1a", "us-east-1b"] },
        balancers: { domain: "example", count: 1, hosts },
      });
    } catch (error) {
      if (!(error instanceof ArgumentsError)) throw error;
      mistakes = error.mistakes;
    }
  });
  t.deepEqual(
    mistakes.map(({ path }) => path),
    ["mailFrom[0]", "network.zoneNames", "network.zoneNames[0]", "balancers.domain", "balancers.hosts.gas26-sghjkmn"],
  );
});
