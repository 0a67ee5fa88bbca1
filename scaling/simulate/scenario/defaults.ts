/** What `annofarm simulate web` and `annofarm simulate annotator` run without a file. */
import type * as z from "zod";
import type { scenarioSchema } from "./schema.ts";

export const defaultScenarios: Readonly<Record<"web" | "annotator", z.input<typeof scenarioSchema>>> = {
  web: {
    title: "A class comes and goes: 1 to 60 requests a second and back, then a quiet hour",
    farm: "web",
    duration: "2 h",
    load: {
      kind: "arrivals",
      from: "1/s",
      stages: [
        { for: "10 min", to: "1/s" },
        { for: "10 min", to: "60/s" },
        { for: "30 min", to: "60/s" },
        { for: "10 min", to: "0.2/s" },
        { for: "60 min", to: "0.2/s" },
      ],
    },
  },
  annotator: {
    title: "An hour of submissions, 4 jobs a minute, between quiet times",
    farm: "annotator",
    duration: "3 h",
    load: {
      kind: "arrivals",
      from: "0.2/min",
      stages: [
        { for: "15 min", to: "0.2/min" },
        { for: "0 s", to: "4/min" },
        { for: "60 min", to: "4/min" },
        { for: "0 s", to: "0.1/min" },
        { for: "105 min", to: "0.1/min" },
      ],
    },
  },
};
