/**
 * A roster of 100 lines with everything that goes wrong in real ones, in each format that is read, and what has to be said of it.
 * `write-rosters.ts` writes them to test/course/rosters, where staff would have them.
 */
import { type Encoding, encode } from "../../../course/roster/text-file.ts";

export interface FlawedRoster {
  readonly file: string;
  readonly format: string;
  readonly bytes: Buffer;
  /** Every mistake that has to be reported, in the order of lines. */
  readonly flaws: readonly { readonly line: number; readonly says: RegExp }[];
  /** Ids of the people on flawless lines. */
  readonly flawless: readonly string[];
  /** The same roster once staff have mended it. */
  readonly mended: Buffer;
  /** What must never leave the mapping file: names, addresses, ids. */
  readonly secrets: readonly string[];
}

interface Student {
  readonly given: string;
  readonly surname: string;
  readonly login: string;
  readonly email: string;
  readonly number: string;
  readonly section: string;
  readonly team: string;
}

const givenNames = [
  "Zofia",
  "Björn",
  "Xiomara",
  "Thandiwe",
  "Øyvind",
  "Makoto",
  "Ngozi",
  "Lucía",
  "Ferdinand",
  "Aroha",
];
const surnames = [
  "Wojciechowski",
  "Grünewald",
  "Quispe-Huamán",
  "O'Shaughnessy",
  "Hjörleifsson",
  "Takahashi",
  "Okonkwo",
  "Ibáñez",
  "Vandersloot",
  "Ngata",
];

function student(at: number): Student {
  const [given, surname] = [givenNames[at % 10] ?? "", surnames[Math.floor(at / 10) % 10] ?? ""];
  const login = `octo-${String(at).padStart(3, "0")}x`;
  return {
    given,
    surname,
    login,
    email: `${login}@students.example.edu`,
    number: String(900_100_000 + at * 37),
    section: at % 3 === 0 ? "Tuesday 9:00" : "Thursday, late",
    // Every fifth student is in a team, five to a team.
    team: at % 5 === 0 ? `Helix ${Math.floor(at / 25) + 1}` : "",
  };
}

interface Layout {
  readonly file: string;
  readonly format: string;
  readonly encoding: Encoding;
  readonly separator: "," | ";" | "\t";
  readonly lineEnd: "\n" | "\r\n";
  readonly header: readonly string[];
  readonly cells: (student: Student) => string[];
  /** Rows that are nobody's, at the top and at the end. */
  readonly top?: readonly (readonly string[])[];
  readonly bottom?: readonly (readonly string[])[];
  /** Place of the id, of the address (undefined: none), of the team, of the name. */
  readonly places: {
    readonly id: readonly number[];
    readonly mail?: number;
    readonly team: number;
    readonly name: number;
  };
  readonly missing: RegExp;
  readonly idOf: (student: Student) => string;
}

const layouts: readonly Layout[] = [
  {
    file: "classroom50.csv",
    format: "classroom50",
    encoding: { charset: "utf-8", mark: true },
    separator: ",",
    lineEnd: "\r\n",
    header: ["username", "first_name", "last_name", "email", "section", "github_id", "role", "team", "pronouns"],
    cells: (s) => [s.login, s.given, s.surname, s.email, s.section, s.number, "student", s.team, "they, them"],
    bottom: [["prof-ada", "Ada", "Lehrerin", "ada.lehrerin@example.edu", "", "77", "teacher", "", ""]],
    places: { id: [0, 3, 5], mail: 3, team: 7, name: 2 },
    missing: /no username, github_id or email/,
    idOf: (s) => s.login,
  },
  {
    file: "github-classroom.csv",
    format: "github-classroom",
    encoding: { charset: "utf-8", mark: false },
    separator: ",",
    lineEnd: "\n",
    header: ["identifier", "github_username", "github_id", "name", "email", "team"],
    cells: (s) => [s.number, s.login, `4${s.number}`, `${s.given} ${s.surname}`, s.email, s.team],
    places: { id: [0], mail: 4, team: 5, name: 3 },
    missing: /no identifier/,
    idOf: (s) => s.number,
  },
  {
    file: "canvas.csv",
    format: "canvas",
    encoding: { charset: "utf-8", mark: true },
    separator: ";",
    lineEnd: "\r\n",
    header: [
      "Student",
      "ID",
      "SIS User ID",
      "SIS Login ID",
      "Section",
      "email",
      "team",
      "Size limit (4711)",
      "Final Score",
    ],
    cells: (s) => [
      `${s.surname}, ${s.given}`,
      s.number,
      `N${s.number}`,
      s.login,
      s.section,
      s.email,
      s.team,
      "",
      "87,5",
    ],
    top: [
      ["", "", "", "", "", "", "", "Manual Posting", ""],
      ["    Points Possible", "", "", "", "", "", "", "20,00", "(read only)"],
    ],
    bottom: [["Student, Test", "31337", "", "d3adb33f", "Tuesday 9:00", "", "", "", "0"]],
    places: { id: [1], mail: 5, team: 6, name: 0 },
    missing: /no ID/,
    idOf: (s) => s.number,
  },
  {
    file: "own-utf16.txt",
    format: "annofarm",
    encoding: { charset: "utf-16le", mark: true },
    separator: "\t",
    lineEnd: "\r\n",
    header: ["name", "id", "email", "team", "section", "remark"],
    cells: (s) => [`${s.surname}, ${s.given}`, s.login, s.email, s.team, s.section, `since\nMonday; "new"`],
    places: { id: [1], mail: 2, team: 3, name: 0 },
    missing: /no id/,
    idOf: (s) => s.login,
  },
];

