/** A roster's file → people; every mistake with its line, and everything that is flawless all the same. */
import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { isMailAddress } from "../mail-address.ts";
import { inOrder, type Mistake } from "../mistakes.ts";
import type { Format } from "./formats.ts";
import { type Header, readHeader } from "./header.ts";
import { type Person, teamKey } from "./person.ts";
import { readRecords, type Separator, separators, type TableRecord } from "./records.ts";
import { decode, type Encoding } from "./text-file.ts";

/** The file as a table, for the way back. */
export interface Table {
  readonly text: string;
  readonly encoding: Encoding;
  readonly separator: Separator;
  readonly header: Header;
  readonly headerRecord: TableRecord;
  /** All records below the header. */
  readonly rows: readonly TableRecord[];
}

export interface Roster {
  readonly people: readonly Person[];
  /** In the order of lines. */
  readonly mistakes: readonly Mistake[];
  /** Rows that stand for nobody of the class, and why. */
  readonly aside: readonly { readonly line: number; readonly why: string }[];
  /** Absent when the file has no header that is known. */
  readonly table?: Table;
}

const nobody = { people: [], aside: [] };

interface Layout {
  readonly separator: Separator;
  readonly header: ReturnType<typeof readHeader>;
  readonly records: readonly TableRecord[];
  readonly mistakes: readonly Mistake[];
}

const isHeader = (header: Layout["header"]): header is Header => "format" in header;

/** The separator under which the header is known; else the one that makes the most of it. */
function layoutOf(text: string): Layout | undefined {
  const layouts = separators.flatMap((separator): Layout[] => {
    const { records, mistakes } = readRecords(text, separator);
    return records[0] === undefined ? [] : [{ separator, records, mistakes, header: readHeader(records[0]) }];
  });
  const columns = ({ records }: Layout) => records[0]?.fields.length ?? 0;
  return (
    layouts.find(({ header }) => isHeader(header)) ??
    layouts.reduce<Layout | undefined>(
      (best, each) => (best === undefined || columns(each) > columns(best) ? each : best),
      undefined,
    )
  );
}

/** Spreadsheets are kept from running a cell by `="…"` (Canvas) or by an apostrophe (Classroom 50). */
const plain = (cell: string) => (/^="(.*)"$/s.exec(cell)?.[1] ?? cell.replace(/^'(?=[=+\-@])/, "")).trim();

function cellsOf({ places }: Header, { fields }: TableRecord) {
  return (column: string): string => {
    const place = places.get(column);
    return place === undefined ? "" : plain(fields[place]?.value ?? "");
  };
}

/** Too few fields, or too many: which belongs to which column cannot be said. */
function wrongWidth({ names }: Header, { line, fields }: TableRecord): Mistake | undefined {
  const [found, wanted] = [fields.length, names.length];
  if (found === wanted) return undefined;
  // Some programs end every line with a separator.
  const extra = fields.slice(wanted).every(({ value }) => value.trim() === "");
  if (found > wanted && extra) return undefined;
  const fix = found < wanted ? "add what is missing" : "put a field with a separator in quotes";
  return { line, reason: `has ${found} fields where the header has ${wanted} columns; ${fix}` };
}

/** The person of a row, or what is wrong with it. */
function personOf(format: Format, cells: (column: string) => string, line: number): Person | Mistake {
  const draft = format.read(cells);
  const { email } = draft;
  if (draft.id === "") return { line, reason: `has no ${format.identity}; give one, it tells people apart` };
  if (email !== "" && !isMailAddress(email)) {
    return { line, reason: `${email} is no mail address; give one such as name@example.edu, or leave it empty` };
  }
  const login = cells("sis login id");
  const address = email !== "" ? email : isMailAddress(login) ? login : "";
  const keys = [...draft.keys, ["mail", address] as const].filter(([, value]) => value !== "");
  const [section, team] = [cells("section"), cells("team")];
  return {
    id: draft.id,
    name: draft.name,
    ...(address !== "" && { email: address }),
    ...(section !== "" && { section }),
    ...(team !== "" && { team }),
    keys: keys.map(([kind, value]) => `${kind}:${value.toLowerCase()}`),
    line,
  };
}

const kindNames: Readonly<Record<string, string>> = {
  github: "GitHub account",
  "github-id": "github_id",
  mail: "mail address",
  canvas: "ID",
  sis: "SIS User ID",
  login: "SIS Login ID",
};

/** A person who is there already, perhaps in another team. */
function twice(person: Person, before: Person, key: string): Mistake {
  const { line } = person;
  const [kind = "", value] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  const [team, other] = [person.team, before.team];
  if (team !== undefined && other !== undefined && teamKey(team) !== teamKey(other)) {
    return {
      line,
      reason: `${person.id} is in team ${team} here and in team ${other} on line ${before.line}; keep one`,
    };
  }
  return { line, reason: `${kindNames[kind] ?? "id"} ${value} is on line ${before.line} already; keep one of them` };
}

function peopleOf(header: Header, rows: readonly TableRecord[]): Omit<Roster, "table"> {
  const [people, mistakes, aside] = [[] as Person[], [] as Mistake[], [] as { line: number; why: string }[]];
  const known = new Map<string, Person>();
  for (const record of rows) {
    const cells = cellsOf(header, record);
    const values = record.fields.map(({ value }) => value);
    const why = header.format.aside?.(cells, values);
    if (why !== undefined) {
      aside.push({ line: record.line, why });
      continue;
    }
    const found = wrongWidth(header, record) ?? personOf(header.format, cells, record.line);
    if ("reason" in found) {
      mistakes.push(found);
      continue;
    }
    const key = found.keys.find((each) => known.has(each));
    const before = key === undefined ? undefined : known.get(key);
    if (key !== undefined && before !== undefined) {
      mistakes.push(twice(found, before, key));
      continue;
    }
    people.push(found);
    for (const each of found.keys) known.set(each, found);
  }
  return { people, mistakes, aside };
}

/** Everything that the bytes of a roster say. Nothing is thrown: mistakes are part of the answer. */
export function parseRoster(bytes: Uint8Array): Roster {
  const decoded = decode(bytes);
  if ("reason" in decoded) return { ...nobody, mistakes: [decoded] };
  const layout = layoutOf(decoded.text);
  if (layout === undefined) {
    const reason = "is empty; give a header and a line for each person, such as a Canvas gradebook";
    return { ...nobody, mistakes: [{ reason }] };
  }
  const { header, records, separator } = layout;
  if (!isHeader(header)) return { ...nobody, mistakes: inOrder([...layout.mistakes, ...header]) };
  const [headerRecord, ...rows] = records as [TableRecord, ...TableRecord[]];
  const { people, mistakes, aside } = peopleOf(header, rows);
  const found = [...layout.mistakes, ...mistakes];
  const none = people.length === 0 && found.length === 0;
  const empty: Mistake[] = none ? [{ reason: "has a header and no people; add a line for each person" }] : [];
  const table = { ...decoded, separator, header, headerRecord, rows };
  return { people, mistakes: inOrder([...found, ...empty]), aside, table };
}

/** Far above any class; a larger file is something else. */
const mostBytes = 10 * 2 ** 20;

/** @throws Node's error when the file cannot be read. */
export async function readRoster(file: string): Promise<Roster> {
  const { size }: Stats = await stat(file);
  if (size <= mostBytes) return parseRoster(await readFile(file));
  const reason = `has ${size} bytes, and a roster has at most ${mostBytes}; give the roster`;
  return { ...nobody, mistakes: [{ reason }] };
}
