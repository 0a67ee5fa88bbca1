/** Figures of the benchmarks that take minutes, as Markdown. */

import { plural } from "../../course/plural.ts";
import type {
  AnnotateFigures,
  AwsCallsFigures,
  BalancerFigures,
  CourseBenchFigures,
  CourseCostFigures,
  EngineFigures,
  FairnessFigures,
  GradingFigures,
  HomePageFigures,
  MemoryFigures,
  OpenResultFigures,
  PermissionsFigures,
  SimulatorFigures,
  StartFigures,
  WarmUpFigures,
} from "./records.ts";
import { number, orDash, percent, short, spread, table } from "./words.ts";

const shortOrDash = (value: number | null) => (value === null ? "–" : short(value));

export function startText({ cold, warm, rounds, steps, ratio }: StartFigures): string {
  const rows = steps.map(({ step, cold: first, warm: again }) => [
    `of which: ${step}`,
    shortOrDash(first),
    shortOrDash(again),
  ]);
  return [
    table(
      ["Seconds", "cold", `warm (\`--fresh\`), median of ${rounds}`],
      ["---", "---:", "---:"],
      [["first page", number(cold), number(warm)], ...rows],
    ),
    "",
    `Warm, the whole service answers after ${short(ratio.median)} times (${short(ratio.min)} to ${short(ratio.max)}) what the bare`,
    "emulator alone takes to its first answer.",
  ].join("\n");
}

export function homePageText({ connections, bytes, express, flask }: HomePageFigures): string {
  return [
    `Requests per second of one process, ${connections} connections, the same ${number(bytes / 1000, 1)} kB page:`,
    "",
    table(
      ["Against", "Ratio of throughput", "Ratio of median latency"],
      ["---", "---", "---"],
      [
        [
          "Express without anything (no security headers, no compression, no log)",
          spread(express.requestsPerSecond),
          number(express.latency, 2),
        ],
        ["Flask 3.1 behind gunicorn 23", spread(flask.requestsPerSecond), number(flask.latency, 2)],
      ],
    ),
  ].join("\n");
}

export function balancerText({ connections, bytes, httpProxy, nginx }: BalancerFigures): string {
  const row = (name: string, { requestsPerSecond, p99 }: BalancerFigures["httpProxy"]) => [
    name,
    spread(requestsPerSecond),
    spread(p99),
  ];
  const rows = [row("http-proxy 1.18 with one keep-alive agent", httpProxy), ...(nginx ? [row("nginx", nginx)] : [])];
  return [
    `Requests per second through one process, ${connections} connections, a ${number(bytes / 1000, 1)} kB page:`,
    "",
    table(["Against", "Ratio of throughput", "Ratio of p99 latency"], ["---", "---", "---"], rows),
  ].join("\n");
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000).toLocaleString("en")} kB`;

export function openResultText(figures: OpenResultFigures): string {
  const { records, resultBytes, companionBytes, summaryBytes, wholeMilliseconds, views } = figures;
  const rows = views.map(({ view, reads, bytes, milliseconds, bytesRatio, timeRatio }) => [
    view,
    `${reads}`,
    kilobytes(bytes),
    short(milliseconds),
    `1/${short(bytesRatio)}`,
    `1/${short(timeRatio)}`,
  ]);
  return [
    table(
      ["View", "Reads", "Bytes", "Milliseconds", "Bytes, against all", "Time, against all"],
      ["---", "---:", "---:", "---:", "---:", "---:"],
      rows,
    ),
    "",
    `Of a result of ${records.toLocaleString("en")} records and ${kilobytes(resultBytes)}, opened anew each time. Reading it all takes`,
    `${short(wholeMilliseconds)} ms. Its companions have ${kilobytes(companionBytes)}, the summary among them ${kilobytes(summaryBytes)}. Storage is in`,
    "memory: S3 adds its latency to each read.",
  ].join("\n");
}

export function annotateText({ genomeLike, clinvarSample, peers }: AnnotateFigures): string {
  const { versions, runs, records } = peers;
  const rows = runs.map((run) => [
    run.packing,
    String(run.cores),
    number(run.cpuSeconds, 1),
    number(run.residentMib),
    ...[run.vcfanno, run.bcftools, run.vcfannoElapsed, run.bcftoolsElapsed].map((each) => spread(each, 1)),
  ]);
  const speed = ({ ratio, recordsPerSecond }: AnnotateFigures["genomeLike"]) =>
    `${short(ratio)} (${number(1000 * Math.round(recordsPerSecond / 1000))} records/s)`;
  return [
    `Processes over ${number(records)} records like a person's genome, against vcfanno ${versions.vcfanno} and bcftools ${versions.bcftools}`,
    "(`annotate` twice, one for genes, one for ClinVar), which write no consequences: how many times what the annotator takes.",
    "",
    table(
      [
        ...["File", "Cores", "Annotator, CPU s", "MiB", "vcfanno, CPU", "bcftools, CPU"],
        ...["vcfanno, elapsed", "bcftools, elapsed"],
      ],
      ["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"],
      rows,
    ),
    "",
    `A process is ready ${number(Math.min(...runs.map(({ readyMilliseconds }) => readyMilliseconds)))} ms after its start, at best.`,
    "",
    "In one process, compared with [@gmod/vcf](https://github.com/GMOD/vcf-js), which only parses the same lines:",
    "",
    table(
      ["Input", "Times the speed of parsing alone"],
      ["---", "---"],
      [
        [
          `like a person's genome: ${orDash(genomeLike.records)} records with genotypes, few known to ClinVar`,
          speed(genomeLike),
        ],
        ["the demo's sample: nearly every record gets all seven fields", speed(clinvarSample)],
      ],
    ),
  ].join("\n");
}

