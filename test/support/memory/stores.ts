import { isDeepStrictEqual } from "node:util";
import type { Job, OutboxTopic } from "../../../runtime/contract/job.ts";
import { resultEntryAttributes } from "../../../runtime/contract/storage.ts";
import type { User } from "../../../runtime/contract/user.ts";
import { InvalidCursorError } from "../../../runtime/jobs/errors.ts";
import type {
  EventStore,
  JobStore,
  Page,
  ResultEntry,
  SubmissionKeys,
  UserStore,
} from "../../../runtime/jobs/ports.ts";
import { allows, applied } from "../../../runtime/jobs/transition.ts";

function page<Item>(
  list: string,
  items: readonly Item[],
  { limit, cursor }: { limit: number; cursor?: string },
): Page<Item> {
  let start = 0;
  if (cursor !== undefined) {
    const [name, offset] = Buffer.from(cursor, "base64url").toString().split("\n");
    if (name !== list || offset === undefined || !/^\d+$/.test(offset)) {
      throw new InvalidCursorError("the cursor was not made by this list");
    }
    start = Number(offset);
  }
  const end = start + limit;
  return {
    items: structuredClone(items.slice(start, end)),
    ...(end < items.length ? { cursor: Buffer.from(`${list}\n${end}`).toString("base64url") } : {}),
  };
}

/** What the index of results holds. */
const entryAttributes = ["job_id", "complete_time", ...resultEntryAttributes] as const;

export interface MemoryJobStore extends JobStore {
  readonly jobs: ReadonlyMap<string, Job>;
  /** Names of the transitions applied so far, with their job. */
  readonly history: readonly { readonly jobId: string; readonly name: string; readonly result: Job }[];
  /** Writes an item as it is: the state a test starts from. */
  put(job: Job): void;
}

export function createMemoryJobStore(initial: readonly Job[] = []): MemoryJobStore {
  const jobs = new Map(initial.map((job) => [job.job_id, structuredClone(job)]));
  const history: { jobId: string; name: string; result: Job }[] = [];
  const sorted = (wanted: (job: Job) => boolean, key: (job: Job) => number) =>
    [...jobs.values()].filter(wanted).sort((a, b) => key(a) - key(b) || (a.job_id < b.job_id ? -1 : 1));
  return {
    jobs,
    history,
    put: (job) => void jobs.set(job.job_id, structuredClone(job)),
    async create(job) {
      if (jobs.has(job.job_id)) return "exists";
      jobs.set(job.job_id, structuredClone(job));
      return "created";
    },
    get: async (jobId) => structuredClone(jobs.get(jobId)),
    async apply(jobId, transition) {
      const job = jobs.get(jobId);
      if (job === undefined || !allows(transition, job)) return { applied: false, job: structuredClone(job) };
      const next = applied(transition, job);
      jobs.set(jobId, next);
      history.push({ jobId, name: transition.name, result: structuredClone(next) });
      return { applied: true, job: structuredClone(next) };
    },
    async remove(jobId) {
      if (jobs.get(jobId)?.delete_time !== undefined) jobs.delete(jobId);
    },
    listByUser: async (userId, options) =>
      page(
        `user ${userId}`,
        sorted(
          (job) => job.user_id === userId && job.delete_time === undefined,
          (job) => -job.submit_time,
        ),
        options,
      ),
    listOutbox: async (topic: OutboxTopic, submittedBefore, options) =>
      page(
        `outbox ${topic}`,
        sorted(
          (job) => job.outbox === topic && job.submit_time < submittedBefore,
          (job) => job.submit_time,
        ),
        options,
      ),
    listRestoring: async (requestedBefore, options) =>
      page(
        "restoring",
        sorted(
          (job) => job.restoring === "yes" && (job.restore_requested_time ?? 0) < requestedBefore,
          (job) => job.restore_requested_time ?? 0,
        ),
        options,
      ),
    listAwaiting: async (what, submittedBefore, options) =>
      page(
        `awaiting ${what}`,
        sorted(
          (job) => job.awaits === what && job.submit_time < submittedBefore,
          (job) => job.submit_time,
        ).map(({ job_id, submit_time }) => ({ job_id, submit_time })),
        options,
      ),
    listResults: async (state, completedBefore, options) =>
      page(
        `results ${state}`,
        sorted(
          (job) => job.result_state === state && (job.complete_time ?? Infinity) < completedBefore,
          (job) => job.complete_time ?? 0,
        ).map(
          (job) => Object.fromEntries(entryAttributes.filter((a) => a in job).map((a) => [a, job[a]])) as ResultEntry,
        ),
        options,
      ),
  };
}

export interface MemoryUserStore extends UserStore {
  readonly users: ReadonlyMap<string, User>;
  put(user: User): void;
}

