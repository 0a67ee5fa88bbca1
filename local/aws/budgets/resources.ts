import {
  type Budget,
  BudgetsClient,
  CreateBudgetCommand,
  DeleteBudgetCommand,
  DescribeBudgetCommand,
  type NotificationWithSubscribers,
} from "@aws-sdk/client-budgets";
import { type Context, type Handlers, handler, ifThere, type State } from "../../resources/handler.ts";

interface BudgetInputs {
  readonly name: string;
  readonly budgetType: Budget["BudgetType"];
  readonly timeUnit: Budget["TimeUnit"];
  readonly limitAmount?: string;
  readonly limitUnit?: string;
  readonly costFilters?: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly notifications?: readonly {
    readonly comparisonOperator: "GREATER_THAN" | "LESS_THAN" | "EQUAL_TO";
    readonly notificationType: "ACTUAL" | "FORECASTED";
    readonly threshold: number;
    readonly thresholdType: "PERCENTAGE" | "ABSOLUTE_VALUE";
    readonly subscriberEmailAddresses?: readonly string[];
    readonly subscriberSnsTopicArns?: readonly string[];
  }[];
}

function budgetOf(inputs: BudgetInputs): Budget {
  const { name, budgetType, timeUnit, limitAmount, limitUnit = "USD", costFilters = [] } = inputs;
  return {
    BudgetName: name,
    BudgetType: budgetType,
    TimeUnit: timeUnit,
    ...(limitAmount === undefined ? {} : { BudgetLimit: { Amount: limitAmount, Unit: limitUnit } }),
    CostFilters: Object.fromEntries(costFilters.map((filter) => [filter.name, [...filter.values]])),
  };
}

function notificationsOf({ notifications = [] }: BudgetInputs): NotificationWithSubscribers[] {
  return notifications.map((each) => ({
    Notification: {
      ComparisonOperator: each.comparisonOperator,
      NotificationType: each.notificationType,
      Threshold: each.threshold,
      ThresholdType: each.thresholdType,
    },
    Subscribers: [
      ...(each.subscriberEmailAddresses ?? []).map((Address) => ({ SubscriptionType: "EMAIL" as const, Address })),
      ...(each.subscriberSnsTopicArns ?? []).map((Address) => ({ SubscriptionType: "SNS" as const, Address })),
    ],
  }));
}

/** The provider's id: account and name. */
function stateOf(name: string, { emulator: { accountId } }: Context): State {
  return {
    id: `${accountId}:${name}`,
    outputs: { name, accountId, arn: `arn:aws:budgets::${accountId}:budget/${name}` },
  };
}

const nameOf = (id: string) => id.slice(id.indexOf(":") + 1);

async function create(inputs: BudgetInputs, context: Context): Promise<State> {
  await context.client(BudgetsClient).send(
    new CreateBudgetCommand({
      AccountId: context.emulator.accountId,
      Budget: budgetOf(inputs),
      NotificationsWithSubscribers: notificationsOf(inputs),
    }),
  );
  return stateOf(inputs.name, context);
}

async function remove(name: string, { client, emulator }: Context): Promise<void> {
  const command = new DeleteBudgetCommand({ AccountId: emulator.accountId, BudgetName: name });
  await ifThere(client(BudgetsClient).send(command));
}

export const handlers: Handlers = {
  "aws:budgets/budget:Budget": handler<BudgetInputs>({
    create: (inputs, context) => create({ ...inputs, name: inputs.name ?? context.autoName }, context),
    async read({ id }, context) {
      const command = new DescribeBudgetCommand({ AccountId: context.emulator.accountId, BudgetName: nameOf(id) });
      const found = await ifThere(context.client(BudgetsClient).send(command));
      const limit = found?.Budget?.BudgetLimit;
      if (found?.Budget === undefined) return undefined;
      const state = stateOf(nameOf(id), context);
      return { id, outputs: { ...state.outputs, ...(limit === undefined ? {} : { limitAmount: limit.Amount }) } };
    },
    /** The emulator has no UpdateBudget. */
    async update({ id }, inputs, context) {
      await remove(nameOf(id), context);
      return create({ ...inputs, name: nameOf(id) }, context);
    },
    delete: ({ id }, context) => remove(nameOf(id), context),
  }),
};
