import { isoTime, utcTime } from "../../contract/moment.ts";

/** A moment: UTC as served, the reader's own time zone once the page's script has run. */
export function Time({ at }: { at: number }) {
  return <time datetime={isoTime(at)}>{utcTime(at)}</time>;
}
