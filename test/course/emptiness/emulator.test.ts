// Leftovers of every kind in two regions, beside a neighbour's whose name begins alike; on the emulator, with the real SDK.
import test from "ava";
import { type Aws, openAws } from "../../../course/emptiness/aws.ts";
import { proveEmpty, sweepAway } from "../../../course/emptiness/empty.ts";
import { listers } from "../../../course/emptiness/listers/index.ts";
import { isEmpty, type Proof } from "../../../course/emptiness/prove.ts";
import { dataOf, reportOf } from "../../../course/emptiness/report.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientsOf } from "../../support/clients.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { shareListener, shareZone } from "../../support/shared.ts";
import { plantRegion } from "./planted.ts";
import { plantBucket, plantGlobal } from "./planted-global.ts";
import type { Planted } from "./planted-types.ts";

const regions = ["us-east-1", "eu-west-1"];
const zone = "example.org";
const own = "gas26-sk7m2qa";
/** Its name begins with the whole of the other's. */
const neighbour = `${own}b`;
/** It has no tags, so that only names tell. */
const untagged = "gas26-tk7m2qb";

let emulator: Emulator;
let aws: Aws;
/** Owner → region → kind → id. */
const planted: Record<string, Record<string, Planted>> = {};

test.before(async () => {
  emulator = await testEmulator();
  const { endpoint, credentials } = clientOptions(emulator);
  aws = await openAws("us-east-1", { endpoint, credentials });
  const zoneId = await shareZone(clientsOf(emulator, "us-east-1"), zone);
  for (const region of regions) {
    const clients = clientsOf(emulator, region);
    const shared = { listenerArn: await shareListener(clients), zoneId, zone };
    for (const owner of [own, neighbour, untagged]) {
      const tags: Record<string, string> = owner === untagged ? {} : { owner, project: "annofarm" };
      const there = {
        ...(await plantRegion(clients, owner, shared, tags)),
        ...(await plantBucket(clients, owner, tags)),
        ...(region === "us-east-1" ? await plantGlobal(clients, owner, shared, tags) : {}),
      };
      planted[owner] = { ...planted[owner], [region]: there };
    }
  }
});
test.after.always(() => {
  aws?.close();
  return emulator?.stop();
});

const proofOf = (owner: string): Promise<Proof> => proveEmpty({ aws, sought: { owners: [owner] }, regions });

/** Planted resources that a proof does not name, as `kind id in region`. */
const missingIn = ({ leftovers }: Proof, owner: string): string[] =>
  Object.entries(planted[owner] ?? {}).flatMap(([region, there]) =>
    Object.entries(there)
      .filter(
        ([kind, id]) =>
          !leftovers.some((each) => each.kind === kind && each.id === id && [region, "global"].includes(each.region)),
      )
      .map(([kind, id]) => `${kind} ${id} in ${region}`),
  );

test.serial("everything is named, by tags or by names, and nothing of the neighbour", async (t) => {
  const kinds = Object.values(planted[own] ?? {}).map((there) => Object.keys(there).length);
  t.true(Math.min(...kinds) >= 15, `${kinds} kinds`);
  for (const owner of [own, neighbour, untagged]) {
    const proof = await proofOf(owner);
    t.deepEqual(proof.failures, []);
    t.deepEqual(missingIn(proof, owner), []);
    const others = [own, neighbour, untagged].filter((other) => other !== owner);
    const ids = others.flatMap((other) => Object.values(planted[other] ?? {}).flatMap((there) => Object.values(there)));
    t.deepEqual(
      proof.leftovers.filter(({ id }) => ids.includes(id)).map(({ kind, id }) => `${kind} ${id}`),
      [],
    );
    t.false(isEmpty(proof));
  }
});

test.serial("each leftover comes with what removes it, and parts that go with another are not counted", async (t) => {
  const proof = await proofOf(own);
  for (const { kind, command } of proof.leftovers)
    t.regex(command, /^(aws [a-z0-9]+ [a-z-]+ |annofarm course empty )/, kind);
  const kinds = proof.leftovers.map(({ kind }) => kind);
  t.false(kinds.includes("scheduled action"), "goes with its group");
  t.false(kinds.includes("listener"), "goes with its balancer");
  t.true(kinds.includes("listener rule"), "stands on a balancer of others'");
  const report = reportOf(proof, `stack ${own}`);
  t.regex(report, new RegExp(`${own}: ${proof.leftovers.length} resources left`));
  t.true(
    report.includes(
      `aws sqs delete-queue --queue-url ${planted[own]?.["eu-west-1"]?.["SQS queue"]} --region eu-west-1`,
    ),
  );
  t.notThrows(() => JSON.stringify(dataOf(proof)));
});

test.serial("the course has them all, and what it shares", async (t) => {
  const proof = await proveEmpty({ aws, sought: { owners: [], course: "gas26" }, regions });
  t.deepEqual(missingIn(proof, own), []);
  t.deepEqual(missingIn(proof, untagged), []);
  t.deepEqual([...new Set(proof.leftovers.map(({ owner }) => owner))].sort(), [own, untagged]);
});

test.serial("every region that the account may use is looked at, and one that it may not is refused", async (t) => {
  const all = await aws.enabledRegions();
  t.true(all.length > 10);
  const proof = await proveEmpty({ aws, sought: { owners: ["nobody"] } });
  t.deepEqual(proof.regions, all);
  t.true(isEmpty(proof), JSON.stringify(proof.failures));
  const regional = listers.filter(({ scope }) => scope === "region").length + 1;
  t.is(proof.looked.lists, regional * all.length + listers.length + 1 - regional);
  await t.throwsAsync(proveEmpty({ aws, sought: { owners: [own] }, regions: ["us-east-1", "mars-north-1"] }), {
    message: /may not use mars-north-1: no such region, or it is not enabled/,
  });
});

test.serial("after the sweep nothing is left of one stack, and everything of the others", async (t) => {
  const before = await proofOf(neighbour);
  for (const owner of [own, untagged]) {
    const { leftovers } = await proofOf(owner);
    const removals: string[] = [];
    const { swept, proof } = await sweepAway(
      {
        aws,
        sought: { owners: [owner] },
        regions,
        wait: async () => {},
        onRemoved: (text) => removals.push(text),
      },
      leftovers,
    );
    t.deepEqual(
      swept
        .filter(({ kept }) => kept !== undefined)
        .map(({ leftover, kept }) => `${leftover.kind} ${leftover.id}: ${kept}`),
      [],
    );
    t.deepEqual(
      proof.leftovers.map(({ kind, id }) => `${kind} ${id}`),
      [],
    );
    t.true(isEmpty(proof), JSON.stringify(proof.failures));
    t.is(removals.length, leftovers.length);
  }
  const after = await proofOf(neighbour);
  t.deepEqual(missingIn(after, neighbour), []);
  t.is(after.leftovers.length, before.leftovers.length);
});
