/** The default event bus: what AWS's services tell it goes to the topics of the rules that it matches. */
import { randomUUID } from "node:crypto";
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand, type Rule } from "@aws-sdk/client-eventbridge";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import { createServicePublisher } from "../sns/publish.ts";
import { matches, readPattern } from "./pattern.ts";

/** What a service tells. */
export interface ServiceEvent {
  readonly "detail-type": string;
  /** `aws.autoscaling` */
  readonly source: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventBus {
  put(event: ServiceEvent): Promise<void>;
  destroy(): void;
}

export function createEventBus(
  emulator: Pick<Emulator, "endpoint" | "region" | "accountId">,
  onError: (error: unknown) => void,
): EventBus {
  const config = administrator(emulator);
  const rules = new EventBridgeClient(config);
  const topics = createServicePublisher(emulator, "events.amazonaws.com");

  async function* allRules(): AsyncGenerator<Rule> {
    let NextToken: string | undefined;
    do {
      const page = await rules.send(new ListRulesCommand({ NextToken }));
      yield* page.Rules ?? [];
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }

  async function deliver(event: Readonly<Record<string, unknown>>): Promise<void> {
    const text = JSON.stringify(event);
    for await (const { Name, Arn: from = "", EventPattern, State } of allRules()) {
      if (State !== "ENABLED" || EventPattern === undefined || !matches(readPattern(EventPattern), event)) continue;
      const { Targets = [] } = await rules.send(new ListTargetsByRuleCommand({ Rule: Name }));
      for (const { Arn: topicArn = "" } of Targets) await topics.publish({ from, topicArn, text });
    }
  }

  return {
    async put({ at, ...told }) {
      const { accountId: account, region } = emulator;
      const time = new Date(at).toISOString().replace(/\.\d+/, "");
      try {
        await deliver({ version: "0", id: randomUUID(), ...told, account, time, region });
      } catch (error) {
        onError(error);
      }
    },
    destroy() {
      rules.destroy();
      topics.destroy();
    },
  };
}
