import * as budgets from "@pulumi/aws/budgets/index.js";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { globalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form, range, rule } from "../base/validate.ts";

/** What may be spent, and whom AWS tells of it. */
export interface CourseBudgetArgs {
  /** USD a year, 1 to 1,000,000: what carries the tags may cost so much. A year, because a month would end in the middle of a course. */
  readonly usd: number;
  /** Tag → value: what the budget is for, such as `{ owner: "gas" }`. The account's owner activates the tag for cost allocation, once. */
  readonly tags: Readonly<Record<string, string>>;
  /** Addresses that AWS mails, 1 to 10. */
  readonly emails: readonly string[];
  /** Per cent of the budget at which AWS mails, 1 to 5 of them, each from 1 to 1000. @default 80 and 100 */
  readonly percents?: readonly number[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: { readonly budget?: Transform<budgets.BudgetArgs> };
}

const mailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * A budget that AWS itself watches: the second line behind a brake of one's own, for whoever forgets to run that. AWS's figures are up to
 * a day late, and it mails only. A budget without actions has no price.
 */
export class CourseBudget extends ComponentResource {
  /** Of the budget, within the account. */
  readonly budgetName: Output<string>;
  /** The raw resources. */
  readonly nodes: { readonly budget: budgets.Budget };

  constructor(name: string, args: CourseBudgetArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:CourseBudget", name, {}, opts);
    const { usd, tags, emails, percents = [80, 100] } = args;
    check(`CourseBudget ${name}`, [
      range("usd", usd, { min: 1, max: 1_000_000, unit: "USD", fraction: true }),
      rule(
        "tags",
        Object.keys(tags).length === 0,
        "is empty; give at least one tag, or the budget is for the account as a whole",
      ),
      rule("emails", emails.length < 1 || emails.length > 10, `has ${emails.length} addresses; give 1 to 10`),
      ...emails.map((email, index) => form(`emails[${index}]`, email, mailAddress, "a mail address")),
      rule("percents", percents.length < 1 || percents.length > 5, `has ${percents.length} figures; give 1 to 5`),
      ...percents.map((percent, index) =>
        range(`percents[${index}]`, percent, { min: 1, max: 1000, unit: "per cent", fraction: true }),
      ),
    ]);
    const budget = new budgets.Budget(
      ...transformed<budgets.BudgetArgs>(
        args.transform?.budget,
        name,
        {
          name: globalName("budget", name, this),
          budgetType: "COST",
          limitAmount: String(usd),
          limitUnit: "USD",
          timeUnit: "ANNUALLY",
          costFilters: [
            { name: "TagKeyValue", values: Object.entries(tags).map(([key, value]) => `user:${key}$${value}`) },
          ],
          notifications: percents.map((threshold) => ({
            comparisonOperator: "GREATER_THAN",
            notificationType: "ACTUAL",
            threshold,
            thresholdType: "PERCENTAGE",
            subscriberEmailAddresses: [...emails],
          })),
        },
        { parent: this },
      ),
    );
    this.budgetName = budget.name;
    this.nodes = { budget };
    this.registerOutputs({ budgetName: this.budgetName });
  }
}
