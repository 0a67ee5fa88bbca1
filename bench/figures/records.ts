/** The published records of the benchmarks: `bench/results/<name>.json`, from which the documents' figures are made. */
import { readFileSync } from "node:fs";
import type { Farm, Outcomes } from "../policies/judge.ts";

/** Median of the rounds' ratios, with the least and the greatest. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface StartFigures {
  /** Seconds until `GET /` answers. */
  readonly cold: number;
  readonly warm: number;
  readonly rounds: number;
  /** Seconds of each step, by what the command calls it; `null`: not on record. */
  readonly steps: readonly { readonly step: string; readonly cold: number | null; readonly warm: number | null }[];
  /** Warm start to the first page over the bare emulator to its first answer. */
  readonly ratio: Ratio;
}

interface Peer {
  readonly requestsPerSecond: Ratio;
  /** Of the median latency. */
  readonly latency: number;
}
export interface HomePageFigures {
  readonly connections: number;
  /** Of the page. */
  readonly bytes: number;
  readonly express: Peer;
  readonly flask: Peer;
}

interface Annotated {
  /** `null`: not on record. */
  readonly records: number | null;
  readonly recordsPerSecond: number;
  /** How many times as fast as parsing alone. */
  readonly ratio: number;
}
/** One view of a result, against the same records found by reading the whole plain file. */
interface OpenedView {
  readonly view: string;
  /** Range reads, and bytes that they bring. */
  readonly reads: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly bytesRatio: number;
  readonly timeRatio: number;
}

export interface OpenResultFigures {
  readonly records: number;
  readonly resultBytes: number;
  /** Bgzip file, tabix index and summary. */
  readonly companionBytes: number;
  readonly summaryBytes: number;
  readonly wholeMilliseconds: number;
  readonly views: readonly OpenedView[];
}

/** Processes over a file like a person's genome. Ratios: how many times what the annotator takes. */
interface AnnotatedByPeers {
  readonly packing: "plain" | "bgzip";
  readonly cores: number;
  /** Of the annotator, from its start to its end. */
  readonly cpuSeconds: number;
  readonly residentMib: number;
  readonly readyMilliseconds: number;
  /** Processor time. */
  readonly vcfanno: Ratio;
  readonly bcftools: Ratio;
  /** Time by the clock. */
  readonly vcfannoElapsed: Ratio;
  readonly bcftoolsElapsed: Ratio;
}

export interface AnnotateFigures {
  readonly genomeLike: Annotated;
  readonly clinvarSample: Annotated;
  readonly peers: {
    readonly records: number;
    readonly versions: { readonly vcfanno: string; readonly bcftools: string };
    readonly runs: readonly AnnotatedByPeers[];
  };
}

interface StoreCalls {
  readonly perJob: number;
  readonly perArchivedJob: number;
  readonly ratio: number;
  /** A minute in which nothing is to be done. */
  readonly watchingPerMinute: number;
  /** Part of a job's calls. */
  readonly getItemShare: number;
}
export interface AwsCallsFigures {
  readonly jobs: number;
  readonly s3: StoreCalls;
  readonly vault: StoreCalls;
}

export interface FairnessFigures {
  readonly workers: number;
  /** Mean of a job, AWS's seconds. */
  readonly jobSeconds: number;
  /** Jobs of the quiet user's in each of both. */
  readonly rounds: number;
  readonly loudJobs: number;
  /** Mean from submission to the end, AWS's seconds. */
  readonly idle: number;
  readonly busy: number;
  readonly ratio: number;
}

export interface PermissionsFigures {
  readonly statements: number;
  /** Judged over not judged, with a server behind the gateway that answers at once. */
  readonly own: Ratio;
  /** The same with the emulator behind it. */
  readonly whole: Ratio;
  /** Of one decision. */
  readonly microseconds: number;
  /** Of one decision, over iam-simulate's time for it. */
  readonly decision: Ratio;
}

interface Against {
  readonly seconds: number;
  readonly ratio: number;
}
interface Check {
  readonly seconds: number;
  readonly megabytes: number;
}
/** Memory of the whole stack at rest, in MB. */
export interface MemoryFigures {
  /** PSS counts a page that n processes share as 1/n in each; RSS counts it n times. */
  readonly measure: "PSS" | "RSS";
  readonly idleSeconds: number;
  readonly total: number;
  readonly processes: number;
  /** By what the processes are, the largest first. */
  readonly parts: readonly { readonly name: string; readonly processes: number; readonly megabytes: number }[];
  /** Of a Node process that has loaded nothing. */
  readonly bareNode: number;
}

