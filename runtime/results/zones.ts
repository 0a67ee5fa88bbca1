/** Cuts a result into zones as its records come. */
import type { FacetCounts } from "./facet-counts.ts";
import type { Summary, Zone } from "./summary.ts";

/** A zone has so many records and so much text at most (one record may be longer), and twice that after each so many zones. */
const zoneRecords = 4_096;
const zoneBytes = 1024 * 1024;
const zonesUntilDoubled = 4_096;

interface OpenZone {
  readonly start: number;
  records: number;
  /** By sequence: first and last base, records. */
  readonly spans: Map<number, [number, number, number]>;
}

export interface Zones {
  /** A record of this sequence that covers these bases (1-based) begins at `offset` of the text, and is `bytes` long. */
  open(offset: number, bytes: number): void;
  count(sequence: number, first: number, last: number): void;
  end(): void;
  contents(virtualOffset: (textOffset: number) => number): Summary["zones"];
}

export function createZones(facets: Pick<FacetCounts, "takeZone">): Zones {
  const closed: { readonly start: number; readonly zone: Omit<Zone, "at"> }[] = [];
  let zone: OpenZone | undefined;

  function end(): void {
    if (zone === undefined) return;
    const { start, records, spans } = zone;
    const ends = [...spans].map(([sequence, span]): Zone["spans"][number] => [sequence, ...span]);
    closed.push({ start, zone: { records, spans: ends, ...facets.takeZone() } });
    zone = undefined;
  }

  return {
    end,
    open(offset, bytes) {
      const factor = 2 ** Math.floor(closed.length / zonesUntilDoubled);
      if (zone !== undefined) {
        const isFull = zone.records >= zoneRecords * factor || offset + bytes - zone.start > zoneBytes * factor;
        if (isFull) end();
      }
      zone ??= { start: offset, records: 0, spans: new Map() };
    },
    count(sequence, first, last) {
      const { spans } = zone as OpenZone;
      (zone as OpenZone).records += 1;
      const span = spans.get(sequence);
      if (span === undefined) spans.set(sequence, [first, last, 1]);
      else {
        if (first < span[0]) span[0] = first;
        if (last > span[1]) span[1] = last;
        span[2] += 1;
      }
    },
    contents: (virtualOffset) => closed.map(({ start, zone: each }) => ({ at: virtualOffset(start), ...each })),
  };
}
