import test from "ava";
import { ArgumentsError, CourseBudget } from "../../components/index.ts";
import { declare } from "./declare.ts";

test.serial("a budget over a year for what carries the tags, with a mail at each figure", async (t) => {
  const { inputs } = await declare(
    () =>
      new CourseBudget("gas26-budget", {
        usd: 40,
        tags: { owner: "gas26-saaaaaa" },
        emails: ["staff@example.org"],
        percents: [50, 100],
      }),
  );
  const notification = (threshold: number) => ({
    comparisonOperator: "GREATER_THAN",
    notificationType: "ACTUAL",
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: ["staff@example.org"],
  });
  t.deepEqual(inputs("aws:budgets/budget:Budget", "gas26-budget"), {
    name: "gas26-budget",
    budgetType: "COST",
    limitAmount: "40",
    limitUnit: "USD",
    timeUnit: "ANNUALLY",
    costFilters: [{ name: "TagKeyValue", values: ["user:owner$gas26-saaaaaa"] }],
    notifications: [notification(50), notification(100)],
  });
});

test.serial("everything that is wrong with it is told at once", async (t) => {
  const error = await t.throwsAsync(
    declare(() => new CourseBudget("b", { usd: 0, tags: {}, emails: ["nobody"], percents: [0, 1, 2, 3, 4, 5] })),
    { instanceOf: ArgumentsError },
  );
  for (const part of ["usd: 0", "tags: is empty", 'emails[0]: "nobody"', "percents: has 6 figures", "percents[0]: 0"]) {
    t.true(error?.message.includes(part), `${part} in ${error?.message}`);
  }
});
