import test from "ava";
import { parseCapacity } from "../../../local/capacity/parse.ts";
import { capacityWords } from "../../../local/capacity/words.ts";
import { defaultScenarios } from "../../../scaling/simulate/scenario/defaults.ts";
import { checkScenario } from "../../../scaling/simulate/scenario/read.ts";

test("a rate is a web server's, a length of time a worker's; units are those of scenarios", (t) => {
  t.deepEqual(parseCapacity("web=4.9rps"), {
    name: "web",
    capacity: {
      kind: "web",
      rate: 4.9,
      concurrency: 1,
      queueLimit: 1000,
      distribution: { kind: "exponential" },
      seed: 1,
    },
  });
  t.like(parseCapacity("gas-web = 300/min").capacity, { kind: "web", rate: 5 });
  t.deepEqual(parseCapacity("annotator=60s"), {
    name: "annotator",
    capacity: { kind: "workers", jobSeconds: 60, distribution: { kind: "lognormal", variation: 1 }, seed: 1 },
  });
  t.like(parseCapacity("annotator=1m30s").capacity, { jobSeconds: 90 });
});

test("what is left out is what a simulation assumes", (t) => {
  for (const [farm, text] of [
    ["web", "web=40rps"],
    ["annotator", "annotator=60s"],
  ] as const) {
    const { service } = checkScenario(defaultScenarios[farm], farm);
    const { kind: _kind, seed: _seed, ...given } = parseCapacity(text).capacity as unknown as Record<string, unknown>;
    const { jobSeconds, ...others } = given;
    t.like(service, { ...others, ...(jobSeconds === undefined ? {} : { job: jobSeconds }) });
  }
});

test("extras, in any order", (t) => {
  t.like(parseCapacity("web=4.9rps, deterministic, seed=7, queueLimit=0, concurrency=2").capacity, {
    concurrency: 2,
    queueLimit: 0,
    distribution: { kind: "deterministic" },
    seed: 7,
  });
  t.deepEqual(parseCapacity("annotator=60s,variation=0.5").capacity.distribution, {
    kind: "lognormal",
    variation: 0.5,
  });
  t.deepEqual(parseCapacity("annotator=60s,deterministic").capacity.distribution, { kind: "deterministic" });
});

for (const [text, message] of [
  ["web", /"web": give a group or service and its capacity: web=4.9rps/],
  ["=4rps", /give a group or service/],
  [
    "web=4.9rpm",
    /"4.9rpm" has no unit that is known here: write requests as 4.9rps or 300\/min, the time of a job as 60s/,
  ],
  ["web=5", /"5" has no unit/],
  ["web=", /"" has no unit/],
  ["web=0rps", /0rps is not above 0/],
  ["annotator=0s", /0s is not above 0/],
  ["web=-5/s", /-5\/s is not above 0/],
  ["web=5/s,concurrency=1.5", /concurrency is a whole number from 1 to 1000, not "1.5"/],
  ["web=5/s,concurrency=", /concurrency is a whole number from 1 to 1000, not ""/],
  ["web=5/s,shared=30", /shared is a rate such as 30rps, from 0.001 to 100000, not "30"/],
  ["web=5/s,client=-1s", /client is a time such as 2s, in seconds, from 0 to 600, not "-1s"/],
  ["web=5/s,speedy", /"speedy" cannot follow a rate; these can: deterministic, .*queueLimit=…/],
  ["annotator=5s,concurrency=2", /"concurrency=2" cannot follow the time of a job; these can: .*variation=…, seed=…/],
  ["web=5/s,exponential,deterministic", /either exponential or deterministic/],
  ["web=5/s,exponential,variation=2", /variation belongs to lognormal, not to exponential/],
] as const) {
  test(`refused: ${text}`, (t) => {
    t.throws(() => parseCapacity(text), { message });
  });
}

test("what all instances share, and what is spent beyond the balancer, are a simulation's too", (t) => {
  const { capacity } = parseCapacity("web=200rps,shared=29.4rps,client=1.9s");
  t.like(capacity, { rate: 200, shared: { rate: 29.4 }, clientSeconds: 1.9 });
  t.is(
    capacityWords(capacity),
    "200 requests/s an instance, 1 at once, exponential; 29.4 requests/s behind all of them; 1.9 s beyond the balancer",
  );
});

test("in words", (t) => {
  t.is(capacityWords(parseCapacity("web=4.9rps").capacity), "4.9 requests/s an instance, 1 at once, exponential");
  t.is(capacityWords(parseCapacity("annotator=60s").capacity), "60 s a job, lognormal with variation 1");
});