export function awsCallsText({ jobs, s3, vault }: AwsCallsFigures): string {
  const row = (store: string, { perJob, perArchivedJob, ratio }: AwsCallsFigures["s3"]) => [
    `\`${store}\``,
    number(perJob, 1),
    number(perArchivedJob, 1),
    number(ratio, 2),
  ];
  const head = ["Store", "A job: submitted, annotated, announced", "The same, archived", "Ratio"];
  return [
    `Counted at the gateway, ${jobs} jobs of each kind, submitted through the API, after a quiet time whose rate is subtracted:`,
    "",
    table(head, ["---", "---", "---", "---"], [row("s3", s3), row("vault", vault)]),
    "",
    `${percent(s3.getItemShare, 0)} are \`GetItem\`: services read the item before each step rather than trust a message. Watching (long polls`,
    `of five queues, two sweeps, drain checks) costs ${number(s3.watchingPerMinute)} calls a minute whether or not there is anything to do.`,
  ].join("\n");
}

export function fairnessText({ workers, jobSeconds, rounds, loudJobs, idle, busy, ratio }: FairnessFigures): string {
  return [
    `${number(workers)} annotators, jobs of ${number(jobSeconds)} s on average; ${number(rounds)} jobs of a quiet user, one after the other, each from its submission to its`,
    "end:",
    "",
    table(
      ["Farm", "Mean wait", "Ratio"],
      ["---", "---:", "---:"],
      [
        ["idle", `${number(idle, 1)} s`, "1"],
        [
          `beside ${number(loudJobs)} jobs that another has submitted at once`,
          `${number(busy, 1)} s`,
          number(ratio, 2),
        ],
      ],
    ),
  ].join("\n");
}

export function permissionsText({ statements, own, whole, microseconds, decision }: PermissionsFigures): string {
  const [least, most] = [whole.min, whole.max];
  const lost = least < 1 && most > 1 ? ": lost in the emulator's own spread" : "";
  return [
    `One \`GetItem\` of the annotator's role (${statements} statements), through a gateway that judges against one that lets everything pass:`,
    "",
    table(
      ["Against", "Ratio of median call time"],
      ["---", "---"],
      [
        ["unjudged, a server behind the gateway that answers at once", spread(own)],
        ["unjudged, the emulator behind it", `${spread(whole)}${lost}`],
      ],
    ),
    "",
    `A decision alone takes ${short(microseconds)} µs, ${spread(decision, 3)} of what @cloud-copilot/iam-simulate takes for the same`,
    "policies and request.",
  ].join("\n");
}

export function memoryText({ measure, idleSeconds, total, processes, parts, bareNode }: MemoryFigures): string {
  return [
    table(
      ["Part", "Processes", `MB (${measure})`],
      ["---", "---:", "---:"],
      [
        ...parts.map((part) => [part.name, number(part.processes), number(part.megabytes)]),
        ["all", number(processes), number(total)],
      ],
    ),
    "",
    `Taken ${idleSeconds} s after everything is in service, with nothing to do. A Node process that has loaded nothing takes ${number(bareNode)} MB.`,
  ].join("\n");
}

/** For README: what a machine needs. */
export const memorySummary = ({ total }: MemoryFigures): string =>
  `The whole stack takes ${number(total / 1000, 1)} GB of memory.`;

export function courseBenchText({
  stacks,
  parallel,
  refused,
  right,
  up,
  down,
  oneByOne,
  peakMegabytes,
}: CourseBenchFigures): string {
  const ends = right ? "all up, then all gone" : "not all ended right";
  return table(
    ["What", "Figure"],
    ["---", "---"],
    [
      [
        `${stacks} stacks, ${parallel} at a time at most, ${refused} calls refused, one SIGKILL of the whole command`,
        ends,
      ],
      ["commands until all were up; until all were gone", `${up.commands}; ${down.commands}`],
      ["seconds a stack, up, of all commands together", number(up.seconds, 1)],
      ["against one that is brought up alone", `${number(oneByOne, 1)} (ratio ${number(up.ratio, 2)})`],
      ["seconds a stack, down", number(down.seconds, 1)],
      ["peak memory of the command with all its children", `${number(peakMegabytes)} MB`],
    ],
  );
}

