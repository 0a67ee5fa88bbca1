/** A declaration of three groups, a balancer and a dashboard, at round prices; records and an in-memory desk. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Books } from "../../../course/books.ts";
import { type CourseRates, courseRatesOf } from "../../../course/money/rates.ts";
import type { Operations } from "../../../course/operations.ts";
import type { Declaration } from "../../../course/plan/declaration.ts";
import type { StackRecord } from "../../../course/types.ts";
import { usageOf } from "../../../plan/cost/usage.ts";
import { farm, planOf, resource, tableOf } from "../../plan/cost/fixture.ts";

export const iso = (time: number): string => new Date(time).toISOString();

const template = {
  blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 8 } }],
  networkInterfaces: [{ associatePublicIpAddress: "true" }],
};

/** Stack `gas26-saaaaaa`; web and annotator of 2 to 10, a utility host. Two such stacks share a balancer besides. */
export const declaration: Declaration = {
  owner: "gas26-saaaaaa",
  plan: planOf(
    ...farm("gas26-saaaaaa-web", { min: 2, max: 10 }, { template }),
    ...farm("gas26-saaaaaa-annotator", { min: 2, max: 10 }, { template }),
    ...farm("gas26-saaaaaa-utility", { min: 1, max: 1 }, { template }),
    resource("aws:lb/loadBalancer:LoadBalancer", "gas26-saaaaaa-web", { subnets: ["a", "b"] }),
    resource("aws:cloudwatch/dashboard:Dashboard", "gas26-saaaaaa"),
  ),
  shared: {
    owner: "gas26-shared",
    plan: planOf(resource("aws:lb/loadBalancer:LoadBalancer", "gas26-shared-0", { subnets: ["a", "b"] })),
    stacks: 2,
  },
};

export const prices = tableOf({
  "ipv4.hour": 0.005,
  "alb.hour": 0.0225,
  "ebs.gp3.gbMonth": 0.08,
  "cloudwatch.dashboardMonth": 3,
});

export const unused = usageOf({ jobs: 0, requests: 0, restores: 0 });
export const courseRates: CourseRates = courseRatesOf(declaration, prices, unused);
export const rates = courseRates.each;

export const record = (stack: string, more: Partial<StackRecord> = {}): StackRecord => ({
  stack,
  state: "up",
  since: iso(0),
  createdAt: iso(0),
  ...more,
});

/** Does nothing, and keeps what it was asked. */
export function recordingOperations() {
  const asked: string[] = [];
  const operations: Operations = {
    async held(stack, step) {
      asked.push(`held ${stack} ${step}`);
    },
    async destroy(stack) {
      asked.push(`destroy ${stack}`);
    },
    async endShared() {
      asked.push("end shared");
    },
    async extend(stack, until) {
      asked.push(`extend ${stack} ${until}`);
    },
  };
  return { operations, asked };
}

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), "annofarm-course-"));

export interface BooksOptions {
  readonly histories: () => ReadonlyMap<string, readonly StackRecord[]>;
  readonly operations: Operations;
  readonly budgets?: Books["course"]["budgets"];
  readonly lifetime?: NonNullable<Books["course"]["lifetime"]>;
  readonly directory?: string;
  readonly shared?: readonly string[];
}

export async function booksOf(options: BooksOptions): Promise<Books> {
  const { histories, operations, budgets, lifetime, directory, shared = [] } = options;
  return {
    course: {
      course: "gas26",
      region: "us-east-1",
      budgets: budgets ?? { brake: [] },
      ...(lifetime === undefined ? {} : { lifetime }),
    },
    directory: directory ?? (await temporaryDirectory()),
    shared,
    histories: async () => histories(),
    declaration: async () => declaration,
    operations,
    async close() {},
  };
}
