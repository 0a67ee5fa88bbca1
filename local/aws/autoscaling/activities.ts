/** Scaling activities with their causes, worded as Auto Scaling words them; the emulator keeps none. */
import { randomUUID } from "node:crypto";
import type { LocalClock } from "../../types.ts";

export interface Activity {
  readonly activityId: string;
  readonly groupName: string;
  readonly description: string;
  readonly cause: string;
  /** Local epoch milliseconds. */
  readonly startTime: number;
  readonly endTime?: number;
  readonly status: "InProgress" | "Successful" | "Failed";
  readonly statusMessage?: string;
}

/** AWS keeps six weeks; here the newest suffice. */
const keptMax = 500;

export function createActivities(clock: LocalClock, onActivity: (activity: Activity) => void = () => {}) {
  const activities: Activity[] = [];

  function replace(activityId: string, change: Partial<Activity>): void {
    const index = activities.findIndex((activity) => activity.activityId === activityId);
    const before = activities[index];
    if (before === undefined || before.status !== "InProgress") return;
    const after = { ...before, ...change };
    activities[index] = after;
    onActivity(after);
  }

  return {
    /** Records the begin; what is returned records the end. Each cause becomes a sentence with its time. */
    begin(groupName: string, description: string, ...causes: string[]) {
      const activityId = randomUUID();
      const startTime = clock.now();
      const time = new Date(startTime).toISOString().replace(/\.\d+/, "");
      const text = causes.map((cause) => `At ${time} ${cause}.`).join("  ");
      const activity = { activityId, groupName, description, cause: text, startTime, status: "InProgress" } as const;
      activities.push(activity);
      if (activities.length > keptMax) activities.shift();
      onActivity(activity);
      return {
        succeeded: () => replace(activityId, { status: "Successful", endTime: clock.now() }),
        failed: (statusMessage: string) =>
          replace(activityId, { status: "Failed", endTime: clock.now(), statusMessage }),
      };
    },
    /** Newest first, as DescribeScalingActivities lists them. */
    list: (groupName?: string): Activity[] =>
      activities.filter((activity) => groupName === undefined || activity.groupName === groupName).reverse(),
  };
}
