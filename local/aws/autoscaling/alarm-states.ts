/** States of the alarms that an instance refresh names, as the emulator's CloudWatch tells them to anybody. */
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import type { AlarmStates } from "../../../scaling/refresh/refresh.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";

export class EmulatedAlarms {
  readonly #client: CloudWatchClient;

  constructor(emulator: Pick<Emulator, "endpoint" | "region">) {
    this.#client = new CloudWatchClient(administrator(emulator));
  }

  /** Of those that are there. */
  async states(names: readonly string[]): Promise<AlarmStates> {
    const found: Record<string, AlarmStates[string]> = {};
    if (names.length === 0) return found;
    const request = { AlarmNames: [...names], AlarmTypes: ["MetricAlarm" as const, "CompositeAlarm" as const] };
    for await (const page of paginateDescribeAlarms({ client: this.#client }, request)) {
      for (const { AlarmName = "", StateValue } of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found[AlarmName] = StateValue ?? "INSUFFICIENT_DATA";
      }
    }
    return found;
  }

  destroy(): void {
    this.#client.destroy();
  }
}
