/**
 * What users are told by mail, as transitions. `awaits` names the mail that is next:
 *
 *     complete ─▶ mail ──notified──▶ archiving ──told──▶ (nothing)        archiving: only where users are told of it
 *     fail ─────▶ mail ──notified──▶ (nothing)
 *     restored ─▶ restored ──told──▶ (nothing)
 *     downgrade ──▶ archiving
 *
 * Every mail is claimed in the item before it is sent and noted in it afterwards. One claim serves all kinds: an item awaits one
 * mail at a time.
 */
import type { Awaited } from "../contract/job.ts";
import type { Condition, Transition } from "./transition.ts";

/** Mails about a result, after that of the ending. */
export type ResultNotice = Extract<Awaited, "archiving" | "restored">;

/** As long as nobody has the claim, or the one who had it has not been heard of. */
function unclaimed(now: number, conditions: readonly Condition[]): Transition["when"] {
  return [
    [...conditions, { attribute: "notice_lease_until", is: "absent" }],
    [...conditions, { attribute: "notice_lease_until", is: "before", to: now }],
  ];
}

/** One notifier is about to mail the ending; a second copy of the notice finds the claim. */
export function claimNotice(owner: string, now: number, leaseSeconds: number): Transition {
  return {
    name: "claimNotice",
    when: unclaimed(now, [
      { attribute: "notified_time", is: "absent" },
      { attribute: "delete_time", is: "absent" },
    ]),
    set: { notice_owner: owner, notice_lease_until: now + leaseSeconds },
  };
}

/** One notifier is about to mail what becomes of the result, which is still where the mail says. */
export function claimResultNotice(notice: ResultNotice, owner: string, now: number, leaseSeconds: number): Transition {
  return {
    name: "claimResultNotice",
    when: unclaimed(now, [
      { attribute: "awaits", is: "equal", to: notice },
      { attribute: "result_state", is: "equal", to: "AVAILABLE" },
    ]),
    set: { notice_owner: owner, notice_lease_until: now + leaseSeconds },
  };
}

const noticeClaim = ["notice_owner", "notice_lease_until"] as const;

/** The mail was not sent: another may try at once. */
export function noticeReleased(owner: string): Transition {
  return {
    name: "noticeReleased",
    when: [[{ attribute: "notice_owner", is: "equal", to: owner }]],
    set: {},
    remove: [...noticeClaim],
  };
}

/** @param next the mail that the item awaits from now on; undefined: none. */
const awaiting = (next: ResultNotice | undefined) =>
  next === undefined ? { set: {}, remove: ["awaits"] as const } : { set: { awaits: next }, remove: [] };

/** The user has been told of the ending. */
export function notified(owner: string, now: number, next: ResultNotice | undefined): Transition {
  const { set, remove } = awaiting(next);
  return {
    name: "notified",
    when: [[{ attribute: "notice_owner", is: "equal", to: owner }]],
    set: { ...set, notified_time: now },
    remove: [...noticeClaim, ...remove],
  };
}

/** Nobody is to be mailed of the ending: no sweep need look at it again. */
export function notNotified(next: ResultNotice | undefined): Transition {
  return { name: "notNotified", when: [[{ attribute: "awaits", is: "equal", to: "mail" }]], ...awaiting(next) };
}

/** The user has been told what becomes of the result. */
export function resultNoticed(owner: string): Transition {
  return {
    name: "resultNoticed",
    when: [[{ attribute: "notice_owner", is: "equal", to: owner }]],
    set: {},
    remove: [...noticeClaim, "awaits"],
  };
}

/** There is nothing (more) to tell, or nobody to tell it. */
export function resultNotNoticed(notice: ResultNotice): Transition {
  return {
    name: "resultNotNoticed",
    when: [[{ attribute: "awaits", is: "equal", to: notice }]],
    set: {},
    remove: ["awaits"],
  };
}

/** A result has become due anew: its user is told again. One whose ending has not been mailed yet is left to that mail. */
export function awaitArchivingNotice(): Transition {
  return {
    name: "awaitArchivingNotice",
    when: [
      [
        { attribute: "result_state", is: "equal", to: "AVAILABLE" },
        { attribute: "awaits", is: "absent" },
      ],
      [
        { attribute: "result_state", is: "equal", to: "AVAILABLE" },
        { attribute: "awaits", is: "equal", to: "restored" },
      ],
    ],
    set: { awaits: "archiving" },
  };
}
