/** What a course has cost so far, stack by stack, and what it comes to by the end of each lease. Pure. */
import type { Books, Histories } from "../books.ts";
import { leaseEnd } from "../lifetime/lease.ts";
import { type Accrued, accruedOf } from "./accrued.ts";
import type { Fact } from "./facts.ts";
import type { Rates } from "./rates.ts";

export interface TallyLine extends Accrued {
  readonly state: string;
  /** ISO 8601, UTC; absent where nothing ends it. */
  readonly expiresAt?: string;
  /** USD at the end of its lease if it goes on as now; absent where nothing ends it. */
  readonly projected?: number;
  /** USD; absent: it has none. */
  readonly budget?: number;
}

export interface Tally {
  readonly course: string;
  /** ISO 8601, UTC: the time for which it is counted. */
  readonly at: string;
  /** When the account was last looked at; absent: never. */
  readonly lookedAt?: string;
  readonly stacks: readonly TallyLine[];
  /** Of all stacks, and so are the sums that follow. */
  readonly count: number;
  readonly running: number;
  readonly usd: number;
  readonly hourly: number;
  /** Sum of what is projected; stacks that nothing ends count as they are now. */
  readonly projected: number;
  readonly budget?: number;
  /** What is estimated or left out, of every stack alike. */
  readonly leftOut: readonly string[];
}

export interface TallyInput {
  readonly books: Pick<Books, "course" | "shared">;
  readonly histories: Histories;
  /** Stacks of which something was seen. */
  readonly seen: readonly string[];
  facts(stack: string): readonly Fact[];
  readonly rates: Rates;
  readonly lookedAt?: number;
}

const hour = 3_600_000;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function lineOf(stack: string, input: TallyInput, now: number): TallyLine {
  const { books, histories, facts, rates } = input;
  const history = histories.get(stack) ?? [];
  const record = history.at(-1);
  const accrued = accruedOf({ stack, facts: facts(stack), history }, rates, now);
  const isShared = books.shared.includes(stack);
  const { budgets, lifetime } = books.course;
  const end = record === undefined || isShared ? undefined : leaseEnd(record, lifetime);
  const budget = isShared ? undefined : budgets.student;
  const left = end === undefined ? undefined : Math.max(0, end - now) / hour;
  return {
    ...accrued,
    state: record?.state ?? "no record",
    ...(end === undefined ? {} : { expiresAt: new Date(end).toISOString() }),
    ...(left === undefined ? {} : { projected: accrued.usd + left * accrued.hourly }),
    ...(budget === undefined ? {} : { budget }),
  };
}

/** Some of its stacks; the sums stay those of the class. */
export function only(tally: Tally, names: readonly string[]): Tally {
  return { ...tally, stacks: tally.stacks.filter(({ stack }) => names.includes(stack)) };
}

/** @param now epoch milliseconds. */
export function tallyOf(input: TallyInput, now: number): Tally {
  const { books, histories, seen, rates, lookedAt } = input;
  const names = [...new Set([...histories.keys(), ...seen])].sort();
  const stacks = names.map((stack) => lineOf(stack, input, now));
  const { class: budget } = books.course.budgets;
  return {
    course: books.course.course,
    at: new Date(now).toISOString(),
    ...(lookedAt === undefined ? {} : { lookedAt: new Date(lookedAt).toISOString() }),
    stacks,
    count: stacks.length,
    running: sum(stacks.map(({ running }) => running)),
    usd: sum(stacks.map(({ usd }) => usd)),
    hourly: sum(stacks.map(({ hourly }) => hourly)),
    projected: sum(stacks.map(({ usd, projected }) => projected ?? usd)),
    ...(budget === undefined ? {} : { budget }),
    leftOut: rates.leftOut,
  };
}
