/** The link by which anybody sees a result, as transitions. A job has one at a time. */
import type { Transition } from "./transition.ts";

/** @param hash of the link's secret. @param until epoch seconds. A link that was there works no more. */
export function share(hash: string, until: number): Transition {
  return {
    name: "share",
    when: [[{ attribute: "job_status", is: "equal", to: "COMPLETED" }]],
    set: { share_hash: hash, share_until: until },
  };
}

/** Nobody sees the result by a link any more. */
export function unshare(): Transition {
  return {
    name: "unshare",
    when: [[{ attribute: "share_hash", is: "present" }]],
    set: {},
    remove: ["share_hash", "share_until"],
  };
}
