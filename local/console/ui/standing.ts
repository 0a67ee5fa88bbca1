/** What an alarm in ALARM means: a farm that scales is no trouble, and an idle farm at its least size has nothing left to do. */
import type { AlarmView, ConsoleView, GroupView } from "../view.ts";
import type { Tone } from "./parts.tsx";

export interface Standing {
  readonly tone: Tone;
  readonly words: string;
  /** Somebody should look. */
  readonly trouble: boolean;
}

const calm = (tone: Tone, words: string): Standing => ({ tone, words, trouble: false });

export function standingOf(
  view: Pick<ConsoleView, "groups" | "history">,
  { name, state }: Pick<AlarmView, "name" | "state">,
): Standing {
  if (state === "OK") return calm("good", "OK");
  if (state === "INSUFFICIENT_DATA") return calm("idle", "no data");
  const { group: groupName, scales } = view.history.alarms.find((each) => each.name === name) ?? {};
  const group = view.groups.find((each) => each.name === groupName);
  if (group === undefined || scales === undefined) return { tone: "bad", words: "ALARM", trouble: true };
  if (scales === "in") return group.desired > group.min ? calm("info", "scaling in") : calm("idle", "at minimum");
  if (group.desired < group.max) return calm("info", "scaling out");
  return { tone: "bad", words: "at maximum", trouble: true };
}

/** The alarm for which the group gives back what is added by hand; `undefined`: none. */
export function takesBack(view: Pick<ConsoleView, "alarms" | "history">, group: GroupView): AlarmView | undefined {
  const scaling = view.history.alarms.filter((each) => each.group === group.name && each.scales === "in");
  return view.alarms.find(({ name, state }) => state === "ALARM" && scaling.some((each) => each.name === name));
}
