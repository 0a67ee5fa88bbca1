// Policies as IAM reads them, and how resources belong together.
import test from "ava";
import { at, canonicalType, type DeclaredResource, declarationOf, ifKnown } from "../../../plan/policy/declaration.ts";
import { covers, isPublic, refusesPlainText, statementsOf, takesIn } from "../../../plan/policy/documents.ts";

const allowing = (more: object) => ({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more });

for (const [title, statement, expected] of [
  ["everybody", { Principal: "*" }, true],
  ["everybody as AWS", { Principal: { AWS: ["arn:aws:iam::1:root", "*"] } }, true],
  ["everybody but one", { NotPrincipal: { AWS: "arn:aws:iam::1:root" } }, true],
  ["an account", { Principal: { AWS: "arn:aws:iam::1:root" } }, false],
  ["a service", { Principal: { Service: "s3.amazonaws.com" } }, false],
  ["everybody of an account", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "1" } } }, false],
  ["everybody by a wildcard", { Principal: "*", Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } } }, true],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's notation of a variable
  ["everybody by a variable", { Principal: "*", Condition: { StringLike: { "aws:userid": "${aws:userid}" } } }, true],
  ["a network", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }, false],
  ["the Internet", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }, true],
  [
    "the Internet in halves",
    { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } },
    true,
  ],
  ["half of IPv6", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "2000::/3" } } }, true],
  ["four /8 of a cloud", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "52.0.0.0/6" } } }, true],
  [
    "delegation to access points of an account",
    { Principal: "*", Condition: { StringEquals: { "s3:DataAccessPointAccount": "123456789012" } } },
    false,
  ],
  [
    "delegation to any access point of an account",
    {
      Principal: "*",
      Condition: { ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:us-east-1:123456789012:accesspoint/*" } },
    },
    false,
  ],
  [
    "delegation to anybody's access points",
    { Principal: "*", Condition: { ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:us-east-1:*:accesspoint/*" } } },
    true,
  ],
  [
    "private addresses, which any network may have",
    { Principal: "*", Condition: { IpAddress: { "aws:VpcSourceIp": "10.0.0.0/8" } } },
    true,
  ],
  ["everybody as any service", { Principal: { Service: "*" } }, true],
  ["everybody over TLS", { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }, true],
  ["all but one account", { Principal: "*", Condition: { StringNotEquals: { "aws:SourceAccount": "1" } } }, true],
] as const) {
  test(`public or not: ${title}`, (t) => t.is(isPublic(allowing(statement)), expected));
}

test("a denial is never public", (t) => t.false(isPublic({ Effect: "Deny", Principal: "*", Action: "*" })));

test("actions and resources with wildcards, in any case", (t) => {
  const reads = ["s3:GetObject", "s3:ListBucket"];
  for (const Action of ["*", "S3:*", "s3:Get*", ["s3:PutObject", "s3:listbucket"], "s3:GetObjec?"]) {
    t.true(takesIn({ Action }, reads), String(Action));
  }
  t.false(takesIn({ Action: ["s3:PutObject", "s3:GetObjectTagging"] }, reads));
  t.true(takesIn({ NotAction: "s3:DeleteObject" }, reads));
  t.true(covers({ Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] }, "arn:aws:s3:::b/a/key"));
  t.false(covers({ Resource: "arn:aws:s3:::b.c" }, "arn:aws:s3:::bxc"));
});

test("plain text is refused only when everybody is and nothing else is asked", (t) => {
  const refusal = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };
  const Bool = { "aws:SecureTransport": "false" };
  t.true(refusesPlainText({ ...refusal, Condition: { Bool } }));
  t.false(refusesPlainText({ ...refusal, Condition: { Bool: { "aws:SecureTransport": "true" } } }));
  t.false(refusesPlainText({ ...refusal, Condition: { Bool, StringEquals: { "aws:SourceAccount": "1" } } }));
  t.false(refusesPlainText({ ...refusal, Principal: { AWS: "arn:aws:iam::1:root" }, Condition: { Bool } }));
});

test("what is no policy has no statements; one statement need not be in a list", (t) => {
  t.deepEqual(statementsOf(undefined), []);
  t.deepEqual(statementsOf("not JSON"), []);
  t.deepEqual(statementsOf('{"Statement":{"Effect":"Allow"}}'), [{ Effect: "Allow" }]);
});

test("older names of types", (t) => {
  t.is(canonicalType("aws:alb/listener:Listener"), "aws:lb/listener:Listener");
  t.is(canonicalType("aws:s3/bucketV2:BucketV2"), "aws:s3/bucket:Bucket");
  t.is(canonicalType("aws:s3/bucketLoggingV2:BucketLoggingV2"), "aws:s3/bucketLogging:BucketLogging");
  t.is(canonicalType("aws:s3/bucketObjectv2:BucketObjectv2"), "aws:s3/bucketObjectv2:BucketObjectv2");
});

const resource = (name: string, more: Partial<DeclaredResource> = {}): DeclaredResource => ({
  urn: `urn:${name}`,
  type: "t:t:T",
  name,
  parent: undefined,
  properties: {},
  identities: [],
  references: {},
  ...more,
});

test("a relation is told by value, or by where the value came from", (t) => {
  const inner = resource("inner", { parent: "urn:outer", identities: ["vpc-1"] });
  const byValue = resource("by-value", { properties: { nested: [{ vpcId: "vpc-1" }] } });
  const byOrigin = resource("by-origin", { references: { vpcId: ["urn:inner"] } });
  const byComponent = resource("by-component", { references: { vpcId: ["urn:outer"] } });
  const unknown = new Proxy(
    {},
    {
      get: () => {
        throw new Error("not known yet");
      },
    },
  );
  const byNothing = resource("by-nothing", { properties: unknown, references: { vpcId: ["urn:by-value"] } });
  const declared = declarationOf("urn:stack", [resource("outer"), inner, byValue, byOrigin, byComponent, byNothing]);
  t.true(declared.refers(byValue, "nested", inner));
  t.false(declared.refers(byValue, "other", inner));
  for (const one of [byOrigin, byComponent]) t.true(declared.refers(one, "vpcId", inner));
  t.false(declared.refers(byNothing, "vpcId", inner));
  t.true(declared.holds(resource("outer"), "t:t:T"));
  t.false(declared.holds(inner, "t:t:T"));
});

test("paths", (t) => {
  const value = { a: [{ b: { c: 1 } }] };
  t.is(at(value, "a[0].b.c"), 1);
  t.is(at(value, "a[1].b.c"), undefined);
  t.is(at(undefined, "a"), undefined);
  t.is(
    ifKnown(() => {
      throw new Error("unknown");
    }),
    undefined,
  );
});
