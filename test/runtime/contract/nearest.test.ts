import test from "ava";
import { meantInstead, nearest, nearestSetting } from "../../../runtime/contract/nearest.ts";

test("a slip of the finger finds its word: another case, a swap, a letter too many or too few", (t) => {
  const known = ["webMin", "webMax", "annotatorMax"];
  t.deepEqual(
    ["webmax", "webMxa", "weMax", "webMaxx", "annotatormax"].map((given) => nearest(given, known)),
    ["webMax", "webMax", "webMax", "webMax", "annotatorMax"],
  );
});

test("what has nothing in common with any word suggests none", (t) => {
  t.is(nearest("ada", ["sm7y98q", "t5k2xwz"]), undefined);
  t.is(nearest("", ["a"]), undefined);
  t.is(nearest("a", []), undefined);
  t.is(meantInstead("ada", ["sm7y98q"]), ".");
  t.is(meantInstead("sm7y89q", ["sm7y98q"]), "; is sm7y98q meant?");
});

test("of equally near words the first is taken", (t) => {
  t.is(nearest("cat", ["cab", "car"]), "cab");
});

test("settings: a namespace in common says nothing about the name", (t) => {
  const known = ["annofarm:webMax", "annofarm:webMin", "aws:region"];
  t.is(nearestSetting("annofarm:zzzzzz", known), undefined);
  t.is(nearestSetting("annofarm:webmax", known), "annofarm:webMax");
  t.is(nearestSetting("gcp:region", known), "aws:region");
  t.is(nearestSetting("aws:webMax", known), "annofarm:webMax");
  t.is(nearestSetting("anofarm:webMxa", known), "annofarm:webMax");
});
