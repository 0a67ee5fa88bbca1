// No role that the program declares is without the boundary, whatever the stack is configured to.
import { fileURLToPath } from "node:url";
import test from "ava";
import { type ReadPlan, withPlans } from "../../plan/plan.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));
const boundary = "arn:aws:iam::123456789012:policy/gas26-shared-boundary";

const rolesOf = async (read: ReadPlan, config: Record<string, string>) => {
  const { resources } = await read({ directory, stack: "dev", config, onOutput: () => {} });
  return resources.filter(({ type }) => type === "aws:iam/role:Role");
};

test("every role is under the boundary; without the setting none is", async (t) => {
  await withPlans(async (read) => {
    const everything = { store: "vault", instances: "private", flowLogs: "all", spot: "true", production: "true" };
    for (const config of [{}, everything]) {
      const roles = await rolesOf(read, { ...config, permissionsBoundary: boundary });
      t.true(roles.length >= 6);
      for (const { name, inputs } of roles) t.is(inputs.permissionsBoundary, boundary, name);
    }
    const free = await rolesOf(read, {});
    for (const { name, inputs } of free) t.is(inputs.permissionsBoundary, undefined, name);
  });
});

test("a boundary that is no policy is refused", async (t) => {
  const error = await t.throwsAsync(withPlans((read) => rolesOf(read, { permissionsBoundary: "gas26-boundary" })));
  t.regex(
    String(error?.message),
    /annofarm:permissionsBoundary: "gas26-boundary" does not fit; give the ARN of a policy/,
  );
});
