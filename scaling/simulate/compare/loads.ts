/** Loads that policies are compared under, unless a scenario file brings its own. */
import type * as z from "zod";
import type { scenarioSchema } from "../scenario/schema.ts";

type ScenarioInput = z.input<typeof scenarioSchema>;
type Stage = { readonly for: string; readonly to: string };

export const loadNames = ["class", "ramp", "spike", "quiet"] as const;
export type LoadName = (typeof loadNames)[number];
export const isLoadName = (text: string): text is LoadName => (loadNames as readonly string[]).includes(text);

const level = (to: string, length: string): Stage => ({ for: length, to });
const jump = (to: string, length: string): Stage[] => [level(to, "0 s"), level(to, length)];

function scenario(
  farm: ScenarioInput["farm"],
  title: string,
  duration: string,
  from: string,
  stages: Stage[],
): ScenarioInput {
  return { title, farm, duration, load: { kind: "arrivals", from, stages } };
}

/** Up and down within what the least size carries, an hour long. */
const waves = (low: string, high: string): Stage[] =>
  Array.from({ length: 6 }, (_, n) => level(n % 2 === 0 ? high : low, "30 min"));

/** By farm: an instance of the simulation gets through 40 requests a second, or a job a minute. */
export const loads: Readonly<Record<ScenarioInput["farm"], Readonly<Record<LoadName, ScenarioInput>>>> = {
  web: {
    class: scenario("web", "A class arrives within two minutes: 1 to 240 requests a second", "2 h 20 min", "1/s", [
      level("1/s", "20 min"),
      level("240/s", "2 min"),
      level("240/s", "45 min"),
      level("0.5/s", "3 min"),
      level("0.5/s", "70 min"),
    ]),
    ramp: scenario("web", "A slow hour up to 280 requests a second, and one down", "2 h 40 min", "20/s", [
      level("280/s", "60 min"),
      level("20/s", "60 min"),
      level("20/s", "40 min"),
    ]),
    spike: scenario("web", "Five minutes of 200 requests a second out of 10", "1 h 25 min", "10/s", [
      level("10/s", "20 min"),
      ...jump("200/s", "5 min"),
      ...jump("10/s", "60 min"),
    ]),
    quiet: scenario("web", "A quiet day: 5 to 30 requests a second", "3 h", "5/s", waves("5/s", "30/s")),
  },
  annotator: {
    class: scenario("annotator", "A class submits: 6 jobs a minute within two minutes", "2 h 20 min", "0.2/min", [
      level("0.2/min", "20 min"),
      level("6/min", "2 min"),
      level("6/min", "45 min"),
      level("0.1/min", "3 min"),
      level("0.1/min", "70 min"),
    ]),
    ramp: scenario("annotator", "A slow hour up to 8 jobs a minute, and one down", "2 h 40 min", "0.5/min", [
      level("8/min", "60 min"),
      level("0.5/min", "60 min"),
      level("0.5/min", "40 min"),
    ]),
    spike: scenario("annotator", "Three minutes of 15 jobs a minute", "1 h 23 min", "0.3/min", [
      level("0.3/min", "20 min"),
      ...jump("15/min", "3 min"),
      ...jump("0.3/min", "60 min"),
    ]),
    quiet: scenario("annotator", "A quiet day: a job every five to every one minute", "3 h", "0.2/min", [
      ...waves("0.2/min", "1/min"),
    ]),
  },
};
