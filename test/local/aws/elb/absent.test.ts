import test from "ava";
import { startWithoutBalancer } from "../../../../local/aws/elb/absent.ts";
import { freePort } from "../../../../local/net/free-port.ts";

test("without a load balancer the console answers, and everything else is told that nothing else does", async (t) => {
  const balancer = await startWithoutBalancer({
    port: await freePort(),
    intercept(request, response) {
      if (request.url !== "/_local") return false;
      response.end("console");
      return true;
    },
  });
  t.teardown(() => balancer.stop());
  t.is(await (await fetch(`${balancer.url}/_local`)).text(), "console");
  const other = await fetch(`${balancer.url}/annotate`);
  t.is(other.status, 404);
  t.regex(await other.text(), /declares no load balancer: only the console answers, at \/_local/);
  t.deepEqual(balancer.targets(), []);
});