/** A row of the file: what is in it, and what has to be said of it. */
interface Row {
  readonly text: string;
  readonly says?: RegExp;
  /** Flawless: the id of the person. */
  readonly id?: string;
}

const field = (value: string, separator: string) =>
  /["\r\n]/.test(value) || value.includes(separator) ? `"${value.replaceAll('"', '""')}"` : value;

const withCell = (cells: readonly string[], at: number, value: string) =>
  cells.map((cell, i) => (i === at ? value : cell));

/** What becomes of the student's line; the others are flawless. */
function rowFor(layout: Layout, at: number): Row {
  const { separator, cells, places, idOf } = layout;
  const self = student(at);
  const own = cells(self);
  const line = (values: readonly string[]) => values.map((value) => field(value, separator)).join(separator);
  const plain: Row = { text: line(own), id: idOf(self) };
  switch (at) {
    case 12: // The same person once more.
      return { text: line(cells(student(4))), says: /is on line \d+ already/ };
    case 23: // Nothing tells who it is.
      return {
        text: line(places.id.reduce((before, place) => withCell(before, place, "  "), own)),
        says: layout.missing,
      };
    case 31:
      return {
        text: line(withCell(own, places.mail ?? 0, "zofia(at)example")),
        says: /zofia\(at\)example is no mail address/,
      };
    case 40: // In another team as well.
      return {
        text: line(withCell(cells(student(20)), places.team, "Mitosis")),
        says: /is in team Mitosis here and in team Helix 1 on line/,
      };
    case 47: // A quote that is never closed.
      return { text: `"${own.join(separator)}`.replaceAll('"new"', "new").replace("\n", " "), says: /quote/ };
    case 58: // Text behind a quote.
      return {
        text: [`"${own[0]}" x`, ...own.slice(1)].join(separator).replaceAll('"new"', "new").replace("\n", " "),
        says: /text behind the closing quote/,
      };
    case 66: // A separator too many.
      return { text: line([...own, "more"]), says: /has \d+ fields where the header has \d+ columns/ };
    case 73: // Cut off.
      return { text: line(own.slice(0, 3)), says: /has 3 fields where the header has \d+ columns/ };
    case 85: // Another id, the same address.
      return {
        text: line(withCell(own, places.mail ?? 0, student(7).email.toUpperCase())),
        says: /mail address octo-007x@students\.example\.edu is on line \d+ already/,
      };
    case 92: // The same id in capitals.
      return {
        text: line(
          withCell(cells(student(9)), places.id[0] ?? 0, (cells(student(9))[places.id[0] ?? 0] ?? "").toUpperCase()),
        ),
        says: /is on line \d+ already/,
      };
    default:
      return plain;
  }
}

const countLines = (text: string) => text.split(/\r\n|\n|\r/).length;

function build(layout: Layout, rows: readonly Row[]) {
  const { header, top = [], bottom = [], separator, lineEnd, encoding } = layout;
  const line = (values: readonly string[]) => values.map((value) => field(value, separator)).join(separator);
  const [lines, flaws] = [[line(header), ...top.map(line)], [] as { line: number; says: RegExp }[]];
  let at = lines.length + 1;
  rows.forEach((row, index) => {
    // Empty lines, and lines of separators only, as spreadsheets leave them.
    const gap = index % 17 === 16 ? [""] : index % 29 === 28 ? [separator.repeat(header.length - 1)] : [];
    for (const text of [...gap, row.text]) {
      if (text === row.text && row.says !== undefined) flaws.push({ line: at, says: row.says });
      lines.push(text);
      at += countLines(text);
    }
  });
  return { bytes: encode([...lines, ...bottom.map(line), ""].join(lineEnd), encoding), flaws };
}

export const flawedRosters: readonly FlawedRoster[] = layouts.map((layout) => {
  const [all, rows] = [
    Array.from({ length: 100 }, (_, at) => student(at)),
    Array.from({ length: 100 }, (_, at) => rowFor(layout, at)),
  ];
  const mended = all.map(
    (each): Row => ({
      text: layout
        .cells(each)
        .map((value) => field(value, layout.separator))
        .join(layout.separator),
    }),
  );
  return {
    file: layout.file,
    format: layout.format,
    ...build(layout, rows),
    flawless: rows.flatMap(({ id }) => id ?? []),
    mended: build(layout, mended).bytes,
    secrets: all.flatMap(({ given, surname, login, email, number }) => [given, surname, login, email, number]),
  };
});
