// What a burst, such as 500 uploads that end together, does to the SDK's connections: the real clients against a small server.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { createDynamoClient } from "../../../runtime/aws/clients.ts";
import { limitCalls } from "../../../runtime/aws/limit-calls.ts";
import { createUserStore } from "../../../runtime/aws/user-store.ts";
import { OverloadedError } from "../../../runtime/jobs/errors.ts";
import { until } from "../../support/until.ts";
import { startWeb } from "../web/support/web.ts";

const user = {
  user_id: { S: "user-1" },
  role: { S: "free_user" },
  name: { S: "Rosalind" },
  email: { S: "" },
  created_time: { N: "1" },
};

/** DynamoDB's side of a burst: holds every answer until `holds` says no more, and counts who waits. */
async function startAws(holds: () => boolean) {
  const held: (() => void)[] = [];
  let atWork = 0;
  let most = 0;
  const server = createServer((request, response) => {
    const answer = () => {
      atWork -= 1;
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ Item: user }));
    };
    request.resume().on("end", () => {
      atWork += 1;
      most = Math.max(most, atWork);
      if (holds()) held.push(answer);
      else answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    most: () => most,
    letGo() {
      for (const go of held.splice(0)) go();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

test("what waits longer than a connection may take is answered all the same", async (t) => {
  let holds = true;
  const aws = await startAws(() => holds);
  t.teardown(aws.close);
  const client = createDynamoClient({ endpoint: aws.endpoint, region: "us-east-1", credentials });
  t.teardown(() => client.destroy());
  const users = createUserStore({ client, table: "users" });
  const found = Promise.all(Array.from({ length: 500 }, () => users.get("user-1")));
  await until("every connection is taken", () => aws.most() === 100);
  // The SDK gives a connection 3 s to come about; DynamoDB is that slow now.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  holds = false;
  aws.letGo();
  t.is((await found).filter((user) => user?.user_id === "user-1").length, 500);
  t.is(aws.most(), 100);
});

test("a call that waits for its turn is not timed by the connection's limit, and not for ever", async (t) => {
  let holds = true;
  const aws = await startAws(() => holds);
  t.teardown(aws.close);
  const raw = createDynamoClient({ endpoint: aws.endpoint, region: "us-east-1", credentials });
  t.teardown(() => raw.destroy());
  const users = createUserStore({ client: limitCalls(raw, 1, 100), table: "users" });
  const first = users.get("user-1");
  await t.throwsAsync(users.get("user-1"), { instanceOf: OverloadedError, message: /1 calls are at work/ });
  holds = false;
  aws.letGo();
  t.is((await first)?.user_id, "user-1");
  t.is((await users.get("user-1"))?.user_id, "user-1");
});

test("an overload is 503 with Retry-After, for people and for programs", async (t) => {
  const web = await startWeb({
    ports: ({ jobs }) => ({
      jobs: {
        ...jobs,
        listByUser: async () => {
          throw new OverloadedError("100 calls are at work");
        },
      },
    }),
  });
  t.teardown(web.close);
  const answer = await (await web.signedIn()).get("/annotations");
  t.is(answer.status, 503);
  t.is(answer.headers.get("retry-after"), "5");
  t.regex(answer.text, /try again in a few seconds/);
});
