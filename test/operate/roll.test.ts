// What a roll is made of: the groups that a program declares with their alarms, and the words for how a refresh goes.
import type { InstanceRefresh } from "@aws-sdk/client-auto-scaling";
import test from "ava";
import { chosenGroups, declaredGroups } from "../../operate/roll/declared.ts";
import { configurationOf } from "../../operate/roll/deployed.ts";
import { isUnderWay, progressLine, versionOf } from "../../operate/roll/progress.ts";
import { projectPlan } from "./plans.ts";

test("each group of the project has its template and its own alarms; those that scale are none of them", async (t) => {
  const groups = declaredGroups(await projectPlan({ names: "owner", operatorEmail: "me@example.org", spot: "true" }));
  const told = groups.map(({ name, templateName, alarms }) => ({ name, templateName, alarms: [...alarms].sort() }));
  t.deepEqual(told, [
    {
      name: "gas-annotator",
      templateName: "gas-annotator",
      alarms: [
        "gas-annotator-express-dead-letters",
        "gas-annotator-refused-calls",
        "gas-annotator-requests-dead-letters",
      ],
    },
    { name: "gas-web", templateName: "gas-web", alarms: ["gas-web-failing", "gas-web-refused-calls"] },
    { name: "gas-utility", templateName: "gas-utility", alarms: ["gas-utility-refused-calls"] },
  ]);
  const [annotator, web] = groups;
  t.is(web?.mixed, undefined);
  t.like(annotator?.mixed, { distribution: { onDemandBaseCapacity: 1 }, overrides: [{ instanceType: "t4g.small" }] });
});

test("a group is chosen by its name or the end of it; a wrong one is told with those that there are", async (t) => {
  const groups = declaredGroups(await projectPlan({ names: "owner" }));
  const names = (...words: string[]) => chosenGroups(groups, words, "dev").map(({ name }) => name);
  t.deepEqual(names("web"), ["gas-web"]);
  t.deepEqual(names("gas-utility", "web").sort(), ["gas-utility", "gas-web"]);
  t.is(names().length, 3);
  t.throws(() => names("wep"), { message: /stack dev has no group wep; it has gas-annotator, gas-web, gas-utility/ });
  t.throws(() => chosenGroups([], [], "dev"), { message: /declares no Auto Scaling group/ });
});

const declared = { name: "gas-web", logicalName: "gas-web", templateName: "gas-web", alarms: [] };
const deployed = { ...declared, templateId: "lt-1", newest: "3", launches: "2", runs: [], asDeclared: true };

test("what is asked for names the template by its id and number, within a policy where capacity is mixed", (t) => {
  const plain = configurationOf({ ...deployed, mixed: undefined }, "3");
  t.deepEqual(plain, { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "3" } });
  const mixed = { distribution: { onDemandBaseCapacity: 1 }, overrides: [{ instanceType: "t4g.small" }] };
  t.deepEqual(configurationOf({ ...deployed, mixed }, "3"), {
    MixedInstancesPolicy: {
      InstancesDistribution: { OnDemandBaseCapacity: 1 },
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: "lt-1", Version: "3" },
        Overrides: [{ InstanceType: "t4g.small" }],
      },
    },
  });
});

const refresh = (of: Partial<InstanceRefresh>): InstanceRefresh => ({
  DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "3" } },
  PercentageComplete: 50,
  InstancesToUpdate: 1,
  ...of,
});

const lines: readonly (readonly [Partial<InstanceRefresh>, line: string, underWay: boolean])[] = [
  [{ Status: "Pending" }, "version 3 is about to be rolled out", true],
  [{ Status: "InProgress" }, "version 3: 50 % replaced, 1 to go", true],
  [{ Status: "InProgress", StatusReason: "Warming up." }, "version 3: 50 % replaced, 1 to go: Warming up.", true],
  [{ Status: "Baking" }, "version 3 runs everywhere; its alarms are listened to", true],
  [{ Status: "Successful" }, "done, runs version 3", false],
  [
    { Status: "RollbackInProgress", RollbackDetails: { RollbackReason: "It rang." } },
    "goes back from version 3, 50 % left: It rang.",
    true,
  ],
  [
    { Status: "RollbackSuccessful", RollbackDetails: { RollbackReason: "It rang." } },
    "went back from version 3: It rang.",
    false,
  ],
  [{ Status: "RollbackFailed", StatusReason: "No." }, "could not go back from version 3: No.", false],
  [{ Status: "Cancelling" }, "is being cancelled; what has begun comes to its end", true],
  [{ Status: "Cancelled" }, "cancelled: 50 % runs version 3, and stays so", false],
  [{ Status: "Failed", StatusReason: "An hour." }, "version 3 Failed: An hour.", false],
];
for (const [of, line, underWay] of lines) {
  test(`${of.Status}${of.StatusReason ? " with a reason" : ""} is told`, (t) => {
    t.is(progressLine(refresh(of)), line);
    t.is(isUnderWay(refresh(of)), underWay);
  });
}

test("the version of spot capacity stands in its policy", (t) => {
  const LaunchTemplateSpecification = { LaunchTemplateId: "lt-1", Version: "4" };
  const MixedInstancesPolicy = { LaunchTemplate: { LaunchTemplateSpecification } };
  t.is(versionOf({ DesiredConfiguration: { MixedInstancesPolicy } }), "4");
  t.is(versionOf({}), undefined);
});
