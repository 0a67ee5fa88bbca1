/** Where the columns of a record end. Of the columns after INFO only their number is looked at. */
import { fixedColumns } from "./header.ts";

export interface Tabs {
  /** Indexes of the tabs that end the columns; `info` is the line's end when no column follows. */
  chrom: number;
  pos: number;
  id: number;
  ref: number;
  alt: number;
  qual: number;
  filter: number;
  info: number;
  columns: number;
  /** Finds the tabs of the line from `start` to `end`; false: there are fewer columns than every record has. */
  find(start: number, end: number): boolean;
}

export function createTabs(block: string): Tabs {
  /** First tab at or after `at`, perhaps beyond the line's end: searched once, however many lines without one precede it. */
  let tab = -1;
  const tabFrom = (at: number): number => {
    if (tab < at) {
      tab = block.indexOf("\t", at);
      if (tab < 0) tab = block.length;
    }
    return tab;
  };
  const tabs: Tabs = {
    chrom: 0,
    pos: 0,
    id: 0,
    ref: 0,
    alt: 0,
    qual: 0,
    filter: 0,
    info: 0,
    columns: 0,
    find(start, end) {
      tabs.chrom = tabFrom(start);
      tabs.pos = tabFrom(tabs.chrom + 1);
      tabs.id = tabFrom(tabs.pos + 1);
      tabs.ref = tabFrom(tabs.id + 1);
      tabs.alt = tabFrom(tabs.ref + 1);
      tabs.qual = tabFrom(tabs.alt + 1);
      tabs.filter = tabFrom(tabs.qual + 1);
      if (tabs.filter >= end) return false;
      tabs.info = Math.min(tabFrom(tabs.filter + 1), end);
      let columns = fixedColumns;
      for (let at = tabs.info; at < end; at += 1) if (block.charCodeAt(at) === 9) columns += 1;
      tabs.columns = columns;
      return true;
    },
  };
  return tabs;
}
