/** Every kind of resource that the program, or AWS on its behalf, can make. */
import type { Lister } from "../lister.ts";
import { scalingGroups, scheduledActions } from "./autoscaling.ts";
import { balancers, listenerRules, listeners, targetGroups } from "./balancing.ts";
import { budgets } from "./budgets.ts";
import { certificates } from "./certificates.ts";
import { records, zones } from "./dns.ts";
import { instanceProfiles, policies, roles } from "./iam.ts";
import { addresses, instances, launchTemplates, networkInterfaces, snapshots, volumes } from "./machines.ts";
import { mailIdentities } from "./mail.ts";
import { queues, subscriptions, topics } from "./messages.ts";
import {
  flowLogs,
  internetGateways,
  natGateways,
  routeTables,
  securityGroupRules,
  securityGroups,
  subnets,
  vpcEndpoints,
  vpcs,
} from "./network.ts";
import { parameters } from "./parameters.ts";
import { buckets } from "./storage.ts";
import { backups, tables } from "./tables.ts";
import { vaults } from "./vaults.ts";
import { alarms, dashboards, eventRules, logGroups } from "./watching.ts";

/** In the order of removal: what uses something stands before it. */
export const listers: readonly Lister[] = [
  budgets,
  scheduledActions,
  scalingGroups,
  alarms,
  dashboards,
  eventRules,
  subscriptions,
  listenerRules,
  listeners,
  balancers,
  targetGroups,
  instances,
  launchTemplates,
  flowLogs,
  vpcEndpoints,
  natGateways,
  networkInterfaces,
  addresses,
  volumes,
  snapshots,
  securityGroupRules,
  securityGroups,
  subnets,
  routeTables,
  internetGateways,
  vpcs,
  records,
  zones,
  certificates,
  mailIdentities,
  queues,
  topics,
  logGroups,
  parameters,
  buckets,
  tables,
  backups,
  vaults,
  instanceProfiles,
  roles,
  policies,
];

/** The kind whose resources say which host names are an account's own. */
export const zoneKind = zones.kind;
