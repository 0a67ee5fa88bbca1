// A region of another partition is refused by name, before anything is made that works in the usual one only.
import { fileURLToPath } from "node:url";
import test from "ava";
import { dkimDomain } from "../../components/pipelines/dkim-domain.ts";
import { readPlan } from "../../plan/plan.ts";
import { programDirectory } from "../engine/support.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));

for (const [region, partition] of [
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
] as const) {
  test(`${region} is refused`, async (t) => {
    const read = readPlan({ directory, stack: "dev", config: { "aws:region": region }, onOutput: () => {} });
    await t.throwsAsync(read, { message: new RegExp(`partition ${partition} is not supported.*set aws:region`) });
  });
}

test("DKIM records of a region with a domain of its own lead there", async (t) => {
  const records = async (region: string) => {
    const config = { "aws:region": region, domain: "example.org" };
    const { resources } = await readPlan({ directory, stack: "dev", config, onOutput: () => {} });
    const dkim = resources.filter(({ name }) => /-dkim-\d$/.test(name));
    return dkim.map(({ inputs }) => String((inputs.records as string[])[0]).replace(/^[^.]+/, "token"));
  };
  t.deepEqual(await records("us-east-1"), Array(3).fill("token.dkim.amazonses.com"));
  t.deepEqual(await records("eu-south-1"), Array(3).fill("token.dkim.eu-south-1.amazonses.com"));
  t.is(dkimDomain("eu-west-1"), "dkim.amazonses.com");
});

test("zones of another region than the stack's are refused: as a setting, and as a component's argument", async (t) => {
  const setting = { "aws:region": "eu-west-1", zones: "eu-west-1a, us-east-1b" };
  await t.throwsAsync(readPlan({ directory, stack: "dev", config: setting, onOutput: () => {} }), {
    message: /annofarm:zones: us-east-1b is not in eu-west-1; give zones of eu-west-1/,
  });
  const argument = { "aws:region": "eu-west-1", zones: "us-east-1a us-east-1b" };
  const program = { directory: programDirectory("program"), stack: "test", config: argument, onOutput: () => {} };
  await t.throwsAsync(readPlan(program), {
    message: /zone us-east-1a is not in eu-west-1, where the stack is; give zones of eu-west-1/,
  });
});
