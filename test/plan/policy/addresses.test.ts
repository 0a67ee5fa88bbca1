// Sets of addresses and of principals, and policies against a public evaluator.
import { runSimulation } from "@cloud-copilot/iam-simulate";
import test from "ava";
import fc from "fast-check";
import { isWide, rangeOf } from "../../../plan/policy/addresses.ts";
import { isPublic } from "../../../plan/policy/documents.ts";

for (const [ranges, wide] of [
  [["0.0.0.0/1", "128.0.0.0/1"], true],
  [["0.0.0.0/1"], true],
  [["52.0.0.0/6"], true],
  [["2000::/3"], true],
  [["2a00::/12"], true],
  [["52.0.0.0/8"], false],
  [["52.0.0.0/8", "52.1.0.0/16", "52.2.3.4"], false],
  [["52.0.0.0/8", "53.0.0.0/8"], true],
  [["192.0.2.0/24", "198.51.100.7"], false],
  [["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], false],
  [["10.0.0.0/7"], false],
  [["2001:db8::/32"], false],
  [["2001:db8::/31"], true],
  [["fc00::/7"], false],
  [["::/0"], true],
  [["anything"], true],
  [["1.2.3.4/33"], true],
  [[], false],
] as const) {
  test(`${wide ? "too wide" : "somebody's own"}: ${ranges.join(", ") || "nothing"}`, (t) => t.is(isWide(ranges), wide));
}

test("ranges, whatever their notation", (t) => {
  t.deepEqual(rangeOf("::ffff:1.2.3.4"), rangeOf("0:0:0:0:0:ffff:102:304"));
  t.deepEqual(rangeOf("10.1.2.3/8"), { family: 4, first: 10n << 24n, last: (11n << 24n) - 1n });
  t.is(rangeOf("1::/12")?.last, (0x10n << 112n) - 1n);
});

const accounts = ["111111111111", "222222222222"] as const;
const octet = fc.integer({ min: 0, max: 255 });
const cidr = fc
  .tuple(fc.tuple(octet, octet, octet, octet), fc.constantFrom(0, 1, 2, 6, 8, 16, 24, 32))
  .map(([parts, length]) => `${parts.join(".")}/${length}`);
const condition = fc.oneof(
  fc.record({ IpAddress: fc.record({ "aws:SourceIp": fc.array(cidr, { minLength: 1, maxLength: 4 }) }) }),
  fc.record({ NotIpAddress: fc.record({ "aws:SourceIp": fc.array(cidr, { minLength: 1, maxLength: 2 }) }) }),
  fc.record({ StringEquals: fc.record({ "aws:PrincipalAccount": fc.constantFrom(...accounts) }) }),
  fc.record({ StringNotEquals: fc.record({ "aws:PrincipalAccount": fc.constantFrom(...accounts) }) }),
  fc.record({ StringLike: fc.record({ "aws:PrincipalArn": fc.constantFrom("*", "arn:aws:iam::111111111111:*") }) }),
  fc.record({ Bool: fc.record({ "aws:SecureTransport": fc.constantFrom("true", "false") }) }),
);
const statement = fc.record({
  Effect: fc.constant("Allow"),
  Principal: fc.constantFrom<unknown>("*", { AWS: "*" }, { AWS: "arn:aws:iam::111111111111:root" }),
  Action: fc.constant("s3:GetObject"),
  Resource: fc.constant("arn:aws:s3:::bucket/*"),
  Condition: fc.oneof(fc.constant({}), condition),
});

/** Addresses far apart, of which no /8 holds two. */
const strangers = [3, 23, 45, 66, 87, 101, 133, 155, 178, 201].map((first) => `${first}.77.31.9`);
const stranger = { account: "999999999999", arn: "arn:aws:iam::999999999999:user/stranger" };

/** Whether a user of an account that nobody knows may read from an address. */
async function letsIn(policy: object, address: string): Promise<boolean> {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const document = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] });
  const peer = await runSimulation(
    {
      request: {
        principal: stranger.arn,
        action: "s3:GetObject",
        resource: { resource: "arn:aws:s3:::bucket/key", accountId: "123456789012" },
        contextVariables: {
          "aws:SourceIp": address,
          "aws:SecureTransport": "true",
          "aws:PrincipalAccount": stranger.account,
          "aws:PrincipalArn": stranger.arn,
        },
      },
      identityPolicies: [{ name: "all", policy: document(everything) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: document(policy),
    },
    {},
  );
  if (peer.resultType !== "single") throw new Error(`the peer found fault: ${JSON.stringify(peer)}`);
  return peer.overallResult === "Allowed";
}

test("a statement that lets strangers in from two ends of the Internet is public", async (t) => {
  let [open, closed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(statement, async (policy) => {
      const met = await Promise.all(strangers.map((address) => letsIn(policy, address)));
      const several = met.filter(Boolean).length >= 2;
      if (several) open += 1;
      else closed += 1;
      if (several) t.true(isPublic(policy), JSON.stringify(policy));
    }),
    { numRuns: 60 },
  );
  t.true(open > 0 && closed > 0, `${open} open, ${closed} closed`);
});
