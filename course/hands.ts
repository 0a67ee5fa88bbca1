/** Everything that the brake and the end of leases need, opened together on AWS. */
import type { Books } from "./books.ts";
import type { ExpireTools } from "./lifetime/expire.ts";
import { jobQueueOf, openJobsSent } from "./lifetime/jobs-sent.ts";
import { openAccount } from "./money/account.ts";
import { createBrake } from "./money/apply.ts";
import { openBrakeLog } from "./money/brake-log.ts";
import { openDesk, type Turn, turn } from "./money/desk.ts";
import { createHolds } from "./money/holds.ts";
import { openMail } from "./money/mail.ts";
import { openGroups } from "./stacks/groups.ts";

export interface Hands extends ExpireTools {
  turn(now: Date): Promise<Turn>;
  /** Resolves once what was begun has ended. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface HandsOptions {
  now(): Date;
  /** One line about what was done or went wrong. */
  tell(line: string): void;
}

export async function openHands(books: Books, { now, tell }: HandsOptions): Promise<Hands> {
  const { course, region, lifetime, mail: address } = books.course;
  const account = openAccount(region);
  const [desk, log] = await Promise.all([openDesk(books, account), openBrakeLog(books.directory)]);
  const control = openGroups({ region });
  const mail = address === undefined ? undefined : openMail(region, address);
  const queue = lifetime?.activity === true ? jobQueueOf(desk.declaration) : undefined;
  const jobs = queue === undefined ? undefined : openJobsSent(region, queue);
  const { operations } = books;
  const holds = createHolds({ control, groups: () => account.groups(course), log, operations, now, tell });
  const brake = createBrake({
    course,
    operations,
    holds,
    log,
    now,
    tell,
    ...(mail === undefined ? {} : { mail }),
  });
  return {
    books,
    holds,
    now,
    tell,
    ...(jobs === undefined ? {} : { jobs }),
    async running() {
      const counts = new Map<string, number>();
      for (const { owner, runs } of await account.instances(course)) {
        if (runs) counts.set(owner, (counts.get(owner) ?? 0) + 1);
      }
      return counts;
    },
    turn: (at) => turn(desk, brake, log, at),
    idle: () => brake.idle(),
    async close() {
      control.close();
      mail?.close();
      jobs?.close();
      await desk.close();
    },
  };
}
