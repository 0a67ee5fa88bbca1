/** Where a course's money is counted: its books, the account, the facts on disk and the prices, opened together. */
import { readTable } from "../../plan/cost/prices.ts";
import { usageOf } from "../../plan/cost/usage.ts";
import { type Books, type Histories, recordsNow } from "../books.ts";
import { causeOf } from "../cause.ts";
import type { Declaration } from "../plan/declaration.ts";
import { type AccountObserver, openAccount } from "./account.ts";
import type { Brake } from "./apply.ts";
import { brakeOf } from "./brake.ts";
import type { BrakeLog } from "./brake-log.ts";
import { type Look, lookAround } from "./look.ts";
import { courseRatesOf } from "./rates.ts";
import { type Tally, tallyOf } from "./tally.ts";
import { openUsageFiles, type UsageFiles } from "./usage-files.ts";

export interface Desk {
  readonly books: Books;
  readonly declaration: Declaration;
  readonly account: AccountObserver;
  readonly files: UsageFiles;
  /** Looks at the account and writes down what is new. */
  look(now: Date): Promise<Look>;
  /** By what is written down. */
  tally(now: Date, histories: Histories): Tally;
  close(): Promise<void>;
}

/** @param account of the course's region; it is closed with the desk. @param prices folder of price tables; omitted: annofarm's. */
export async function openDesk(books: Books, account?: AccountObserver, prices?: string): Promise<Desk> {
  const { course, region } = books.course;
  const [files, table] = await Promise.all([openUsageFiles(books.directory), readTable(region, prices)]);
  // The program runs once everything else is in order: nobody would wait for its end.
  const declaration = await books.declaration();
  const rates = courseRatesOf(declaration, table, usageOf());
  const opened = account ?? openAccount(region);
  return {
    books,
    declaration,
    account: opened,
    files,
    look: (now) => lookAround(course, { account: opened, files }, now.getTime()),
    tally(now, histories) {
      const lookedAt = files.lookedAt();
      const input = {
        books,
        histories,
        seen: files.stacks(),
        facts: files.facts,
        rates,
        ...(lookedAt === undefined ? {} : { lookedAt }),
      };
      return tallyOf(input, now.getTime());
    },
    async close() {
      opened.close();
      await books.close();
    },
  };
}

export interface Turn {
  readonly tally: Tally;
  /** Why the account could not be looked at: what ran at the last look counts as running still. */
  readonly blind?: string;
  /** Steps that wait for a creation to end. */
  readonly waiting: number;
}

/** One turn of the watch: look, count, decide, act. A look that fails does not keep the brake from what is known already. */
export async function turn(desk: Desk, brake: Brake, log: BrakeLog, now: Date): Promise<Turn> {
  let groups: Look["groups"] = [];
  let blind: string | undefined;
  try {
    ({ groups } = await desk.look(now));
  } catch (error) {
    blind = causeOf(error);
  }
  const { books } = desk;
  const histories = await books.histories();
  const tally = desk.tally(now, histories);
  const decision = brakeOf({
    records: recordsNow(histories, books.shared),
    spent: new Map(tally.stacks.map(({ stack, usd }) => [stack, usd])),
    budgets: books.course.budgets,
    taken: log.taken(),
    groups,
    busy: brake.busy(),
  });
  await brake.take(decision);
  return { tally, waiting: decision.waiting.length, ...(blind === undefined ? {} : { blind }) };
}
