/** What a course has cost so far, stack by stack, and what it comes to by the end of each lease. Pure. */
import { type Books, type Histories, recordsNow } from "../books.ts";
import { leaseEnd } from "../lifetime/lease.ts";
import { stands } from "../stands.ts";
import { type Accrued, accruedOf } from "./accrued.ts";
import type { Fact } from "./facts.ts";
import type { CourseRates } from "./rates.ts";

export interface TallyLine extends Accrued {
  readonly state: string;
  /** ISO 8601, UTC; absent where nothing ends it. */
  readonly expiresAt?: string;
  /** USD at the end of its lease if it goes on as now, of what is shared at the end of the last one; absent where nothing ends it. */
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
  /** Of all stacks, without what they share. */
  readonly count: number;
  /** Of all, with what is shared, and so are the sums that follow. */
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
  readonly rates: CourseRates;
  readonly lookedAt?: number;
}

const hour = 3_600_000;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Epoch milliseconds; `undefined`: nothing stands, or something that nothing ends. */
function lastEnd({ books, histories }: TallyInput): number | undefined {
  const ends = recordsNow(histories, books.shared)
    .filter(stands)
    .map((record) => leaseEnd(record, books.course.lifetime));
  const known = ends.flatMap((end) => end ?? []);
  return known.length === 0 || known.length < ends.length ? undefined : Math.max(...known);
}

function lineOf(stack: string, input: TallyInput, now: number): TallyLine {
  const { books, histories, facts, rates } = input;
  const history = histories.get(stack) ?? [];
  const record = history.at(-1);
  const ran = { stack, facts: facts(stack), history };
  const state = record?.state ?? "no record";
  const by = ({ usd, hourly }: Accrued, end: number | undefined) =>
    end === undefined ? {} : { projected: usd + (Math.max(0, end - now) / hour) * hourly };
  if (books.shared.includes(stack)) {
    const accrued = accruedOf(ran, rates.shared, now);
    const leftOut = [...accrued.leftOut, ...rates.shared.leftOut];
    return { ...accrued, leftOut, state, ...by(accrued, lastEnd(input)) };
  }
  const accrued = accruedOf(ran, rates.each, now);
  const { budgets, lifetime } = books.course;
  const end = record === undefined ? undefined : leaseEnd(record, lifetime);
  return {
    ...accrued,
    state,
    ...(end === undefined ? {} : { expiresAt: new Date(end).toISOString() }),
    ...by(accrued, end),
    ...(budgets.student === undefined ? {} : { budget: budgets.student }),
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
    count: names.filter((name) => !books.shared.includes(name)).length,
    running: sum(stacks.map(({ running }) => running)),
    usd: sum(stacks.map(({ usd }) => usd)),
    hourly: sum(stacks.map(({ hourly }) => hourly)),
    projected: sum(stacks.map(({ usd, projected }) => projected ?? usd)),
    ...(budget === undefined ? {} : { budget }),
    leftOut: rates.each.leftOut,
  };
}
