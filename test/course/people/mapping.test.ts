import test from "ava";
import fc from "fast-check";
import { emptyMapping, joinPeople, type Mapping, mappingSchema, pseudonymOf } from "../../../course/people/mapping.ts";
import { stacksOf } from "../../../course/people/stacks.ts";
import type { Person } from "../../../course/roster/person.ts";

const person = (id: string, extra: Partial<Person> = {}): Person => ({
  id,
  name: `Name of ${id}`,
  keys: [`id:${id}`],
  line: 2,
  ...extra,
});

const join = (before: Mapping, ...people: readonly Person[]) => joinPeople(before, people);
const namesOf = (mapping: Mapping) => Object.fromEntries(mapping.people.map(({ id, pseudonym }) => [id, pseudonym]));

test("a person keeps the pseudonym over any coming and going, and nobody gets that of another", (t) => {
  const rosters = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 6 }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(rosters, (terms) => {
      const first = new Map<string, string>();
      let mapping = emptyMapping("gas26");
      for (const ids of terms) {
        mapping = join(mapping, ...ids.map((id) => person(id))).mapping;
        for (const [id, name] of Object.entries(namesOf(mapping))) {
          t.is(first.get(id) ?? name, name);
          first.set(id, name);
        }
        t.deepEqual(
          mapping.people
            .filter(({ here }) => here)
            .map(({ id }) => id)
            .sort(),
          [...ids].sort(),
        );
      }
      t.is(new Set(first.values()).size, first.size);
      t.deepEqual(mappingSchema.parse(JSON.parse(JSON.stringify(mapping))), mapping);
    }),
  );
  t.pass();
});

test("a person is known again by any key: an invitation by address gets its account, another service's roster is taken", (t) => {
  const invited = person("ada@example.edu", { keys: ["mail:ada@example.edu"] });
  const one = join(emptyMapping("gas26"), invited).mapping;
  const accepted = person("ada", { keys: ["github:ada", "mail:ada@example.edu"] });
  const two = join(one, accepted).mapping;
  const canvas = person("17", { keys: ["canvas:17", "github:ada"] });
  const three = join(two, canvas).mapping;
  t.is(three.people.length, 1);
  t.is(pseudonymOf(three, invited), pseudonymOf(one, invited));
  t.is(pseudonymOf(three, canvas), pseudonymOf(one, invited));
  t.deepEqual(three.people[0]?.keys, ["mail:ada@example.edu", "github:ada", "canvas:17"]);
});

test("one line with the keys of two people, and two lines of one, are told and change nobody", (t) => {
  const before = join(
    emptyMapping("gas26"),
    person("a", { keys: ["id:a"] }),
    person("b", { keys: ["id:b", "mail:b"] }),
  ).mapping;
  const both = joinPeople(before, [person("a", { keys: ["id:a", "mail:b"], line: 7 })]);
  t.is(both.mistakes[0]?.line, 7);
  t.regex(
    both.mistakes[0]?.reason ?? "",
    /^a has the id of s\w{6} and the address of s\w{6}, which are two people; correct the roster$/,
  );
  const split = joinPeople(before, [
    person("b", { keys: ["id:b"], line: 3 }),
    person("c", { keys: ["id:c", "mail:b"], line: 4 }),
  ]);
  t.regex(
    split.mistakes[0]?.reason ?? "",
    /^c and line 3 are the same person, s\w{6}, in an earlier roster; keep one of them$/,
  );
});

test("a team has one stack of its members, everybody else one of their own", (t) => {
  const { mapping } = join(
    emptyMapping("gas26"),
    person("a", { team: "Red", section: "A" }),
    person("b", { team: " red", section: "A" }),
    person("c", { section: "B" }),
    person("d", { team: "Blue", section: "A" }),
    person("e", { team: "Blue", section: "B" }),
  );
  const stacks = stacksOf(mapping);
  const names = namesOf(mapping);
  const withMembers = (...ids: readonly string[]) => {
    const members = ids.map((id) => names[id]).sort();
    return stacks.find((stack) => JSON.stringify(stack.members) === JSON.stringify(members));
  };
  t.is(stacks.length, 3);
  t.like(withMembers("a", "b"), { section: "A" });
  t.regex(withMembers("a", "b")?.name ?? "", /^gas26-t/);
  t.like(withMembers("c"), { name: `gas26-${names.c}`, section: "B" });
  t.is(withMembers("d", "e")?.section, undefined);
});

test("a team keeps its name when people change; those who have left are in no stack", (t) => {
  const one = join(emptyMapping("gas26"), person("a", { team: "Red" }), person("b")).mapping;
  const two = join(one, person("a"), person("c", { team: "RED" })).mapping;
  const team = one.teams[0]?.pseudonym;
  t.deepEqual(two.teams, one.teams);
  t.deepEqual(
    stacksOf(two)
      .map(({ name }) => name)
      .sort(),
    [`gas26-${team}`, `gas26-${namesOf(one).a}`].sort(),
  );
});
