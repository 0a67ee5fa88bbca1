import test from "ava";
import fc from "fast-check";
import { newPseudonym, pseudonymPattern } from "../../../course/people/pseudonym.ts";

/** Draws that follow a list, again and again. */
const following = (list: readonly number[]) => {
  let at = 0;
  return (below: number) => (list[at++ % list.length] ?? 0) % below;
};

test("pseudonyms never collide, whatever is drawn", (t) => {
  const draws = fc.array(fc.nat(30), { minLength: 300, maxLength: 600 });
  fc.assert(
    fc.property(draws, fc.constantFrom("s" as const, "t" as const), (list, kind) => {
      const taken = new Set<string>();
      const draw = following(list);
      for (let made = 0; made < 20; made++) {
        let name: string;
        try {
          name = newPseudonym(kind, taken, draw);
        } catch {
          return; // The list says nothing new.
        }
        t.false(taken.has(name));
        t.regex(name, pseudonymPattern);
        t.true(name.startsWith(kind));
        taken.add(name);
      }
    }),
  );
  t.pass();
});

test("when everything that is drawn is taken, that is an error", (t) => {
  const error = t.throws(() => newPseudonym("s", new Set(["saaaaaa"]), () => 0));
  t.is(error?.message, "1000 pseudonyms in a row were taken already; the course's people.json has 1");
});

test("look-alikes are not in it", (t) => {
  const names = Array.from({ length: 500 }, () => newPseudonym("s", new Set()).slice(1)).join("");
  t.notRegex(names, /[ilo01A-Z]/);
  t.true(new Set(names).size > 25);
});
