/** Errors of the ports: told apart by class, never by message text. */
import { refusalName } from "../contract/refusal.ts";

/**
 * A dependency does not answer, refuses for want of capacity, or will not have us at all (credentials). Nobody's job is at
 * fault: whatever was to be done waits until the dependency answers again.
 */
export class UnavailableError extends Error {
  override name: string = "UnavailableError";
}

/**
 * A dependency answers, and refuses this service: a permission, a resource's policy or a key stands in the way. A mistake of the
 * configuration, which no user's job is to blame for: work waits as in an outage, and the operator is told what was refused.
 */
export class DeniedError extends UnavailableError {
  override name = refusalName;
}

export class ObjectNotFoundError extends Error {
  override name = "ObjectNotFoundError";
}

export class ArchiveNotFoundError extends Error {
  override name = "ArchiveNotFoundError";
}

/** The retrieval tier has no capacity right now, or the store does not offer it for this archive. */
export class TierUnavailableError extends Error {
  override name = "TierUnavailableError";
}

/** More calls wait for a connection than can be served in time: try again a little later. */
export class OverloadedError extends Error {
  override name = "OverloadedError";
}

/** A paging cursor that was not made by this list. */
export class InvalidCursorError extends Error {
  override name = "InvalidCursorError";
}
