// What a ringing alarm means: a farm that scales, or has nothing left to give back, is no trouble.
import test from "ava";
import { standingOf, takesBack } from "../../../local/console/ui/standing.ts";
import type { ConsoleView } from "../../../local/console/view.ts";
import { view as fixture } from "./fixture.ts";

const [web] = fixture.groups;
const scaleIn = { name: "gas-local-web-scale-in", state: "ALARM" } as const;
const scaleOut = { name: "gas-local-web-scale-out", state: "ALARM" } as const;
const sized = (desired: number): Pick<ConsoleView, "groups" | "history"> => ({
  history: fixture.history,
  groups: fixture.groups.map((group) => (group.name === web?.name ? { ...group, min: 2, desired, max: 8 } : group)),
});

test("an alarm that waits at the group's floor, or scales, is no trouble; one at its ceiling is", (t) => {
  t.deepEqual(standingOf(sized(2), scaleIn), { tone: "idle", words: "at minimum", trouble: false });
  t.deepEqual(standingOf(sized(3), scaleIn), { tone: "info", words: "scaling in", trouble: false });
  t.deepEqual(standingOf(sized(3), scaleOut), { tone: "info", words: "scaling out", trouble: false });
  t.deepEqual(standingOf(sized(8), scaleOut), { tone: "bad", words: "at maximum", trouble: true });
});

test("an alarm that sets off no policy is trouble whenever it rings", (t) => {
  const letters = { name: "gas-local-job-requests-dlq-depth", state: "ALARM" } as const;
  t.deepEqual(standingOf(sized(2), letters), { tone: "bad", words: "ALARM", trouble: true });
  t.false(standingOf(sized(2), { ...letters, state: "OK" }).trouble);
});

test("what is added by hand is taken back only while an alarm asks to scale in", (t) => {
  if (web === undefined) throw new Error("the fixture has no group");
  const ring = (state: "OK" | "ALARM") => ({
    history: fixture.history,
    alarms: fixture.alarms.map((alarm) => (alarm.name === scaleIn.name ? { ...alarm, state } : alarm)),
  });
  t.is(takesBack(ring("ALARM"), web)?.name, scaleIn.name);
  t.is(takesBack(ring("OK"), web), undefined);
});
