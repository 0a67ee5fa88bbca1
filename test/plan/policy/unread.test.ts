// What is set and no control reads is told; what a control reads is not, and our own declaration has nothing of the kind.
import test from "ava";
import { controls } from "../../../plan/policy/controls.ts";
import { type Declaration, declarationOfPlan } from "../../../plan/policy/declaration.ts";
import { evaluate } from "../../../plan/policy/evaluate.ts";
import { knownInputs } from "../../../plan/policy/known-inputs.ts";
import { jsonOfResults, reportOf } from "../../../plan/policy/report.ts";
import { unreadOf } from "../../../plan/policy/unread.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { planned } from "../../support/planned.ts";
import { planOf } from "./world.ts";

const resource = (type: string, name: string, inputs: Record<string, unknown>): PlannedResource =>
  planned({ urn: `urn:${name}`, type, name, inputs });
const planWith = (...resources: PlannedResource[]): Plan => ({
  project: "farm",
  stack: "dev",
  config: {},
  outputs: {},
  resources,
});

const replicas = [{ regionName: "eu-west-1" }];
const declared = declarationOfPlan(
  planWith(
    resource("aws:dynamodb/table:Table", "jobs", { billingMode: "PAY_PER_REQUEST", replicas }),
    resource("aws:dynamodb/table:Table", "users", { billingMode: "PAY_PER_REQUEST", replicas }),
    resource("aws:alb/listenerRule:ListenerRule", "old", { priority: 1, transforms: [{ type: "url-rewrite" }] }),
    resource("aws:ec2/launchTemplate:LaunchTemplate", "host", {
      metadataOptions: { httpTokens: "optional", httpEndpoint: "disabled" },
      networkInterfaces: [{ associatePublicIpAddress: "false", associateCarrierIpAddress: "true" }],
    }),
    resource("aws:ec2/eip:Eip", "free", { anything: 1 }),
  ),
);

test("a property that may bear on a control and that none reads is told, by type, under whatever name", (t) => {
  const unread = unreadOf(declared);
  t.deepEqual(
    unread.map(({ type, path, resources }) => [type, path, resources.map(({ name }) => name)]),
    [
      ["aws:dynamodb/table:Table", "replicas", ["jobs", "users"]],
      ["aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpEndpoint", ["host"]],
      ["aws:ec2/launchTemplate:LaunchTemplate", "networkInterfaces[].associateCarrierIpAddress", ["host"]],
      ["aws:lb/listenerRule:ListenerRule", "transforms", ["old"]],
    ],
  );
  t.is(
    reportOf("farm dev", [], unread).split("\n\n").at(-1),
    `Not read, though it may bear on a control
  dynamodb Table
    replicas of jobs, users
  ec2 LaunchTemplate
    metadataOptions.httpEndpoint of host
    networkInterfaces[].associateCarrierIpAddress of host
  lb ListenerRule
    transforms of old
`,
  );
  t.deepEqual((JSON.parse(jsonOfResults("farm", "dev", [], unread)) as { unread: unknown }).unread, unread);
});

test("nothing is told of the stacks that are here", async (t) => {
  for (const [stack, config] of [
    ["dev", {}],
    ["dev", { production: "true", instances: "private", store: "vault", spot: "true" }],
    ["local", {}],
  ] as const) {
    t.deepEqual(unreadOf(declarationOfPlan(await planOf(stack, config))), [], stack);
  }
});

/** A declaration that notes of which types anything is asked. */
function noting(inner: Declaration): Declaration & { readonly types: ReadonlySet<string> } {
  const types = new Set<string>();
  const note = (...asked: readonly string[]) => void asked.map((type) => types.add(type));
  return {
    types,
    stackUrn: inner.stackUrn,
    ofType(...asked) {
      note(...asked);
      return inner.ofType(...asked);
    },
    naming(target, type, path) {
      note(type);
      return inner.naming(target, type, path);
    },
    refers: inner.refers,
    holds: inner.holds,
  };
}

test("each type that a control asks for has its line in the table", async (t) => {
  const watched = noting(declarationOfPlan(await planOf("dev")));
  evaluate(watched, { controls });
  t.true(watched.types.size > 25, [...watched.types].join(" "));
  // Of a volume nothing is read but that it is there.
  const missing = [...watched.types].filter((type) => !(type in knownInputs) && type !== "aws:ebs/volume:Volume");
  t.deepEqual(missing, []);
});