const shares = {
  own: "nothing (`own`)",
  network: "a network (`network`)",
  balancers: "network and balancers (`balancers`)",
} as const;

export function gradingText({ rubric, points, submissions, whole, seconds, minutes, peakMegabytes }: GradingFigures) {
  const all = plural(submissions, "submission");
  return [
    `The unchanged program under \`${rubric}\`, one submission after the other:`,
    "",
    table(
      ["What", "Figure"],
      ["---", "---"],
      [
        [`all ${points} points`, `${whole} of ${all}`],
        ["seconds a submission, median; longest", `${number(seconds.median)}; ${number(seconds.max)}`],
        [`minutes for ${all}`, number(minutes)],
        ["peak memory of the command with all that it starts", `${number(peakMegabytes)} MB`],
      ],
    ),
  ].join("\n");
}

export function courseCostText({ stacks, weeks, region, pricesOf, use, rows }: CourseCostFigures): string {
  const usd = (value: number) => `$${number(value, value < 100 ? 2 : 0)}`;
  return [
    `${stacks} stacks in ${region}, each ${number(use.jobs)} jobs and ${number(use.requests)} requests a month, standing all the while; prices`,
    `of ${pricesOf}:`,
    "",
    table(
      [
        "Stacks share",
        "Instances",
        "Balancers",
        "an hour",
        "a month",
        `${weeks} weeks`,
        "AWS's defaults that break at once",
      ],
      ["---", "---", "---:", "---:", "---:", "---:", "---"],
      rows.map(({ isolation, instances, balancers, hour, month, term, breaks }) => [
        ...[shares[isolation], instances, number(balancers), usd(hour), usd(month), usd(term)],
        breaks.length === 0 ? "none" : breaks.join(", "),
      ]),
    ),
  ].join("\n");
}

export function engineText({ plan, cost, preview, up, again, types }: EngineFigures): string {
  const row = (what: string, { seconds, ratio }: EngineFigures["plan"], against: string) => [
    what,
    number(seconds, 1),
    against,
    number(ratio, 2),
  ];
  const { native, classic } = types;
  const gigabytes = (megabytes: number) => `${number(megabytes / 1000, 1)} GB`;
  return table(
    ["What", "Seconds", "Against", "Ratio"],
    ["---", "---", "---", "---"],
    [
      row("plan: the whole program under mocks", plan, "an empty program"),
      ...(cost === undefined
        ? []
        : [row("`annofarm cost`, which runs the program once for each change", cost, "the plan")]),
      row("preview of the whole stack", preview, "a stack of as many topics"),
      row("first `up`, everything made", up, "the same"),
      row("second `up`, nothing to do", again, "the same"),
      [
        "type check by TypeScript 7",
        `${number(native.seconds, 1)} (${gigabytes(native.megabytes)})`,
        `TypeScript 6: ${number(classic.seconds, 1)} (${gigabytes(classic.megabytes)})`,
        number(native.seconds / classic.seconds, 2),
      ],
    ],
  );
}

/** `1,234 / 10 / 5.1`: requests that failed, the greatest desired capacity, instance-hours. */
export function warmUpText({ runs, cases }: WarmUpFigures): string {
  const seconds = cases[0]?.rows.map((row) => row.seconds) ?? [];
  const cell = ({ failed, peak, hours }: WarmUpFigures["cases"][number]["rows"][number]) =>
    `${number(failed)} / ${number(peak)} / ${number(hours, 1)}`;
  return [
    `Failed requests / greatest desired capacity / instance-hours, by warm-up; medians of ${runs} runs.`,
    "",
    table(
      ["Load", "launch hook", ...seconds.map((each) => `${each} s`)],
      ["---", "---", ...seconds.map(() => "---:")],
      cases.map(({ load, hook, rows }) => [load, hook ? "yes" : "no", ...rows.map(cell)]),
    ),
  ].join("\n");
}

export function simulatorText({ ratio, wait, course }: SimulatorFigures): string {
  return table(
    ["What", "Figure"],
    ["---", "---"],
    [
      [
        "jobs a second on an M/M/10 queue, against [SimPy](https://simpy.readthedocs.io) 4.1",
        `${number(ratio.median)} times (${number(ratio.min)} to ${number(ratio.max)})`,
      ],
      ["mean wait on that queue", `${number(wait.ours, 4)} s; Erlang's formula gives ${number(wait.erlang, 4)} s`],
      [
        "the course's evening, 89,000 requests",
        `${number(course.median)} ms of processor time (${number(course.min)} at best); the aim is 50`,
      ],
    ],
  );
}
