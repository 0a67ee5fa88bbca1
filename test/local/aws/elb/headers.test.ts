import test from "ava";
import { matches } from "../../../../local/aws/elb/declaration.ts";
import { addForwarded, addTrace, dropInvalid } from "../../../../local/aws/elb/headers.ts";

test("the client is appended to X-Forwarded-For; protocol and port are the balancer's word", (t) => {
  const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-port": "1" };
  addForwarded(headers, "::ffff:127.0.0.1", 8080);
  t.deepEqual(headers, {
    "x-forwarded-for": "203.0.113.9, 127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-port": "8080",
  });
  const plain: Record<string, string> = {};
  addForwarded(plain, "127.0.0.1", 80);
  t.is(plain["x-forwarded-for"], "127.0.0.1");
});

test("a trace begins here, or goes on with this hop before its root", (t) => {
  const time = Date.UTC(2026, 0, 1);
  const begun: Record<string, string> = {};
  addTrace(begun, time);
  t.regex(begun["x-amzn-trace-id"] ?? "", /^Root=1-6955b900-[0-9a-f]{24}$/);
  const continued = { "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678" };
  addTrace(continued, time);
  t.regex(continued["x-amzn-trace-id"], /^Self=1-6955b900-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/);
  const own = { "x-amzn-trace-id": "CalledFrom=app" };
  addTrace(own, time);
  t.regex(own["x-amzn-trace-id"], /^Root=1-6955b900-[0-9a-f]{24};CalledFrom=app$/);
});

test("header names with other characters than letters, digits and hyphens are dropped", (t) => {
  const headers = { host: "localhost", "x-user_id": "1", "x.y": "2", "content-type": "text/plain" };
  dropInvalid(headers);
  t.deepEqual(Object.keys(headers), ["host", "content-type"]);
});

test("a matcher names codes and ranges", (t) => {
  t.true(matches("200", 200));
  t.false(matches("200", 204));
  t.true(matches("200,302", 302));
  t.true(matches("200-299", 204));
  t.false(matches("200-299", 300));
});
