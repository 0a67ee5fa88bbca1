/** StartInstanceRefresh, CancelInstanceRefresh, RollbackInstanceRefresh, DescribeInstanceRefreshes: the emulator knows none of them. */
import type { DesiredConfiguration } from "@aws-sdk/client-auto-scaling";
import { type RefreshPreferences, RefreshRefusal } from "../../../scaling/refresh/preferences.ts";
import { isActive } from "../../../scaling/refresh/refresh.ts";
import { type Call, type Interceptor, pass } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { type QueryMap, type QueryValue, queryAnswer, queryInput, type XmlValue } from "../../gateway/query.ts";
import type { RefreshRecord } from "./refresh-records.ts";
import type { RefreshCalls } from "./refreshes.ts";

const asMap = (value: QueryValue | undefined): QueryMap =>
  typeof value === "object" && !Array.isArray(value) ? (value as QueryMap) : {};
const asList = (value: QueryValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.map((each) => String(each)) : [];
const asText = (value: QueryValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** NaN where it is no number: the preferences' own check names it. */
const asNumber = (value: QueryValue | undefined): number | undefined =>
  asText(value) === undefined ? undefined : Number(asText(value));

const invalid = (message: string) => new Refusal(400, "ValidationError", message);

function required(input: QueryMap, name: string): string {
  const value = asText(input[name]);
  if (value === undefined || value === "") throw invalid(`The request must contain the parameter ${name}.`);
  return value;
}

function preferencesOf(value: QueryValue | undefined): Partial<RefreshPreferences> {
  const given = asMap(value);
  const { Alarms: alarms } = asMap(given.AlarmSpecification);
  const texts = {
    scaleInProtectedInstances: asText(given.ScaleInProtectedInstances),
    standbyInstances: asText(given.StandbyInstances),
  } as Partial<RefreshPreferences>;
  return {
    ...texts,
    minHealthyPercentage: asNumber(given.MinHealthyPercentage),
    maxHealthyPercentage: asNumber(given.MaxHealthyPercentage),
    instanceWarmup: asNumber(given.InstanceWarmup),
    autoRollback: given.AutoRollback === undefined ? undefined : given.AutoRollback === "true",
    skipMatching: given.SkipMatching === undefined ? undefined : given.SkipMatching === "true",
    checkpointPercentages: given.CheckpointPercentages && asList(given.CheckpointPercentages).map(Number),
    checkpointDelay: asNumber(given.CheckpointDelay),
    bakeTime: asNumber(given.BakeTime),
    alarms: alarms && asList(alarms),
  } as Partial<RefreshPreferences>;
}

const iso = (time: number) => new Date(time).toISOString();

/** @see InstanceRefresh in the Auto Scaling API reference */
function refreshXml(refresh: RefreshRecord): XmlValue {
  const { preferences, rollback } = refresh;
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: refresh.groupName,
    Status: refresh.status,
    StatusReason: refresh.statusReason,
    StartTime: iso(refresh.startTime),
    EndTime: refresh.endTime === undefined ? undefined : iso(refresh.endTime),
    PercentageComplete: refresh.percentageComplete,
    InstancesToUpdate: refresh.instancesToUpdate,
    Strategy: "Rolling",
    Preferences: {
      MinHealthyPercentage: preferences.minHealthyPercentage,
      MaxHealthyPercentage: preferences.maxHealthyPercentage,
      InstanceWarmup: preferences.instanceWarmup,
      SkipMatching: preferences.skipMatching,
      AutoRollback: preferences.autoRollback,
      ScaleInProtectedInstances: preferences.scaleInProtectedInstances,
      StandbyInstances: preferences.standbyInstances,
      ...(preferences.checkpointPercentages.length === 0
        ? {}
        : { CheckpointPercentages: preferences.checkpointPercentages, CheckpointDelay: preferences.checkpointDelay }),
      BakeTime: preferences.bakeTime,
      ...(preferences.alarms.length === 0 ? {} : { AlarmSpecification: { Alarms: preferences.alarms } }),
    },
    DesiredConfiguration: refresh.desiredConfiguration as XmlValue | undefined,
    RollbackDetails: rollback && {
      RollbackReason: rollback.reason,
      RollbackStartTime: iso(rollback.startTime),
      PercentageCompleteOnRollback: rollback.percentageComplete,
      InstancesToUpdateOnRollback: rollback.instancesToUpdate,
    },
  };
}

/** AWS shows 50 unless told otherwise, and 100 at most; older ones are on no further page here. */
const shown = { usual: 50, most: 100 };

function described(refreshes: readonly RefreshRecord[], input: QueryMap): XmlValue {
  const ids = asList(input.InstanceRefreshIds);
  const found = refreshes.filter(({ id }) => ids.length === 0 || ids.includes(id));
  // Those in progress come first, each kind newest first.
  const sorted = [...found.filter(isActive), ...found.filter((each) => !isActive(each))];
  const count = Math.min(shown.most, asNumber(input.MaxRecords) || shown.usual);
  return { InstanceRefreshes: sorted.slice(0, count).map(refreshXml) };
}

/** What a refresh brings is not to be changed under its hands: AWS refuses it. The provider of declared resources does not pass here. */
export function unlessRefreshed(calls: () => RefreshCalls | undefined, inner: Interceptor = pass): Interceptor {
  return async (call, next) => {
    const { AutoScalingGroupName: name, LaunchTemplate, MixedInstancesPolicy } = queryInput(call.input);
    const refreshes = calls()?.list(asText(name)) ?? [];
    const busy = refreshes.some((each) => isActive(each) && each.desiredConfiguration !== undefined);
    if (busy && (LaunchTemplate !== undefined || MixedInstancesPolicy !== undefined)) {
      throw invalid(
        "An active instance refresh with a desired configuration exists. All configuration options derived from the desired " +
          "configuration are not available for update while the instance refresh is active.",
      );
    }
    return inner(call, next);
  };
}

/** By action, for the signing name `autoscaling`. @param calls answers `undefined` while nothing runs yet. */
export function refreshInterceptors(calls: () => RefreshCalls | undefined): Readonly<Record<string, Interceptor>> {
  function answering(how: (calls: RefreshCalls, groupName: string, input: QueryMap) => Promise<XmlValue>): Interceptor {
    return async ({ input: flat, action, requestId }: Call) => {
      const known = calls();
      if (known === undefined)
        throw new Refusal(503, "ServiceUnavailable", "No group runs on this machine yet; try again.");
      const input = queryInput(flat);
      try {
        return queryAnswer(
          "autoscaling",
          action,
          requestId,
          await how(known, required(input, "AutoScalingGroupName"), input),
        );
      } catch (error) {
        if (error instanceof RefreshRefusal) throw new Refusal(400, error.code, error.message);
        throw error;
      }
    };
  }
  return {
    StartInstanceRefresh: answering(async (known, groupName, input) => {
      const strategy = asText(input.Strategy) ?? "Rolling";
      if (strategy !== "Rolling") throw invalid(`Strategy is ${strategy}; this machine's Auto Scaling knows Rolling.`);
      const desired = input.DesiredConfiguration as DesiredConfiguration | undefined;
      const preferences = preferencesOf(input.Preferences);
      const request = { groupName, preferences, ...(desired === undefined ? {} : { desired }) };
      return { InstanceRefreshId: await known.start(request) };
    }),
    CancelInstanceRefresh: answering(async (known, groupName, input) => ({
      InstanceRefreshId: await known.cancel(groupName, input.WaitForTransitioningInstances !== "false"),
    })),
    RollbackInstanceRefresh: answering(async (known, groupName) => ({
      InstanceRefreshId: await known.rollback(groupName),
    })),
    DescribeInstanceRefreshes: answering(async (known, groupName, input) => described(known.list(groupName), input)),
  };
}
