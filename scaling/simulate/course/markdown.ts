/** The study as the document `docs/course-run.md`. What it concludes, its test holds against the figures. */
import { intervalOf } from "../prediction.ts";
import { figure } from "../report/format.ts";
import { assumed } from "./annotator.ts";
import { users } from "./record.ts";
import type { Account, Study } from "./study.ts";
import { annotatorRows, comparison, experiment, parameters, type Row } from "./tables.ts";

function table(rows: readonly Row[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), `|---|${"---:|".repeat(head.length - 1)}`, ...body.map(line)].join("\n");
}

type Accounts = Readonly<Record<Account["explanation"], Account>>;

const stepOf = ({ evenings }: Account) => intervalOf(evenings.map(({ scaleInEvery }) => scaleInEvery))?.middle;
const backIn = ({ evenings }: Account) => evenings.filter(({ backAt }) => backAt !== undefined).length;

/** Which explanation each part of the record speaks for. */
function supported(study: Study, { instance, shared, both }: Accounts): string {
  const perInstance = instance.parameters.instanceRate;
  return `## What the record supports

- **The median is for something shared.** It is what all 89,199 requests have to say. If each instance saturated, most requests
  would be answered while the farm is large, and therefore fast: the median would be ${figure(instance.figures.p50.middle)} s instead of 5.9 s.
- **So is the way back.** −1 each five minutes needs the alarm "answers within 50 ms" to go off about every five minutes. Where
  an instance gets through ${figure(perInstance)}/s, an answer on an idle farm takes ${figure(1000 / perInstance)} ms on average, more with several at once, and the alarm
  seldom goes off: a step takes ${figure(stepOf(instance))} minutes, and the way back to two fits into the evening in ${backIn(instance)} of ${study.runs} runs. Where
  the shared limit is ${figure(shared.parameters.sharedRate)}/s, an idle answer takes ${figure(1000 / (shared.parameters.sharedRate ?? Number.NaN))} ms: below 50 ms often, but not always. The alarm swings
  between OK and ALARM, as it was seen to.
- **The longest answer is against it.** 22.6 s are what ${users} users wait for at two instances of ${figure(perInstance)}/s. A shared limit alone
  makes nobody wait longer than ${figure(shared.figures.max.middle)} s. It is one answer of 89,199, and one slow connection would do; but it is on record, and
  this explanation does not have it.
- **Both together** fit the longest answer and come to a median of ${figure(both.figures.p50.middle)} s, but the way back is then as slow as with instances alone.

So the record supports something shared, with one figure left unexplained. It does not prove it. An instance that is slow only
under load (one of a burstable type whose CPU credits are spent) would be fast again on the way back, which takes the second
point away. The shortest answer tells something too. An idle farm answered its balancer within 50 ms, yet nobody had an answer in less
than 1.9 s. Unless the farm was just warming up in the first second, when it was idle, that time was spent between users and balancer,
and then the machine that ran Locust is the first suspect for what is shared.`;
}

export function courseMarkdown(study: Study): string {
  const of = (explanation: Account["explanation"]) =>
    study.accounts.find((account) => account.explanation === explanation) as Account;
  const [instance, shared, both] = [of("instance"), of("shared"), of("both")];
  const perInstance = instance.parameters.instanceRate;
  return `# The course's load tests, simulated

Written by \`annofarm simulate course --markdown\`; a test keeps it as the code is.

The record of one web load test (exercise 13): Locust users with 1 to 3 s think time on \`GET /\`, started 20 to 30 a second; two to
ten instances; +1 on requests a minute, −1 on answers within 50 ms for a minute, 300 s of cooldown and of grace. It says 89,199
requests, 3,753 of them failed, 29.3 requests/s, median 5.9 s, mean 6.123 s, shortest 1.888 s, longest 22.576 s, and instances
2 → 3 → 5 → 10. When each size was reached is not on record; nor is how many users there were. The interactive response time law
gives that: 29.3/s × (6.123 s + 2 s) = ${users}.

Two explanations of the 29.3 requests/s compete. Either **each instance** saturates, at about 4.9/s over six instances on average;
or **something shared** does, at 29.3/s: a database, the network, the machine that makes the load. The third column lets
**both** limits stand one behind the other. All run the same engine, alarms and policies; what each leaves open is found by a fit
(Nelder and Mead) from far away, to as many figures as it has open parameters. The other figures it has to predict.

## Figure beside figure

${table(comparison(study))}

\\* fitted to this figure. Middle of ${study.runs} runs; \`n/${study.runs}\`: runs in which it was so. "Minutes a step in": between two
steps from ten back to two. The mean is no evidence: with the users and their thinking given, the number of requests decides it.
Failures are given to all three alike, as a share of answers (4.2 %): nothing on record says what they were.

${table(parameters(study))}

${supported(study, { instance, shared, both })}

## What would tell them apart

Requests a minute beside instances in service, which both consoles keep: with each new instance either ${figure(60 * perInstance)} more a minute, or
none. Or the same load on a farm that does not scale:

${table(experiment(study))}

And \`TargetResponseTime\` while the load lasts: if it stays at milliseconds while users wait for seconds, the limit is in front of the
balancer, and no instance will ever help.

## The annotator (exercise 14)

+1 when the jobs sent within 15 minutes are 30 or more, −1 when they are few, five minutes between steps. The record says that the
farm ends at two. How many jobs were sent, and how long one takes, it does not; assumed here are one each ${assumed.everySeconds} s for ${assumed.sentForMinutes} minutes and
${assumed.jobSeconds} s a job.

${table(annotatorRows(study))}

## Assumed, because nothing is on record

An instance is in service 60 s after its order and healthy 20 s later. The alarm for more instances is at 200 requests a minute;
any threshold that the load exceeds gives the same run. One instance works on one request at a time, times are exponential. After the
load somebody looks twice a minute: without any request the alarm for fewer instances has no data, and the farm would stay at ten.

The same load through k6 and real processes: [course-live.md](course-live.md).
`;
}
