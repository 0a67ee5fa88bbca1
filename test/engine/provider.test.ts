// The provider's judgement, without an engine: what a change means, what is the same, what a state says as a plan.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import test from "ava";
import { planOf } from "../../local/engine/plan.ts";
import { difference } from "../../local/engine/plugin/diff.ts";
import { openJournal } from "../../local/engine/plugin/journal.ts";
import { received, sending } from "../../local/engine/plugin/values.ts";
import { handlerOf } from "../../local/resources/driver.ts";
import { inDeclaredWords } from "../../local/resources/reality.ts";
import { clearStaleLocks, leftUnfinished } from "../../plan/engine/backend.ts";
import { pruneJournal } from "../../plan/engine/journal.ts";
import * as signatures from "../../plan/program/signatures.ts";
import { resourceTypes } from "../../plan/resource-types/all.ts";
import { notRunHere } from "../../plan/resource-types/resource-type.ts";
import { allHandlers } from "../support/all-handlers.ts";

const queue = "aws:sqs/queue:Queue";

test("the marks of the protocol are the SDK's", (t) => {
  const { specialSigKey, specialAssetSig, specialArchiveSig, specialSecretSig, specialResourceSig, unknownValue } =
    runtime;
  t.deepEqual(
    { ...signatures },
    { specialSigKey, specialAssetSig, specialArchiveSig, specialSecretSig, specialResourceSig, unknownValue },
  );
});

test("every type with a rule has a handler, and the other way round", async (t) => {
  const ruled = Object.keys(resourceTypes).filter((type) => resourceTypes[type]?.replacement !== notRunHere);
  for (const type of ruled) await t.notThrowsAsync(handlerOf(type), type);
  const handled = Object.keys(await allHandlers());
  t.true(handled.length > 40, `${handled.length} types are handled`);
  t.deepEqual(
    handled.filter((type) => !ruled.includes(type)),
    [],
  );
});

test("a type that nobody knows is named", async (t) => {
  await t.throwsAsync(handlerOf("aws:rds/instance:Instance"), { message: /aws:rds\/instance:Instance/ });
  t.throws(() => difference("aws:rds/instance:Instance", {}, {}), { message: /aws:rds\/instance:Instance anew/ });
});

test("a change in place, told by path", (t) => {
  const found = difference(queue, { name: "a", tags: { x: "1" } }, { name: "a", tags: { x: "2", "y.z": "3" } });
  t.deepEqual(
    [...found.changes],
    [
      ["tags.x", { kind: "update", replaces: false }],
      ['tags["y.z"]', { kind: "add", replaces: false }],
    ],
  );
  t.deepEqual(found.replaces, []);
  t.false(found.deleteFirst);
});

test("a given name goes before its successor comes; a made-up one does not stand in the way", (t) => {
  const given = difference(
    queue,
    { name: "a", fifoQueue: false, __defaults: [] },
    { name: "a", fifoQueue: true, __defaults: [] },
  );
  t.deepEqual(given.replaces, ["fifoQueue"]);
  t.true(given.deleteFirst);
  const made = { __defaults: ["name"] };
  t.false(difference(queue, { name: "a-1", ...made }, { name: "a-2", ...made, fifoQueue: true }).deleteFirst);
});

test("what is to be ignored is, also inside an input", (t) => {
  const before = { desiredCapacity: 2, tags: [{ key: "a" }] };
  const after = { desiredCapacity: 4, tags: [{ key: "b" }] };
  const group = "aws:autoscaling/group:Group";
  t.is(difference(group, before, after, ["desiredCapacity", "tags"]).changes.size, 0);
  t.deepEqual(difference(group, before, after, ["tags[0].key"]).inputs, ["desiredCapacity"]);
});

test("the same policy in other words and the same file at another place are no change", (t) => {
  const policy = (text: string) => ({ queueUrl: "u", policy: text });
  t.is(
    difference("aws:sqs/queuePolicy:QueuePolicy", policy('{"a":1,"b":2}'), policy('{ "b":2, "a":1 }')).changes.size,
    0,
  );
  const object = (path: string, hash: string) => ({ key: "k", source: { asset: "file", path, hash } });
  const type = "aws:s3/bucketObjectv2:BucketObjectv2";
  t.is(difference(type, object("/a", "1"), object("/b", "1")).changes.size, 0);
  t.deepEqual(difference(type, object("/a", "1"), object("/a", "2")).inputs, ["source"]);
});

test("a service's own words for what was declared are no drift, other values are", (t) => {
  const declared = { policy: '{"Action":["a","b"]}', subnets: ["1", "2"], size: 3 };
  t.deepEqual(inDeclaredWords(declared, { policy: '{"Action":["b","a"]}', subnets: ["2", "1"], size: 4 }), {
    ...declared,
    size: 4,
  });
});

test("secrets, files and unknowns survive the way to a handler and back", (t) => {
  const { specialSigKey, specialSecretSig, specialAssetSig, unknownValue } = signatures;
  const wire = {
    password: { [specialSigKey]: specialSecretSig, value: { text: "open" } },
    source: { [specialSigKey]: specialAssetSig, path: "/a", hash: "00" },
    arn: unknownValue,
  };
  const there = received(sending(wire));
  t.deepEqual(there.values, {
    password: { text: "open" },
    source: { asset: "file", path: "/a", hash: "00" },
    arn: unknownValue,
  });
  t.deepEqual(there.secrets, ["password"]);
  t.deepEqual(sending(there.values, there.secrets).toJavaScript() as object, wire);
});

