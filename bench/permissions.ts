/**
 * What does judging a call's permissions cost? The declared stack stands in the emulator; its annotator's role asks for an
 * item, through a gateway that lets everything pass and through one that judges, in turn. Behind both stands once the emulator
 * and once a server that answers at once, so that the gateway's own time is seen. Then the decision alone, against
 * iam-simulate on the same policies and request.
 *
 *     npm run bench -- permissions
 *     node --import ./plan/program/source/register.js bench/permissions.ts [rounds]
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { startEmulatedAccount } from "../local/aws/account.ts";
import { createAuthorizer } from "../local/aws/iam/authorizer.ts";
import { acceleratedClock } from "../local/clock.ts";
import { deploy } from "../local/run/deploy.ts";
import type { Emulator } from "../local/types.ts";
import { contextOf } from "../plan/iam/context.ts";
import { evaluate } from "../plan/iam/evaluate.ts";
import { declaredPolicies } from "../plan/iam/roles.ts";
import { testEmulator } from "../test/support/emulator.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const rounds = Number(process.argv[2] ?? 7);
const callsPerRound = 300;
const role = "arn:aws:iam::123456789012:role/gas-annotator";
const table = "gas-annotations";
const action = "dynamodb:GetItem";
const resource = `arn:aws:dynamodb:us-east-1:123456789012:table/${table}`;

const emulator = await testEmulator();
const plan = await deploy({
  directory: projectRoot,
  stack: "local",
  config: { names: "owner" },
  emulator,
  onOutput: () => {},
});
const stub = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
}).listen(0, "127.0.0.1");
await once(stub, "listening");
const atOnce = { ...emulator, endpoint: `http://127.0.0.1:${(stub.address() as AddressInfo).port}` };
const authorizer = createAuthorizer({ emulator });

async function throughGateway(behind: Emulator, judged: boolean) {
  const gateway = await startEmulatedAccount({
    emulator: behind,
    clock: acceleratedClock(1),
    log: { error: (fields) => console.error(fields) },
    ...(judged ? { authorize: authorizer.authorize } : {}),
  });
  const { expiration: _, ...credentials } = gateway.credentialsFor(role);
  const client = new DynamoDBClient({ endpoint: gateway.endpoint, region: emulator.region, credentials });
  const command = new GetItemCommand({ TableName: table, Key: { job_id: { S: "none" } } });
  return {
    /** Milliseconds of one call, the median of many. */
    async measure(): Promise<number> {
      const times: number[] = [];
      for (let call = 0; call < callsPerRound; call++) {
        const begun = performance.now();
        await client.send(command);
        times.push(performance.now() - begun);
      }
      return median(times);
    },
    async stop() {
      client.destroy();
      await gateway.stop();
    },
  };
}

/** Milliseconds of one evaluation. */
async function each(count: number, evaluation: () => unknown): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < count; i++) await evaluation();
  return (performance.now() - begun) / count;
}

const declared = declaredPolicies(plan).roles.find(({ arn }) => arn === role);
if (declared === undefined) throw new Error(`the stack declares no role ${role}`);
const context = { "aws:SecureTransport": "true" };
const request = { caller: { role }, action, resource, context: contextOf(context) };
const identityPolicies = plan.resources
  .filter(({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && inputs.role === declared.name)
  .map(({ name, inputs }) => ({ name, policy: JSON.parse(String(inputs.policy)) as object }));
const simulation = {
  request: {
    principal: role,
    action,
    resource: { resource, accountId: emulator.accountId },
    contextVariables: context,
  },
  identityPolicies,
  serviceControlPolicies: [],
  resourceControlPolicies: [],
};
const ours = () => evaluate(request, { identity: declared.identity });
const peers = await runSimulation(simulation, {});
if (!ours().allowed || peers.resultType === "error" || peers.overallResult !== "Allowed") {
  throw new Error("the request is not allowed: nothing to compare");
}

const subjects = {
  open: await throughGateway(atOnce, false),
  judged: await throughGateway(atOnce, true),
  openEmulator: await throughGateway(emulator, false),
  judgedEmulator: await throughGateway(emulator, true),
};
for (const subject of Object.values(subjects)) await subject.measure(); // warm
const measured = await inTurn(rounds, {
  open: subjects.open.measure,
  judged: subjects.judged.measure,
  openEmulator: subjects.openEmulator.measure,
  judgedEmulator: subjects.judgedEmulator.measure,
  decision: () => each(20_000, ours),
  peer: () => each(300, () => runSimulation(simulation, {})),
});
for (const subject of Object.values(subjects)) await subject.stop();
authorizer.stop();
stub.close();
await emulator.stop();

const show = ({ median: middle, min, max }: ReturnType<typeof ratio>) =>
  `${middle.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)})`;
const own = ratio(measured.judged, measured.open);
const whole = ratio(measured.judgedEmulator, measured.openEmulator);
const decision = ratio(measured.decision, measured.peer);
console.log(`One GetItem of ${declared.identity.length} statements' role, median of ${callsPerRound} calls a round:`);
console.log(`  judged / unjudged, nothing behind the gateway:  ${show(own)}`);
console.log(`  judged / unjudged, the emulator behind it:      ${show(whole)}`);
console.log(
  `  ${median(measured.open).toFixed(2)} and ${median(measured.judged).toFixed(2)} ms without the emulator, `,
);
console.log(
  `  ${median(measured.openEmulator).toFixed(2)} and ${median(measured.judgedEmulator).toFixed(2)} ms with it`,
);
console.log(
  `  one decision: ${(median(measured.decision) * 1000).toFixed(1)} µs; of iam-simulate's time: ${show(decision)}`,
);
writeReport(
  "permissions",
  { statements: declared.identity.length, own, whole, microseconds: median(measured.decision) * 1000, decision },
  { rounds, callsPerRound, milliseconds: measured },
);
