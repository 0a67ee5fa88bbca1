// A stack keeps its place when others come and go, and no two are ever alike.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import {
  type Allotments,
  allocate,
  balancersOf,
  readPlaces,
  stacksPerBalancer,
  writePlaces,
} from "../../../course/plan/places.ts";

const names = Array.from({ length: 400 }, (_, index) => `gas26-s${index.toString(36).padStart(6, "0")}`);

test("as many stacks on a balancer as rules, target groups and targets allow", (t) => {
  t.is(stacksPerBalancer(10), 100);
  t.is(stacksPerBalancer(4), 100);
  t.is(stacksPerBalancer(20), 50);
  t.is(stacksPerBalancer(2000), 1);
  const hundred = allocate({}, names.slice(0, 100), 100);
  t.is(balancersOf(hundred), 1);
  t.is(balancersOf(allocate(hundred, names.slice(0, 101), 100)), 2);
  t.is(balancersOf({}), 0);
});

test("whoever comes and goes, the others keep their places, and none is taken twice", (t) => {
  const rounds = fc.array(fc.uniqueArray(fc.constantFrom(...names), { maxLength: 250 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(rounds, fc.integer({ min: 1, max: 100 }), (classes, perBalancer) => {
      let places: Allotments = {};
      for (const stacks of classes) {
        const before = places;
        places = allocate(before, stacks, perBalancer);
        t.deepEqual(Object.keys(places), [...stacks].sort());
        for (const name of stacks) if (before[name] !== undefined) t.deepEqual(places[name], before[name]);
        const taken = Object.values(places).map(({ balancer, priority }) => `${balancer}/${priority}`);
        if (new Set(taken).size !== taken.length) t.fail(`taken twice: ${taken}`);
        const loads = new Map<number, number>();
        for (const { balancer } of Object.values(places)) loads.set(balancer, (loads.get(balancer) ?? 0) + 1);
        if (Math.max(0, ...loads.values()) > perBalancer) t.fail(`a balancer holds more than ${perBalancer}`);
      }
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test("places outlive the command; a damaged file is told, never read as empty", (t) => {
  const state = mkdtempSync(join(tmpdir(), "places-"));
  t.deepEqual(readPlaces(state), {});
  const places = allocate({}, names.slice(0, 3), 100);
  writePlaces(state, places);
  t.deepEqual(readPlaces(state), places);
  writeFileSync(join(state, "places.json"), '{"gas26-s000000":{"balancer":0,"pri');
  t.throws(() => readPlaces(state), { message: /places\.json does not hold the places of stacks/ });
});
