/** The study as the document `docs/course-run.md`. What it concludes, its test holds against the figures. */
import { intervalOf } from "../prediction.ts";
import { figure } from "../report/format.ts";
import { assumed } from "./annotator.ts";
import { users } from "./record.ts";
import type { PolicyReport, Study } from "./study.ts";
import { annotatorRows, comparison, experiment, parameters, type Row } from "./tables.ts";

function table(rows: readonly Row[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), `|---|${"---:|".repeat(head.length - 1)}`, ...body.map(line)].join("\n");
}

type Accounts = Readonly<Record<PolicyReport["explanation"], PolicyReport>>;

const stepOf = ({ evenings }: PolicyReport) => intervalOf(evenings.map(({ scaleInEvery }) => scaleInEvery))?.middle;
const backIn = ({ evenings }: PolicyReport) => evenings.filter(({ backAt }) => backAt !== undefined).length;

/** Which explanation each part of the record speaks for. */
function supported(study: Study, { instance, shared, both }: Accounts): string {
  const perInstance = instance.parameters.instanceRate;
  return `## What the record supports

- **The median supports a shared limit.** It rests on all 89,199 requests. If each instance saturated, most requests would be
  answered while the farm is large, and therefore fast: the median would be ${figure(instance.figures.p50.middle)} s instead of 5.9 s.
- **The way back supports it too.** To remove one instance every five minutes, the alarm "answers within 50 ms" has to go off about
  every five minutes. If an instance's throughput is ${figure(perInstance)}/s, an answer on an idle farm takes ${figure(1000 / perInstance)} ms on average, and longer with
  several at once, so the alarm seldom goes off. A step takes ${figure(stepOf(instance))} minutes, and the farm is back at two by the end of the
  evening in ${backIn(instance)} of ${study.runs} runs. If the shared limit is ${figure(shared.parameters.sharedRate)}/s, an idle answer takes ${figure(1000 / (shared.parameters.sharedRate ?? Number.NaN))} ms: below 50 ms often, but not
  always. The alarm then swings between OK and ALARM, as was observed.
- **The longest answer contradicts it.** 22.6 s is the time that ${users} users wait at two instances of ${figure(perInstance)}/s. With a shared limit alone,
  the longest answer is ${figure(shared.figures.max.middle)} s. It is one answer of 89,199, and one slow connection would explain it; but it is on record, and this
  explanation does not predict it.
- **Both together** fit the longest answer and give a median of ${figure(both.figures.p50.middle)} s, but the way back is then as slow as with instances alone.

So the record supports a shared limit and leaves one figure unexplained. It is not a proof. An instance that is slow only under load
(a burstable type that has spent its CPU credits) would be fast again on the way back, which removes the second argument. The
shortest answer is evidence too. An idle farm answered its balancer within 50 ms, yet no user got an answer in less than 1.9 s. Unless
the farm was still warming up in the first second, when it was idle, that time was spent between users and balancer. Then the
machine that ran Locust is the first suspect for the shared limit.`;
}

export function courseMarkdown(study: Study): string {
  const of = (explanation: PolicyReport["explanation"]) =>
    study.accounts.find((account) => account.explanation === explanation) as PolicyReport;
  const [instance, shared, both] = [of("instance"), of("shared"), of("both")];
  const perInstance = instance.parameters.instanceRate;
  return `# The course's load tests, simulated

\`annofarm simulate course --markdown\` writes this document; a test fails when the code says anything else.

The record of one web load test (exercise 13) describes Locust users with 1 to 3 s of think time on \`GET /\`, started 20 to 30 a second;
a farm of two to ten instances; +1 on requests a minute, −1 on answers within 50 ms for a minute, 300 s of cooldown and of grace period.
It gives 89,199 requests, of which 3,753 failed, 29.3 requests/s, median 5.9 s, mean 6.123 s, shortest 1.888 s, longest 22.576 s, and
instances 2 → 3 → 5 → 10. It gives neither the time at which the farm reached each size nor the number of users. The number of users
follows from the interactive response time law: 29.3/s × (6.123 s + 2 s) = ${users}.

There are two possible explanations of the 29.3 requests/s. Either **each instance** saturates, at about 4.9/s over six instances on
average; or **something shared** does, at 29.3/s: a database, the network, or the machine that makes the load. The third explanation
combines **both** limits in series. All three run the same engine, alarms and policies. A fit (Nelder and Mead) finds the open parameters
of each, starting far away, from as many recorded figures as there are open parameters. All other figures are predictions.

## Figure beside figure

${table(comparison(study))}

\\* fitted to this figure. The values are medians of ${study.runs} runs; \`n/${study.runs}\` counts the runs for which the row is true. "Minutes a step in" is
the time between two steps on the way from ten instances to two. The mean is no evidence: given the users and their think time, the
number of requests determines it. All three get the same failures, 4.2 % of answers, because nothing on record says what they were.

${table(parameters(study))}

${supported(study, { instance, shared, both })}

## What would tell them apart

Compare requests a minute with instances in service; both consoles keep them. Each new instance adds either ${figure(60 * perInstance)} requests a minute or
none. Or run the same load on a farm that does not scale:

${table(experiment(study))}

And look at \`TargetResponseTime\` during the load: if it stays at milliseconds while users wait for seconds, the limit is in front of the
balancer, and no number of instances will help.

## The annotator (exercise 14)

+1 when 30 or more jobs were sent within 15 minutes, −1 when few were, five minutes between steps. The record says that the farm ends at
two instances. It does not say how many jobs were sent, or how long one takes. The simulation assumes one job every ${assumed.everySeconds} s for ${assumed.sentForMinutes} minutes
and ${assumed.jobSeconds} s a job.

${table(annotatorRows(study))}

## Assumed, because nothing is on record

An instance is in service 60 s after it is launched and healthy 20 s later. The alarm for more instances is at 200 requests a minute;
any threshold that the load exceeds gives the same run. An instance works on one request at a time, and service times are exponential.
After the load somebody requests the page twice a minute: without any request the alarm for fewer instances has no data, and the farm
would stay at ten.

The same load through k6 and real processes: [course-live.md](course-live.md).
`;
}
