/** The people who can sign in locally: two that are always there and those made since, kept in `people.json`. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const personSchema = z.object({
  /** The `sub` claim, and so the service's user id. */
  sub: z.uuid(),
  name: z.string(),
  email: z.string(),
  institution: z.string(),
  /** What the person is meant to be: the runner makes `premium_user`s so before anybody signs in. */
  plan: z.enum(["free_user", "premium_user"]),
});
export type Person = z.output<typeof personSchema>;

export const readyPeople: readonly Person[] = [
  {
    sub: "5f0c6c1e-2d0b-4a51-9a53-0f6c1d9b7a01",
    name: "Ada Lindqvist",
    email: "ada.lindqvist@genomics.example",
    institution: "Northfield University",
    plan: "free_user",
  },
  {
    sub: "b7b1f3a2-93d4-4c0e-8a6e-41d25f0f9c02",
    name: "Max Okonkwo",
    email: "max.okonkwo@biolab.example",
    institution: "Harbour Street Biolab",
    plan: "premium_user",
  },
];

const newPersonSchema = z.object({
  name: z.string().trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters."),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254, "An e-mail address has at most 254 characters.")
    .pipe(z.email("Enter an e-mail address, such as grace@lab.example.")),
  institution: z.string().trim().max(200, "An institution has at most 200 characters.").default(""),
});
export type NewPerson = z.input<typeof newPersonSchema>;

/** What a form got wrong, by field. */
export class PersonError extends Error {
  override name = "PersonError";
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: Readonly<Record<string, string>>) {
    super(Object.values(fields).join(" "));
    this.fields = fields;
  }
}

export interface People {
  all(): readonly Person[];
  find(sub: string): Person | undefined;
  /** @throws {PersonError} when a field does not fit or the address is taken. */
  add(person: NewPerson): Person;
}

/** @throws {Error} when the file exists but is not a list of people. */
export function openPeople(directory: string, ready: readonly Person[] = readyPeople): People {
  const file = join(directory, "people.json");
  let people: Person[] = [...ready];
  try {
    const kept = z.array(personSchema).parse(JSON.parse(readFileSync(file, "utf8")));
    people = [...ready, ...kept.filter((person) => !ready.some(({ sub }) => sub === person.sub))];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new Error(`${file} is not a list of people; mend or delete it`, { cause });
    }
  }

  return {
    all: () => people,
    find: (sub) => people.find((person) => person.sub === sub),
    add(input) {
      const parsed = newPersonSchema.safeParse(input);
      if (!parsed.success) {
        throw new PersonError(
          Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]).reverse()),
        );
      }
      const { name, email, institution } = parsed.data;
      const taken = people.find((person) => person.email === email);
      if (taken) throw new PersonError({ email: `${email} belongs to ${taken.name}, who is in the list.` });
      const person: Person = { sub: randomUUID(), name, email, institution, plan: "free_user" };
      const next = [...people, person];
      mkdirSync(directory, { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      people = next;
      return person;
    },
  };
}
