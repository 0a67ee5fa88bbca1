/** Budgets of AWS's own: of the account, by name. */
import { BudgetsClient, DeleteBudgetCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import { cli, type Lister, onPages } from "../lister.ts";

export const budgets: Lister = {
  kind: "AWS budget",
  service: "budgets",
  scope: "global",
  arns: ["budgets:budget/"],
  async *list({ client, accountId, arn }) {
    const service = client(BudgetsClient);
    const all = onPages(paginateDescribeBudgets({ client: service }, { AccountId: accountId }), (page) => page.Budgets);
    for await (const { BudgetName = "" } of all) {
      yield {
        id: BudgetName,
        names: [BudgetName],
        arn: arn("budgets", `budget/${BudgetName}`, ""),
        command: cli("budgets delete-budget", { "account-id": accountId, "budget-name": BudgetName }),
        async remove() {
          await service.send(new DeleteBudgetCommand({ AccountId: accountId, BudgetName }));
        },
      };
    }
  },
};
