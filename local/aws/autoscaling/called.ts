/**
 * Scaling that calls set up: groups, policies and alarms that came through the gateway are read as a program's declaration is, and
 * followed by the same engine. What the emulator forgets of them (a policy's ARN, whether it is enabled, a group's warm-up) stands here.
 */
import { randomUUID } from "node:crypto";
import { type CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import type { PlannedResource } from "../../../plan/types.ts";
import { type ScalingFinding, ScalingPlanError } from "../../../scaling/read/findings.ts";
import { readGroup } from "../../../scaling/read/groups.ts";
import { readPolicy } from "../../../scaling/read/policies.ts";
import { readScalingPlan } from "../../../scaling/read/read-scaling-plan.ts";
import type { ScalingPlan } from "../../../scaling/scaling-plan.ts";
import { type Answer, type Call, type Interceptor, pass, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { type QueryMap, queryAnswer, queryInput, type XmlValue } from "../../gateway/query.ts";
import type { Calls } from "../../gateway/service.ts";
import type { Emulator } from "../../types.ts";
import { alarmRequestProblem } from "../cloudwatch/alarm-request.ts";
import { alarmResource, groupResource, policyResource } from "./called-resources.ts";
import { groupRequestProblem } from "./group-request.ts";
import { hookRequestProblem } from "./hook-request.ts";
import { executionProblem, policyRequestProblem } from "./policy-request.ts";
import type { Scaler } from "./scaler.ts";

type Input = Readonly<Record<string, unknown>>;

interface Policy {
  readonly group: string;
  readonly name: string;
  readonly arn: string;
  readonly type: string;
  readonly input: QueryMap;
  readonly resource: PlannedResource;
}

export interface CalledOptions {
  readonly place: Pick<Emulator, "region" | "accountId">;
  /** The administrator's, past the gateway. */
  readonly cloudWatch: Pick<CloudWatchClient, "send">;
  readonly scaler: () => Pick<Scaler, "replan" | "execute" | "isCooling" | "alarmState">;
  /** Members that a group has now. */
  readonly members: (groupName: string) => Promise<number>;
  /** Gives a group a health check grace period of 0. */
  readonly withoutGrace: (groupName: string) => Promise<unknown>;
  /** Told of what the engine cannot follow: it stands in the emulator and does nothing. */
  readonly onProblem: (problem: string) => void;
}

/** By service, then action; `next` is what else there is to do about the call. */
export interface CalledScaling {
  readonly autoscaling: Calls;
  readonly monitoring: Calls;
}

const invalid = (message: string) => new Refusal(400, "ValidationError", message);

function refuse(findings: readonly ScalingFinding[]): void {
  const [first] = findings;
  if (first !== undefined) throw invalid(`${first.path}: ${first.problem}`);
}

/** A plan without what cannot be followed, however much that is. */
function planOf(resources: readonly PlannedResource[], onProblem: (problem: string) => void): ScalingPlan {
  try {
    return readScalingPlan({ resources }, { advice: false });
  } catch (error) {
    if (!(error instanceof ScalingPlanError)) throw error;
    onProblem(error.message);
    const wrong = new Set(error.findings.map(({ urn }) => urn));
    return planOf(
      resources.filter(({ urn }) => !wrong.has(urn)),
      onProblem,
    );
  }
}

/** Parameters of CloudWatch's calls, in whichever protocol they came. */
const inputOf = ({ protocol, input }: Call): Input => (protocol === "query" ? queryInput(input) : input);

const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The same call with other values of parameters that are plain texts. */
function withParameters(call: Call, parameters: QueryMap): Call {
  if (!Buffer.isBuffer(call.body)) return call;
  const form = new URLSearchParams(call.body.toString("utf8"));
  for (const [name, value] of Object.entries(parameters)) if (typeof value === "string") form.set(name, value);
  return { ...call, input: Object.fromEntries(form), body: Buffer.from(form.toString()) };
}

class Called {
  readonly #options: CalledOptions;
  readonly #groups = new Map<string, Input>();
  readonly #alarms = new Map<string, Input>();
  /** By group and name. */
  readonly #hooks = new Map<string, QueryMap>();
  #policies: readonly Policy[] = [];

  constructor(options: CalledOptions) {
    this.#options = options;
  }

  /** Has the engine follow what stands by now. @param tracked alarms of target tracking come or go with it. */
  async #changed(tracked = false): Promise<void> {
    const resources = [
      ...[...this.#groups.values()].map(groupResource),
      ...this.#policies.map(({ resource }) => resource),
      ...[...this.#alarms.values()].map(alarmResource),
    ];
    const problems = new Set<string>();
    const plan = planOf(resources, (problem) => problems.add(problem));
    for (const problem of problems) this.#options.onProblem(problem);
    await this.#options.scaler().replan(plan, !tracked);
  }

  /** Checked and kept. @param before what is known of the group. */
  readonly #group =
    (before: (name: string) => Input): Interceptor =>
    async (call, next) => {
      const input = queryInput(call.input);
      const name = textOf(input.AutoScalingGroupName);
      const given = { ...before(name), ...input };
      const findings: ScalingFinding[] = [];
      const problem = groupRequestProblem(given);
      if (problem !== undefined) throw invalid(problem);
      if (call.action === "CreateAutoScalingGroup") readGroup(groupResource(given), findings);
      refuse(findings);
      const answer = await next(call);
      if (answer.status !== 200) return answer;
      // The emulator takes 0, and nothing at all, for 300.
      const graceless = Number(input.HealthCheckGracePeriod ?? 0) === 0;
      if (call.action === "CreateAutoScalingGroup" && graceless) await this.#options.withoutGrace(name);
      this.#groups.set(name, given);
      await this.#changed();
      return answer;
    };

  readonly createGroup = this.#group(() => ({}));
  readonly updateGroup = this.#group((name) => this.#groups.get(name) ?? {});

  /** An update keeps what it does not name; the emulator would forget it. */
  readonly putHook: Interceptor = async (call, next) => {
    const input = queryInput(call.input);
    const group = textOf(input.AutoScalingGroupName);
    if (!this.#groups.has(group)) throw invalid(`Group ${group} not found`);
    const key = JSON.stringify([group, input.LifecycleHookName]);
    const given = { ...this.#hooks.get(key), ...input };
    const problem = hookRequestProblem(given);
    if (problem !== undefined) throw invalid(problem);
    const answer = await next(withParameters(call, given));
    if (answer.status === 200) this.#hooks.set(key, given);
    return answer;
  };

  readonly deleteHook: Interceptor = async (call, next) => {
    const { AutoScalingGroupName, LifecycleHookName } = call.input;
    this.#hooks.delete(JSON.stringify([AutoScalingGroupName, LifecycleHookName]));
    return next(call);
  };

  readonly deleteGroup: Interceptor = async (call, next) => {
    const name = textOf(call.input.AutoScalingGroupName);
    const forced = textOf(call.input.ForceDelete).toLowerCase() === "true";
    if (!forced && this.#groups.has(name) && (await this.#options.members(name)) > 0) {
      const text = "You cannot delete an AutoScalingGroup while there are instances still in the group.";
      throw new Refusal(400, "ResourceInUse", text);
    }
    const answer = await next(call);
    if (answer.status === 200 && this.#groups.delete(name)) {
      const tracked = this.#policies.some(({ group, type }) => group === name && type === "TargetTrackingScaling");
      this.#policies = this.#policies.filter(({ group }) => group !== name);
      await this.#changed(tracked);
    }
    return answer;
  };

  #policy(group: string, nameOrArn: string): Policy | undefined {
    return this.#policies.find(
      ({ group: own, name, arn }) => nameOrArn === arn || (nameOrArn === name && (group === "" || group === own)),
    );
  }

  /** What a target tracking policy has made. */
  #alarmsOf({ type, group, name, input }: Policy): XmlValue[] {
    if (type !== "TargetTrackingScaling") return [];
    const { DisableScaleIn } = input.TargetTrackingConfiguration as QueryMap;
    const { region, accountId } = this.#options.place;
    return (String(DisableScaleIn).toLowerCase() === "true" ? ["High"] : ["High", "Low"]).map((side) => {
      const AlarmName = `TargetTracking-${group}-${name}-Alarm${side}`;
      return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}` };
    });
  }

  readonly putPolicy: Interceptor = async (call) => {
    const input = queryInput(call.input);
    const [group, name] = [textOf(input.AutoScalingGroupName), textOf(input.PolicyName)];
    const problem = policyRequestProblem(input);
    if (problem !== undefined) throw invalid(problem);
    const known = this.#groups.get(group);
    if (known === undefined) throw invalid(`Group ${group} not found`);
    const { region, accountId } = this.#options.place;
    const old = this.#policy(group, name);
    const path = `autoScalingGroupName/${group}:policyName/${name}`;
    const arn = old?.arn ?? `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${randomUUID()}:${path}`;
    const type = textOf(input.PolicyType) || "SimpleScaling";
    const policy: Policy = { group, name, arn, type, input, resource: policyResource(input, arn) };
    const findings: ScalingFinding[] = [];
    readPolicy(
      policy.resource,
      (own) => (own === group ? readGroup(groupResource(known), []).group : undefined),
      findings,
    );
    refuse(findings);
    this.#policies = [...this.#policies.filter((each) => each !== old), policy];
    await this.#changed([type, old?.type].includes("TargetTrackingScaling"));
    return this.#answer(call, { PolicyARN: arn, Alarms: this.#alarmsOf(policy) });
  };

  readonly deletePolicy: Interceptor = async (call) => {
    const policy = this.#policy(textOf(call.input.AutoScalingGroupName), textOf(call.input.PolicyName));
    if (policy === undefined) throw invalid(`there is no policy ${textOf(call.input.PolicyName)}`);
    this.#policies = this.#policies.filter((each) => each !== policy);
    await this.#changed(policy.type === "TargetTrackingScaling");
    return this.#answer(call, {});
  };

  readonly describePolicies: Interceptor = async (call) => {
    const { AutoScalingGroupName: group, PolicyNames, PolicyTypes } = queryInput(call.input);
    const [names, types] = [namesOf(PolicyNames), namesOf(PolicyTypes)];
    const found = this.#policies.filter(
      (each) =>
        (group === undefined || each.group === group) &&
        (names.length === 0 || names.includes(each.name) || names.includes(each.arn)) &&
        (types.length === 0 || types.includes(each.type)),
    );
    const described = found.map(({ input, arn, type, ...policy }): XmlValue => {
      const { Action: _, Version: __, Enabled = "true", ...rest } = input;
      const aggregation = type === "StepScaling" ? { MetricAggregationType: "Average" } : {};
      const Alarms = this.#alarmsOf({ input, arn, type, ...policy });
      return { ...aggregation, ...(rest as object), Enabled, PolicyType: type, PolicyARN: arn, Alarms };
    });
    return this.#answer(call, { ScalingPolicies: described });
  };

  readonly executePolicy: Interceptor = async (call) => {
    const input = queryInput(call.input);
    const policy = this.#policy(textOf(input.AutoScalingGroupName), textOf(input.PolicyName));
    if (policy === undefined) throw invalid(`there is no policy ${textOf(input.PolicyName)}`);
    const problem = executionProblem(input, policy.type);
    if (problem !== undefined) throw invalid(problem);
    const honors = textOf(input.HonorCooldown).toLowerCase() === "true";
    const scaler = this.#options.scaler();
    if (honors && scaler.isCooling(policy.group)) {
      throw new Refusal(400, "ScalingActivityInProgress", `${policy.group} is in its cooldown, or in an activity`);
    }
    const distance = Number(input.MetricValue) - Number(input.BreachThreshold);
    try {
      await scaler.execute(policy.group, policy.name, policy.type === "StepScaling" ? distance : undefined);
    } catch (error) {
      if (error instanceof RangeError) throw invalid(error.message);
      throw error;
    }
    return this.#answer(call, {});
  };

  /** The emulator calls each alarm OK that is put; on AWS a new one has no state yet, and an old one keeps its own. */
  async #keepState(AlarmName: string, old: Input | undefined): Promise<void> {
    const StateValue = (old && this.#options.scaler().alarmState(AlarmName)) ?? "INSUFFICIENT_DATA";
    const StateReason = old === undefined ? "Unchecked: Initial alarm creation" : "Unchanged by the alarm's update";
    await this.#options.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  readonly putAlarm: Interceptor = async (call, next) => {
    const input = inputOf(call);
    const problem = alarmRequestProblem(input);
    if (problem !== undefined) throw invalid(problem);
    const name = String(input.AlarmName);
    const answer = await next(call);
    if (answer.status !== 200) return answer;
    const old = this.#alarms.get(name);
    this.#alarms.set(name, input);
    await this.#keepState(name, old);
    await this.#changed();
    return answer;
  };

  /** The emulator offers no composite alarms; what AWS would refuse of them is refused as AWS does. */
  readonly putComposite: Interceptor = async (call, next) => {
    const input = inputOf(call);
    const scales = ["AlarmActions", "OKActions", "InsufficientDataActions"].some((property) =>
      namesOf(input[property]).some((arn) => arn.includes(":scalingPolicy:")),
    );
    if (scales) throw invalid("a composite alarm cannot have Auto Scaling actions");
    return next(call);
  };

  readonly deleteAlarms: Interceptor = async (call, next) => {
    const answer = await next(call);
    if (answer.status !== 200) return answer;
    for (const name of namesOf(inputOf(call).AlarmNames)) this.#alarms.delete(name);
    await this.#changed();
    return answer;
  };

  /** The emulator has neither call: the alarm is put anew. */
  readonly enableActions =
    (ActionsEnabled: boolean): Interceptor =>
    async (call) => {
      for (const name of namesOf(inputOf(call).AlarmNames)) {
        const old = this.#alarms.get(name);
        if (old === undefined) continue;
        const input = { ...old, ActionsEnabled };
        this.#alarms.set(name, input);
        await this.#options.cloudWatch.send(new PutMetricAlarmCommand(input as never));
        await this.#keepState(name, old);
      }
      await this.#changed();
      if (call.protocol === "query") return queryAnswer("monitoring", call.action, call.requestId, {});
      return { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: Buffer.from("{}") };
    };

  #answer({ action, requestId }: Call, result: XmlValue): Answer {
    return queryAnswer("autoscaling", action, requestId, result);
  }
}

export function createCalledScaling(options: CalledOptions): CalledScaling {
  const called = new Called(options);
  return {
    autoscaling: {
      CreateAutoScalingGroup: called.createGroup,
      UpdateAutoScalingGroup: called.updateGroup,
      DeleteAutoScalingGroup: called.deleteGroup,
      PutLifecycleHook: called.putHook,
      DeleteLifecycleHook: called.deleteHook,
      PutScalingPolicy: called.putPolicy,
      DeletePolicy: called.deletePolicy,
      DescribePolicies: called.describePolicies,
      ExecutePolicy: called.executePolicy,
    },
    monitoring: {
      PutMetricAlarm: called.putAlarm,
      PutCompositeAlarm: called.putComposite,
      DeleteAlarms: called.deleteAlarms,
      EnableAlarmActions: called.enableActions(true),
      DisableAlarmActions: called.enableActions(false),
    },
  };
}

type CalledNow = () => CalledScaling | undefined;

/** Asks scaling that calls set up first, where there is such scaling. */
export const aroundCalled =
  (service: keyof CalledScaling, called: CalledNow): Interceptor =>
  (call, next) =>
    (called()?.[service][call.action] ?? pass)(call, next);

/** Refusals of what only a declaration can do, as long as calls cannot. */
export const unlessCalled = (refused: Calls, service: keyof CalledScaling, called: CalledNow): Calls =>
  Object.fromEntries(
    Object.entries(refused).map(([action, refuse]): [string, Interceptor] => [
      action,
      (call, next) => (called()?.[service][action] === undefined ? refuse(call, next) : next(call)),
    ]),
  );
