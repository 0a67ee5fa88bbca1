/**
 * Rosters as services write them, recognised by their header whatever the order of columns.
 *
 * Sources: Classroom 50, wiki (CLI Teacher Guide) and its reader, cli/gh-teacher/internal/configrepo/students_csv.go; GitHub Classroom,
 * "Download roster"; Canvas, lib/gradebook_exporter.rb and lib/gradebook_importer.rb.
 */

/** A row's cells by column name in lower case; `""` where the roster has no such column. */
type Cells = (column: string) => string;

/** What a format makes of a row, before it is checked. */
interface Draft {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly keys: readonly (readonly [kind: string, value: string])[];
}

export interface Format {
  readonly name: string;
  readonly title: string;
  /** In lower case; one of each set has to be there. */
  readonly required: readonly (readonly string[])[];
  /** Columns that are read when they are there. */
  readonly optional: readonly string[];
  /** What a row has to have, for the error of one that has none. */
  readonly identity: string;
  read(cells: Cells): Draft;
  /** Why a row stands for no student; undefined for one that does. `values` are all its cells. */
  aside?(cells: Cells, values: readonly string[]): string | undefined;
}

const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(" ");
const firstOf = (...values: readonly string[]) => values.find((value) => value !== "") ?? "";
const single = (...names: readonly string[]) => names.map((name) => [name]);

const classroom50: Format = {
  name: "classroom50",
  title: "Classroom 50",
  required: single("username", "first_name", "last_name", "email", "section"),
  optional: ["github_id", "role", "team"],
  identity: "username, github_id or email",
  // A pending invitation has only an address.
  read: (cells) => ({
    id: firstOf(cells("username"), cells("email"), cells("github_id")),
    name: joined(cells("first_name"), cells("last_name")),
    email: cells("email"),
    keys: [
      ["github", cells("username")],
      ["github-id", cells("github_id")],
    ],
  }),
  aside: (cells) => (/^(?:teacher|ta)$/i.test(cells("role")) ? "staff (role)" : undefined),
};

const githubClassroom: Format = {
  name: "github-classroom",
  title: "GitHub Classroom",
  required: single("identifier", "github_username", "github_id", "name"),
  optional: ["email", "section", "team"],
  identity: "identifier",
  read: (cells) => ({
    id: cells("identifier"),
    name: cells("name"),
    email: cells("email"),
    keys: [
      ["id", cells("identifier")],
      ["github", cells("github_username")],
      ["github-id", cells("github_id")],
    ],
  }),
};

/** "Surname, Given" → "Given Surname". */
const givenFirst = (name: string) => {
  const [surname = "", ...given] = name.split(",").map((part) => part.trim());
  return joined(...given, surname);
};

const notPeople: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^\s*points possible\s*$/i, "Points Possible"],
  [/^student, test$/i, "the test student"],
];

const canvas: Format = {
  name: "canvas",
  title: "Canvas gradebook",
  required: [["student", "lastname"], ["id"], ["section"]],
  optional: ["firstname", "sis user id", "sis login id", "integration id", "root account", "email", "team"],
  identity: "ID",
  read: (cells) => ({
    id: cells("id"),
    name: firstOf(givenFirst(cells("student")), joined(cells("firstname"), cells("lastname"))),
    email: cells("email"),
    keys: [
      ["canvas", cells("id")],
      ["sis", cells("sis user id")],
      ["login", cells("sis login id")],
    ],
  }),
  aside(cells, values) {
    const name = firstOf(cells("student"), [cells("lastname"), cells("firstname")].filter(Boolean).join(", "));
    const found = notPeople.find(([pattern]) => pattern.test(name));
    if (found !== undefined) return found[1];
    // The row under the header that says which assignments are posted by hand.
    return values.every((value) => /^\s*(?:(?:muted|manual posting).*)?$/i.test(value)) ? "Manual Posting" : undefined;
  },
};

const own: Format = {
  name: "annofarm",
  title: "annofarm",
  required: single("id", "name", "email"),
  optional: ["section", "team"],
  identity: "id",
  read: (cells) => ({
    id: cells("id"),
    name: cells("name"),
    email: cells("email"),
    keys: [["id", cells("id")]],
  }),
};

/** The most particular first. */
export const formats: readonly Format[] = [classroom50, githubClassroom, canvas, own];

export const columnsOf = ({ required, optional }: Format): string[] => [...required.flat(), ...optional];