export interface EngineFigures {
  readonly plan: Against;
  /** Absent in the transcribed record. */
  readonly cost?: Against;
  readonly preview: Against;
  readonly up: Against;
  readonly again: Against;
  readonly types: { readonly native: Check; readonly classic: Check };
}

export interface SimulatorFigures {
  /** Jobs a second over SimPy's. */
  readonly ratio: Ratio;
  /** Seconds. */
  readonly wait: { readonly ours: number; readonly erlang: number };
  /** Milliseconds of processor time for the course's evening. */
  readonly course: { readonly median: number; readonly min: number };
}

/** Of AWS's documented rules of scaling, those that an account of this project and bare moto keep. */
export interface ConformanceFigures {
  readonly areas: readonly {
    readonly area: string;
    readonly cases: number;
    /** Passed. */
    readonly own: number;
    readonly moto: number;
  }[];
  /** Cases that the project's own account fails. */
  readonly failures: readonly { readonly id: string; readonly rule: string; readonly reason: string }[];
  readonly minutes: { readonly own: number; readonly moto: number };
}

/** Simulated web farms by their warm-up; medians over the runs. */
export interface WarmUpFigures {
  readonly runs: number;
  readonly cases: readonly {
    readonly load: string;
    /** With the launch hook that every group has. */
    readonly hook: boolean;
    readonly rows: readonly {
      readonly seconds: number;
      readonly failed: number;
      /** Greatest desired capacity. */
      readonly peak: number;
      /** Instance-hours. */
      readonly hours: number;
    }[];
  }[];
}

interface JudgedLoad {
  readonly load: string;
  readonly outcomes: Outcomes;
}
/** Policies of both farms under the same loads. */
export interface PoliciesFigures {
  /** Instances. */
  readonly size: { readonly least: number; readonly greatest: number };
  readonly farms: Readonly<
    Record<
      Farm,
      {
        /** Of each load. */
        readonly runs: number;
        /** Loads that the recommended policy was chosen by. */
        readonly seen: readonly JudgedLoad[];
        readonly heldOut: readonly JudgedLoad[];
        /** The worst of so many square waves that a search tried. */
        readonly worst: JudgedLoad & { readonly tried: number };
      }
    >
  >;
}

/** What one policy's simulations missed, as a mean over the loads. Parts are of 1. */
export interface PolicyError {
  readonly distance: number;
  readonly within: number;
  readonly hours: number;
  readonly p95: number;
  /** Loads whose first scale-out was within a minute. */
  readonly firstOut: number;
  readonly loads: number;
}
export interface PredictionFigures {
  readonly speed: number;
  /** Live runs at the same time, that of the calibration included; absent in older records: one. */
  readonly atOnce?: number;
  readonly runs: number;
  readonly calibrated: { readonly rate: number; readonly boot: number; readonly stop: number };
  readonly policies: Readonly<Record<PolicyName, PolicyError>>;
  readonly loads: readonly {
    readonly shape: string;
    readonly policy: PolicyName;
    readonly distance: number;
    /** Minutes; `null`: never. */
    readonly firstOut: { readonly live: number | null; readonly simulated: number | null };
    /** Simulated over live, less 1. */
    readonly hours: number;
  }[];
  /** Live, when a class arrives: minutes until four of five instances are in service, and instance-hours of the run. */
  readonly class: Readonly<Record<"course" | "recommended", { readonly enough: number; readonly hours: number }>>;
}
export type PolicyName = "course" | "recommended" | "requestsPerTarget";

/** `null`: not on record, or not to be had; an interval is where 90 % of simulated runs lie, around their median. */
export type CourseValue =
  | number
  | string
  | { readonly middle: number; readonly low: number; readonly high: number }
  | null;

/** A line of the course's table. */
export interface CourseFigure {
  readonly what: string;
  readonly record: CourseValue;
  readonly live: CourseValue;
  readonly simulated: CourseValue;
  /** Live over the other, less 1; absent: the difference says nothing. */
  readonly againstRecord?: number;
  readonly againstSimulated?: number;
}
export interface CourseLiveFigures {
  readonly runs: number;
  readonly web: readonly CourseFigure[];
  readonly annotator: readonly CourseFigure[];
}