test("the journal keeps only what an engine did not live to hear of", (t) => {
  const file = join(mkdtempSync(join(tmpdir(), "annofarm-journal-")), "journal.jsonl");
  const journal = openJournal(file);
  journal.created({ urn: "urn:a", id: "1", inputs: {} });
  journal.created({ urn: "urn:b", id: "2", inputs: { name: "b" } });
  pruneJournal(file, (urn) => urn === "urn:b");
  t.is(readFileSync(file, "utf8").trim().split("\n").length, 1);
  const next = openJournal(file);
  t.is(next.leftBehind("urn:a"), undefined);
  t.deepEqual(next.leftBehind("urn:b"), { urn: "urn:b", id: "2", inputs: { name: "b" } });
  t.is(next.leftBehind("urn:b"), undefined);
});

test("a state that was cut off in the middle of its writing is the one before, and its locks are nobody's", (t) => {
  const backend = mkdtempSync(join(tmpdir(), "annofarm-backend-"));
  const [stacks, locks] = [
    join(backend, ".pulumi", "stacks", "p"),
    join(backend, ".pulumi", "locks", "organization", "p", "s"),
  ];
  for (const folder of [stacks, locks]) mkdirSync(folder, { recursive: true });
  const kept = { backend, project: "p", stack: "s" };
  const left = () => leftUnfinished(kept, "begin anew");
  const state = (latest: object) => JSON.stringify({ version: 3, checkpoint: { latest } });
  const [a, b, c] = ["a", "b", "c"].map((urn) => ({ urn, type: "t", custom: true }));
  const file = join(stacks, "s.json");
  writeFileSync(file, state({ resources: [a], pending_operations: [{ type: "creating", resource: b }] }));
  t.deepEqual(["a", "b", "c"].filter(left()), ["b"]);
  writeFileSync(file, state({ resources: [a, b, c] }).slice(0, 40));
  t.throws(left, { message: /damaged.*; begin anew/ });
  writeFileSync(`${file}.bak`, state({ resources: [a] }));
  writeFileSync(`${file}.attrs`, "");
  t.deepEqual(["a", "b", "c"].filter(left()), ["b", "c"]);
  t.is(readFileSync(file, "utf8"), readFileSync(`${file}.bak`, "utf8"));
  t.false(existsSync(`${file}.attrs`));
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(locks, "gone.json"), JSON.stringify({ pid: gone }));
  writeFileSync(join(locks, "mine.json"), JSON.stringify({ pid: process.pid }));
  writeFileSync(join(locks, "torn.json"), "");
  clearStaleLocks(kept);
  t.deepEqual(readdirSync(locks), ["mine.json"]);
});

test("a component that the provider constructs stands in the plan as one resource", (t) => {
  const urn = (type: string, name: string) => `urn:pulumi:s::p::${type}::${name}`;
  const secret = { [signatures.specialSigKey]: signatures.specialSecretSig, plaintext: '"pem"' };
  const resources = [
    { urn: urn("pulumi:pulumi:Stack", "p-s"), type: "pulumi:pulumi:Stack", custom: false, outputs: { url: "u" } },
    { urn: urn("awsx:ec2:Vpc", "n"), type: "awsx:ec2:Vpc", custom: false, parent: urn("pulumi:pulumi:Stack", "p-s") },
    {
      urn: urn("awsx:ec2:Vpc$awsx:emulated:Vpc", "n"),
      type: "awsx:emulated:Vpc",
      custom: true,
      id: "vpc-1",
      parent: urn("awsx:ec2:Vpc", "n"),
      inputs: { cidrBlock: "10.0.0.0/16", __defaults: [] },
      outputs: { vpcId: "vpc-1" },
    },
    {
      urn: urn("tls:index/privateKey:PrivateKey", "k"),
      type: "tls:index/privateKey:PrivateKey",
      custom: true,
      id: "1",
      outputs: { privateKeyPem: secret },
      dependencies: [urn("awsx:ec2:Vpc$awsx:emulated:Vpc", "n")],
    },
  ];
  const plan = planOf({ resources }, "s", { project: "p", entry: "", values: { "p:a": "1" }, encrypted: [] });
  t.deepEqual(
    plan.resources.map(({ name, type, custom, id, parent }) => ({ name, type, custom, id, parent })),
    [
      { name: "n", type: "awsx:ec2:Vpc", custom: true, id: "vpc-1", parent: undefined },
      { name: "k", type: "tls:index/privateKey:PrivateKey", custom: true, id: "1", parent: undefined },
    ],
  );
  t.deepEqual(plan.resources[0]?.inputs, { cidrBlock: "10.0.0.0/16" });
  t.is(plan.resources[1]?.outputs.privateKeyPem, "pem");
  t.deepEqual(plan.resources[1]?.dependencies, [urn("awsx:ec2:Vpc", "n")]);
  t.deepEqual(plan.outputs, { url: "u" });
});
