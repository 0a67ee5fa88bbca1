/** Amazon DynamoDB. */
import { control, each, isTrue, want } from "../control.ts";
import type { Declaration, DeclaredResource } from "../declaration.ts";

const table = "aws:dynamodb/table:Table";
const scalable = ["dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"];

/** Whether Application Auto Scaling moves both capacities of a table; `table/<name>` is how its targets name one. */
function isScaled(resource: DeclaredResource, declared: Declaration): boolean {
  const dimensions = declared
    .ofType("aws:appautoscaling/target:Target")
    .filter(({ properties }) => resource.identities.some((name) => properties.resourceId === `table/${name}`))
    .map(({ properties }) => properties.scalableDimension);
  return scalable.every((dimension) => dimensions.includes(dimension));
}

export const dynamoControls = [
  control({
    id: "DynamoDB.1",
    title: "DynamoDB tables should automatically scale capacity with demand",
    severity: "Medium",
    checks: "tables are on demand, or reads and writes are both targets of Application Auto Scaling",
    otherwise: "no table is declared",
    fix: "billingMode: PAY_PER_REQUEST; JobStore sets it, unless transform.table undoes it",
    examine: each(table, (resource, declared) =>
      want(
        resource,
        "billingMode",
        (mode) => mode === "PAY_PER_REQUEST" || isScaled(resource, declared),
        "PAY_PER_REQUEST, or scaled reads and writes",
      ),
    ),
  }),
  control({
    id: "DynamoDB.2",
    title: "DynamoDB tables should have point-in-time recovery enabled",
    severity: "Medium",
    checks: "tables have pointInTimeRecovery.enabled",
    otherwise: "no table is declared",
    fix: "pointInTimeRecovery: { enabled: true }; JobStore sets it, unless transform.table undoes it",
    examine: each(table, (resource) => want(resource, "pointInTimeRecovery.enabled", isTrue, "true")),
  }),
  control({
    id: "DynamoDB.6",
    title: "DynamoDB tables should have deletion protection enabled",
    severity: "Medium",
    checks: "tables have deletionProtectionEnabled",
    otherwise: "no table is declared",
    fix: "production: true for the JobStore (annofarm:production for the stack), or deletionProtectionEnabled: true",
    examine: each(table, (resource) => want(resource, "deletionProtectionEnabled", isTrue, "true")),
  }),
];
