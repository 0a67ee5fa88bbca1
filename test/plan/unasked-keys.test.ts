import test from "ava";
import { unaskedKeys } from "../../plan/unasked-keys.ts";

const run = {
  project: "shop",
  asked: ["shop:webMax", "shop:owner", "aws:region"],
  resources: [
    { type: "aws:s3/bucket:Bucket", custom: true },
    { type: "pulumi:providers:tls", custom: true },
    { type: "shop:index:Farm", custom: false },
  ],
};

test("what was asked for, what providers read and what the engine reads has an effect", (t) => {
  const typed = ["webMax", "shop:owner", "aws:profile", "tls:proxy", "pulumi:tags"];
  t.deepEqual(unaskedKeys(typed, run), []);
});

test("anything else is told with the setting that was likely meant; case and namespace count", (t) => {
  t.deepEqual(unaskedKeys(["webmax", "annofarm:owner", "gcp:region"], run), [
    "! -c shop:webmax has no effect: nothing reads it; is shop:webMax meant?",
    "! -c annofarm:owner has no effect: nothing reads it; is shop:owner meant?",
    "! -c gcp:region has no effect: nothing reads it; is aws:region meant?",
  ]);
});

test("a program of components has its own namespace, whose settings it must read itself", (t) => {
  t.regex(unaskedKeys(["shop:colour"], run).join(), /nothing reads it/);
  t.deepEqual(unaskedKeys(["colour"], { ...run, asked: [] }), [
    "! -c shop:colour has no effect: nothing reads it; the program reads no setting",
  ]);
});