/** Stacks of a course brought up and taken down by commands that are refused by the provider and killed in the middle. */
export interface CourseBenchFigures {
  readonly stacks: number;
  /** Updates at a time at most. */
  readonly parallel: number;
  /** Calls that the provider refused once. */
  readonly refused: number;
  /** Every stack was up, and then nothing was left. */
  readonly right: boolean;
  /** Seconds a stack, of all commands together; the ratio is to a stack brought up alone. */
  readonly up: { readonly seconds: number; readonly ratio: number; readonly commands: number };
  readonly down: { readonly seconds: number; readonly commands: number };
  /** Seconds of a stack when one is brought up after the other. */
  readonly oneByOne: number;
  /** The command with everything that it had started. */
  readonly peakMegabytes: number;
}

/** The unchanged program, graded again and again. */
export interface GradingFigures {
  readonly rubric: string;
  /** Of the rubric. */
  readonly points: number;
  readonly submissions: number;
  /** How many got all points. */
  readonly whole: number;
  readonly seconds: { readonly median: number; readonly max: number };
  /** All of them, one after the other. */
  readonly minutes: number;
  /** The command with everything that it had started. */
  readonly peakMegabytes: number;
}

/** What a class costs, by what its stacks share. */
export interface CourseCostFigures {
  readonly stacks: number;
  readonly weeks: number;
  readonly region: string;
  /** Date of the price table. */
  readonly pricesOf: string;
  readonly use: { readonly jobs: number; readonly requests: number };
  readonly rows: readonly {
    readonly isolation: "own" | "network" | "balancers";
    readonly instances: "public" | "private";
    /** Public balancers that stand. */
    readonly balancers: number;
    /** USD. */
    readonly hour: number;
    readonly month: number;
    readonly term: number;
    /** Quotas that AWS's defaults break before every stack stands. */
    readonly breaks: readonly string[];
  }[];
}

interface Balanced {
  readonly requestsPerSecond: Ratio;
  readonly p99: Ratio;
}
export interface BalancerFigures {
  readonly connections: number;
  /** Of the page. */
  readonly bytes: number;
  readonly httpProxy: Balanced;
  /** `null`: it was not installed. */
  readonly nginx: Balanced | null;
}

/** What each benchmark finds, by its name. */
export interface Figures {
  readonly balancer: BalancerFigures;
  readonly start: StartFigures;
  readonly "home-page": HomePageFigures;
  readonly annotate: AnnotateFigures;
  readonly "open-result": OpenResultFigures;
  readonly "aws-calls": AwsCallsFigures;
  readonly fairness: FairnessFigures;
  readonly permissions: PermissionsFigures;
  readonly engine: EngineFigures;
  readonly memory: MemoryFigures;
  readonly simulator: SimulatorFigures;
  readonly prediction: PredictionFigures;
  readonly "course-live": CourseLiveFigures;
  readonly course: CourseBenchFigures;
  readonly "course-cost": CourseCostFigures;
  readonly grading: GradingFigures;
  readonly conformance: ConformanceFigures;
  readonly "warm-up": WarmUpFigures;
  readonly policies: PoliciesFigures;
}
export type BenchmarkName = keyof Figures;

export interface Published<Name extends BenchmarkName = BenchmarkName> {
  readonly benchmark: Name;
  /** What measures it anew and writes this file. */
  readonly command: string;
  /** ISO 8601; of a transcribed record the day of its publication. */
  readonly date: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  /** The figures were copied from a published document, because the run's own record had not been kept. */
  readonly transcribed?: { readonly from: string; readonly on: string };
  /** What else is to be said of this run. */
  readonly note?: string;
  readonly figures: Figures[Name];
  /** Every single measurement; not there in a transcribed record. */
  readonly raw?: object;
}

export const benchmarkNames: readonly BenchmarkName[] = [
  ...(["annotate", "aws-calls", "balancer", "conformance", "course", "course-cost", "course-live", "engine"] as const),
  ...([
    "fairness",
    "grading",
    "home-page",
    "memory",
    "open-result",
    "permissions",
    "policies",
    "prediction",
    "simulator",
    "start",
    "warm-up",
  ] as const),
];

export const resultsDirectory = new URL("../results/", import.meta.url);

export function readPublished<Name extends BenchmarkName>(name: Name): Published<Name> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, resultsDirectory), "utf8")) as Published<Name>;
}
