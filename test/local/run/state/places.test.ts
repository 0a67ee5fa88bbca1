// What of a run outlives it is said by the declaration; a program that declares another service keeps nothing.
import test from "ava";
import { findPlaces, placesOf } from "../../../../local/run/state/places.ts";
import { readPlan } from "../../../../plan/plan.ts";
import { examples } from "../../../support/examples.ts";

test("the whole service has places; a farm of one's own has none, and a part of it is told what is missing", async (t) => {
  const root = examples[0]?.directory.replace(/\/examples\/.*$/, "") ?? "";
  const whole = await readPlan({ directory: root, stack: "local", onOutput: () => {} });
  t.like(findPlaces(whole), { annotationsTable: "gas-annotations--local", archiveStore: "s3" });
  const own = examples.find(({ name }) => name === "web-farm-own-app");
  const other = await readPlan({ directory: own?.directory ?? "", stack: "dev", onOutput: () => {} });
  t.is(findPlaces(other), undefined);
  t.throws(() => placesOf(other), { message: /stack dev declares no service "web"/ });
});