export function createMemoryUserStore(initial: readonly User[] = []): MemoryUserStore {
  const users = new Map(initial.map((user) => [user.user_id, structuredClone(user)]));
  const change = (userId: string, next: (user: User) => User): User => {
    const user = users.get(userId);
    if (user === undefined) throw new Error(`there is no user ${userId}`);
    const changed = next(user);
    users.set(userId, changed);
    return structuredClone(changed);
  };
  return {
    users,
    put: (user) => void users.set(user.user_id, structuredClone(user)),
    get: async (userId) => structuredClone(users.get(userId)),
    async createIfAbsent(user) {
      if (!users.has(user.user_id)) users.set(user.user_id, structuredClone(user));
      return structuredClone(users.get(user.user_id) as User);
    },
    updateProfile: async (userId, profile) => change(userId, (user) => ({ ...user, ...profile })),
    setMailsOff: async (userId, mails) => change(userId, (user) => ({ ...user, mails_off: [...mails] })),
    setIdentityEmail: async (userId, email) =>
      change(userId, ({ identity_email: _, ...user }) =>
        email === undefined ? user : { ...user, identity_email: email },
      ),
    async setEmailCheck(userId, before, next) {
      if (!isDeepStrictEqual(users.get(userId)?.email_check, before)) return false;
      change(userId, (user) => ({ ...user, email_check: structuredClone(next) }));
      return true;
    },
    async verifyEmail(userId, hash) {
      const check = users.get(userId)?.email_check;
      if (check?.open?.hash !== hash) return false;
      const { email } = check.open;
      change(userId, (user) => ({ ...user, verified_email: email, email_check: { sent: check.sent } }));
      return true;
    },
    async setPlan(userId, { role, ...ids }) {
      const before = users.get(userId)?.role;
      const user = change(userId, (old) => {
        const next: Record<string, unknown> = { ...old, role, ...(before === role ? {} : { plan_outbox: role }) };
        for (const [name, value] of Object.entries(ids)) {
          if (value === null) delete next[name];
          else if (value !== undefined) next[name] = value;
        }
        return next as User;
      });
      return { user, roleChanged: before !== role };
    },
    async planTold(userId, role) {
      change(userId, ({ plan_outbox, ...user }) =>
        plan_outbox === undefined || plan_outbox === role ? user : { ...user, plan_outbox },
      );
    },
    setCustomer: async (userId, customerId, insteadOf) =>
      change(userId, (user) =>
        user.stripe_customer_id === insteadOf ? { ...user, stripe_customer_id: customerId } : user,
      ),
    async claimSubscribe(userId, { id, now, until }) {
      const before = users.get(userId)?.subscribe_attempt;
      if (before !== undefined && before.until > now) return undefined;
      const attemptId = before?.id ?? id;
      change(userId, (user) => ({ ...user, subscribe_attempt: { id: attemptId, until } }));
      return { attemptId };
    },
    async releaseSubscribe(userId, attemptId, concluded) {
      change(userId, ({ subscribe_attempt: attempt, ...user }) => {
        if (attempt === undefined) return user;
        if (attempt.id !== attemptId) return { ...user, subscribe_attempt: attempt };
        return concluded ? user : { ...user, subscribe_attempt: { ...attempt, until: 0 } };
      });
    },
    addApiToken: async (userId, token) =>
      change(userId, (user) => ({ ...user, api_tokens: [...(user.api_tokens ?? []), token] })),
    removeApiToken: async (userId, tokenId) =>
      change(userId, (user) => ({
        ...user,
        api_tokens: (user.api_tokens ?? []).filter((token) => token.token_id !== tokenId),
      })),
    async apiTokenUsed({ user_id }, tokenId, at) {
      change(user_id, (user) => ({
        ...user,
        api_tokens: (user.api_tokens ?? []).map((token) =>
          token.token_id === tokenId ? { ...token, last_used_time: at } : token,
        ),
      }));
    },
  };
}

export interface MemoryEventStore extends EventStore {
  /** Until when each event is claimed; `applied` once it has been. */
  readonly events: ReadonlyMap<string, number | "applied">;
}

export function createMemoryEventStore(): MemoryEventStore {
  const events = new Map<string, number | "applied">();
  return {
    events,
    async claim(eventId, { now, until }) {
      const known = events.get(eventId);
      if (known === "applied") return "applied";
      if (known !== undefined && known >= now) return "held";
      events.set(eventId, until);
      return "claimed";
    },
    async applied(eventId) {
      events.set(eventId, "applied");
    },
    async release(eventId) {
      events.delete(eventId);
    },
  };
}

export function createMemorySubmissionKeys(): SubmissionKeys {
  const keys = new Map<string, { jobId: string; until: number; expires: number; digest?: string }>();
  return {
    async claim(key, { jobId, now, until, expires }) {
      const known = keys.get(key);
      const before = known !== undefined && known.expires >= now ? known : undefined;
      if (before?.digest !== undefined) return { state: "done", jobId: before.jobId, digest: before.digest };
      if (before !== undefined && before.until > now) return { state: "held", jobId: before.jobId };
      keys.set(key, { jobId: before?.jobId ?? jobId, until, expires });
      return { state: "claimed", jobId: before?.jobId ?? jobId };
    },
    async done(key, { jobId, digest, expires }) {
      keys.set(key, { jobId, digest, until: 0, expires });
    },
    async release(key, { jobId, expires }) {
      keys.set(key, { jobId, until: 0, expires });
    },
  };
}
