/** A group's instance maintenance policy: how many instances are healthy, and alive, while Auto Scaling replaces others. */
import type * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import { type MaybeMistake, range, rule } from "../base/validate.ts";

/**
 * Bounds in per cent of the desired capacity. With a greatest share above 100 % a replacement is launched before the old instance is
 * terminated. They hold for unhealthy instances, rebalanced zones and spot capacity, instances that have reached their greatest age, and
 * the refresh of `pulumi up`; a scale-in does not ask them.
 */
export interface MaintenanceArgs {
  /** Healthy at least, 0 to 100 %. */
  readonly minHealthyPercent: number;
  /** Alive at most, 100 to 200 %, and at most 100 % more than the least. */
  readonly maxHealthyPercent: number;
}

/** What AWS takes. */
export function maintenanceRules(maintenance: MaintenanceArgs | undefined): MaybeMistake[] {
  if (maintenance === undefined) return [];
  const { minHealthyPercent: min, maxHealthyPercent: max } = maintenance;
  const least = range("maintenance.minHealthyPercent", min, { min: 0, max: 100, unit: "percent" });
  const most = range("maintenance.maxHealthyPercent", max, { min: 100, max: 200, unit: "percent" });
  return [
    least,
    most,
    rule(
      "maintenance.maxHealthyPercent",
      !least && !most && max - min > 100,
      `${max} is more than 100 above minHealthyPercent, ${min}; give ${min + 100} at most`,
    ),
  ];
}

/** As a refresh is told. */
export const maintenanceRefresh = ({ minHealthyPercent, maxHealthyPercent }: MaintenanceArgs) => ({
  minHealthyPercentage: minHealthyPercent,
  maxHealthyPercentage: maxHealthyPercent,
});

/** As the group declares it. */
export const maintenanceInputs = (
  maintenance: MaintenanceArgs,
): NonNullable<autoscaling.GroupArgs["instanceMaintenancePolicy"]> => maintenanceRefresh(maintenance);
