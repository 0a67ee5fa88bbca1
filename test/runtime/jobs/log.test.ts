import test from "ava";
import { createLogger } from "../../../runtime/jobs/log.ts";

test("log lines are JSON with service, instance and bound fields; secrets are not in them", (t) => {
  const lines: string[] = [];
  const log = createLogger({
    service: "web",
    level: "info",
    instance: "i-1",
    destination: { write: (line) => void lines.push(line) },
  });
  log.debug({}, "not shown");
  log.child({ job_id: "j" }).warn(
    {
      password: "hunter2",
      user: { token: "hunter2" },
      headers: { authorization: "Bearer hunter2", cookie: "hunter2", accept: "text/html" },
      request: { headers: { "set-cookie": "hunter2" } },
    },
    "hello",
  );
  t.is(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "");
  t.like(line, { level: "warn", service: "web", instance: "i-1", job_id: "j", message: "hello" });
  t.is(line.headers.accept, "text/html");
  t.false(lines[0]?.includes("hunter2"));
});
