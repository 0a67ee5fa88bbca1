/** A farm under load: it grows within its bounds by its own policy, and shrinks again. */
import * as z from "zod";
import { check, type Part, part } from "./check.ts";

const bound = z.number("a number of instances").int("a whole number").min(1, "1 or more").max(100, "100 or less");

export const scales = check({
  about:
    "Under k6 the group grows to a wanted size by a policy of its own, stays within its bounds, and shrinks again; no job is lost.",
  needs: ["load"],
  parameters: z.strictObject({
    /** Part of the group's name. */
    group: z.enum(["web", "annotator"], "web or annotator"),
    scenario: z.enum(["web", "spike", "annotator"], "web, spike or annotator"),
    parameters: z
      .record(z.string().regex(/^[A-Z]+$/, "names such as USERS"), z.union([z.string(), z.number()]).transform(String))
      .default({}),
    /** Instances that it has to reach. */
    atLeast: bound.default(3),
    /** Instances that it has to come back to. */
    back: bound.default(2),
    /** Recorded after the load, in AWS's time. */
    after: z.string("a time, such as 40m").default("40m"),
    /** Part of the cause's words for growing: a policy's or alarm's name. */
    policy: z.string("part of a policy's name").optional(),
  }),
  async run(stage, wanted, evidence) {
    const request = { scenario: wanted.scenario, parameters: wanted.parameters, expectations: [], after: wanted.after };
    const report = await stage.get("load")(request);
    for (const { what, verdict, detail } of report.verdicts)
      evidence.note(`load test: ${what}: ${verdict} (${detail})`);
    const size = report.groups.find(({ name }) => name.includes(wanted.group));
    const causes = report.activities.filter(({ group }) => group.includes(wanted.group)).map(({ cause }) => cause);
    for (const cause of causes) evidence.note(`activity: ${cause}`);
    const byPolicy = causes.filter((cause) => /triggered policy/i.test(cause));
    const named =
      wanted.policy === undefined ? byPolicy : byPolicy.filter((cause) => cause.includes(wanted.policy ?? ""));
    const parts: Part[] = [
      part(`the group reaches ${wanted.atLeast} instances`, (size?.most ?? 0) >= wanted.atLeast, `${size?.most ?? 0}`),
      part(`it comes back to ${wanted.back}`, (size?.last ?? 0) <= wanted.back && size !== undefined, `${size?.last}`),
      part(
        `a policy${wanted.policy === undefined ? "" : ` ${wanted.policy}`} makes it grow`,
        named.length > 0,
        byPolicy[0] ?? "no policy",
      ),
    ];
    const failed = report.verdicts.filter(({ verdict, what }) => verdict === "failed" && !/threshold/i.test(what));
    parts.push(
      part(
        "bounds are kept and no running job is killed",
        failed.length === 0,
        failed.map(({ what, detail }) => `${what}: ${detail}`).join("; "),
      ),
    );
    return parts;
  },
});
