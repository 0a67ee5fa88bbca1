// What `pulumi up` does when a setting of a live stack is edited, from each documented value to each other.
import test from "ava";
import { withPlans } from "../../plan/plan.ts";
import { allEdits, type Edits, editedDocument, readEdited, tableOf, withEdits } from "../support/settings/edits.ts";

let edits: readonly Edits[];
test.before(async () => {
  edits = await withPlans(allEdits);
});

/** What may be made anew, and what for; all else is changed in place, comes or goes. */
const anew: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  domain: { Certificate: "it is of its names", EmailIdentity: "it is of its domain" },
  mailFrom: { EmailIdentity: "it is of its address", Record: "it proves the identity's domain" },
  flowLogs: { FlowLog: "what it records cannot be changed" },
  existing: {
    SecurityGroup: "it is of its VPC",
    SecurityGroupEgressRule: "it is of its security group",
    SecurityGroupIngressRule: "it is of its security group",
    TargetGroup: "it is of its VPC",
  },
};

/** What holds data and comes or goes, and whose data they are. */
const withData: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  store: { Bucket: "archives of the one kind", Vault: "archives of the other" },
  existing: { Bucket: "access logs of the stack's own balancer" },
};

test("only what cannot be changed is made anew", (t) => {
  for (const { setting, replaced, everything } of edits) {
    if (everything) t.is(setting, "owner");
    else t.deepEqual([...replaced].sort(), Object.keys(anew[setting] ?? {}).sort(), setting);
  }
});

test("nothing is gone before it is made anew", (t) => {
  for (const { setting, deletedFirst } of edits) t.deepEqual([...deletedFirst], [], setting);
});

test("what holds data comes and goes for a reason, and is never made anew", (t) => {
  const data = ["Bucket", "Table", "Vault"];
  for (const { setting, replaced, comes, everything } of edits) {
    if (everything) continue;
    t.deepEqual(
      data.filter((type) => replaced.has(type)),
      [],
      setting,
    );
    t.deepEqual(
      data.filter((type) => comes.has(type)),
      Object.keys(withData[setting] ?? {}),
      setting,
    );
  }
});

test("zones and kinds of subnets change a network in place", (t) => {
  const { updated, replaced } = edits.find(({ setting }) => setting === "instances") ?? {};
  t.true(updated?.has("Vpc"));
  t.is(replaced?.size, 0);
});

test(`${editedDocument} says it: npm run docs:edits`, async (t) => {
  const document = await readEdited();
  t.is(document, withEdits(document, tableOf(edits)));
});
