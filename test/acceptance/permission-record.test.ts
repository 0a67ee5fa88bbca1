// The judge of the demo's permissions, judged.
import test from "ava";
import { judge, together } from "../support/permission-record.ts";

const permission = (action: string, calls: number, role = "worker") => ({
  role,
  policy: "service",
  statement: "Jobs",
  action,
  resource: "arn:jobs",
  calls,
});
const excuse = (...actions: string[]) => ({ roles: ["worker"], statement: "Jobs", actions, why: "rarely" });

test("used in one run is used; unused is surplus unless excused; a used excuse and an empty one are faults", (t) => {
  const record = together([
    [permission("a:Used", 2), permission("a:Unused", 0), permission("a:Rare", 0), permission("a:Chance", 0)],
    [permission("a:Used", 0), permission("a:Unused", 0), permission("a:Rare", 0), permission("a:Chance", 1)],
  ]);
  t.is(record.find(({ action }) => action === "a:Used")?.calls, 2);
  const byChance = { ...excuse("a:Chance"), byChance: true as const };
  t.deepEqual(judge(record, [excuse("a:Rare"), byChance]), {
    surplus: ["worker Jobs: a:Unused on arn:jobs"],
    used: [],
    unknown: [],
  });
  t.deepEqual(judge(record, [excuse("a:Rare", "a:Unused", "a:Used", "a:Never")]), {
    surplus: [],
    used: ["worker Jobs: a:Used on arn:jobs"],
    unknown: ["worker Jobs: a:Never"],
  });
  t.deepEqual(judge([permission("a:Rare", 0, "other")], []).surplus, ["other Jobs: a:Rare on arn:jobs"]);
});
