// Whose a resource is, by every sign that there is, beside owners whose names begin alike.
import test from "ava";
import fc from "fast-check";
import { claimsFor, type Sought, type Surroundings } from "../../../course/emptiness/belonging.ts";
import type { Found } from "../../../course/emptiness/lister.ts";

const found = (rest: Partial<Found>): Found => ({ id: "1", names: [], remove: async () => {}, ...rest });
const nobody: Surroundings = { owners: [], zones: [] };
const claim = (sought: Partial<Sought>, resource: Partial<Found>, around = nobody) =>
  claimsFor({ owners: [], ...sought }, around)(found(resource));

const own = { owners: ["gas26-abc"] };

test("a name belongs to an owner that it begins with, up to a hyphen", (t) => {
  for (const name of [
    "gas26-abc",
    "gas26-abc-web",
    "/gas26-abc/session-secret",
    "gas26-abc-inputs-123456789012-us-east-1",
  ]) {
    t.deepEqual(claim(own, { names: [name] }), { owner: "gas26-abc", by: "name" }, name);
  }
  for (const name of [
    "gas26-abcd",
    "gas26-abcd-web",
    "gas26-ab",
    "/gas26-abcd/x",
    "my-gas26-abc-web",
    "gas26",
    "",
    "x/gas26-abc/y",
  ]) {
    t.is(claim(own, { names: [name] }), undefined, name);
  }
});

test("the longest owner that is known has a name; tags make owners known", (t) => {
  const around = { owners: ["gas-abc"], zones: [] };
  t.is(claim({ owners: ["gas"] }, { names: ["gas-abc-web"] }, around), "elsewhere");
  t.deepEqual(claim({ owners: ["gas"] }, { names: ["gas-web"] }, around), { owner: "gas", by: "name" });
  t.deepEqual(claim({ owners: ["gas"] }, { names: ["gas-abc-web"] }), { owner: "gas", by: "name" });
  t.deepEqual(claim({ owners: ["gas", "gas-abc"] }, { names: ["gas-abc-web"] }), { owner: "gas-abc", by: "name" });
});

test("tags come before names, and another's tags keep a resource from being ours", (t) => {
  t.deepEqual(claim(own, { names: ["x"], tags: { owner: "gas26-abc" } }), { owner: "gas26-abc", by: "tags" });
  t.is(claim(own, { names: ["gas26-abc-web"], tags: { owner: "gas26-abcd" } }), "elsewhere");
  t.deepEqual(claim(own, { names: ["gas26-abc-web"], tags: { Name: "other" } }), { owner: "gas26-abc", by: "name" });
});

test("a project narrows what tags say, where they name one", (t) => {
  const sought = { ...own, project: "annofarm" };
  const tags = { owner: "gas26-abc", project: "annofarm" };
  t.is((claim(sought, { tags }) as { by: string }).by, "tags");
  t.is(claim(sought, { tags: { ...tags, project: "payroll" } }), "elsewhere");
  t.is((claim(sought, { tags: { owner: "gas26-abc" } }) as { by: string }).by, "tags");
  t.is((claim(own, { tags: { ...tags, project: "payroll" } }) as { by: string }).by, "tags");
});

test("a host name belongs to the label in front of a domain of the account's", (t) => {
  const around = { owners: [], zones: ["example.org"] };
  const by = { owner: "gas26-abc", by: "host name" };
  for (const host of ["gas26-abc.example.org", "_x1.gas26-abc.example.org", "*.gas26-abc.example.org"]) {
    t.deepEqual(claim(own, { hosts: [host] }, around), by, host);
  }
  for (const host of [
    "gas26-abcd.example.org",
    "example.org",
    "gas26-abc.example.com",
    "gas26-abc.notexample.org",
    "www.example.org",
  ]) {
    t.is(claim(own, { hosts: [host] }, around), undefined, host);
  }
  // A domain that is called like an owner is nobody's subdomain.
  t.is(claim({ owners: ["gas"] }, { hosts: ["gas.com"] }, { owners: [], zones: ["gas.com"] }), undefined);
  t.deepEqual(claim({ ...own, domains: ["example.com"] }, { hosts: ["gas26-abc.example.com"] }), by);
});

test("a course's stacks are known by their pseudonyms, and what they share by the course", (t) => {
  const course = { course: "gas26" };
  t.deepEqual(claim(course, { names: ["gas26-sk7m2qa-web"] }), { owner: "gas26-sk7m2qa", by: "name" });
  t.deepEqual(claim(course, { tags: { owner: "gas26-tk7m2qa" } }), { owner: "gas26-tk7m2qa", by: "tags" });
  t.deepEqual(claim(course, { names: ["gas26-boundary"] }), { owner: "gas26", by: "name" });
  t.is(claim(course, { tags: { owner: "gas26b-sk7m2qa" }, names: ["gas26b-sk7m2qa-web"] }), "elsewhere");
  t.is(claim(course, { names: ["gas26b-sk7m2qa-web"] }), undefined);
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("-"));

test("of any two owners, each name belongs to one at most, and to one that it begins with", (t) => {
  const property = fc.property(name, name, name, (one, other, rest) => {
    fc.pre(one !== other);
    const text = `${one}-${rest}`;
    const whose = claim({ owners: [one, other] }, { names: [text] }) as { owner: string };
    const longest = [one, other]
      .filter((owner) => text === owner || text.startsWith(`${owner}-`))
      .sort((a, b) => b.length - a.length);
    return whose.owner === longest[0];
  });
  t.notThrows(() => fc.assert(property));
});
