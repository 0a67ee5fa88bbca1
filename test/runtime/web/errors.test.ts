import test from "ava";
import { startWeb } from "./support/web.ts";

test("each refusal is a page that says what to do next", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const cases: [string, string, number, RegExp][] = [
    ["GET", "/nowhere", 404, /There is nothing here[\s\S]*Go to the start page/],
    ["GET", "/annotations/not-an-id", 404, /no job at this address/],
    ["GET", "/annotations/00000000-0000-4000-8000-000000000000", 404, /Go to your jobs/],
    ["GET", "/annotations?cursor=made-up", 400, /Newest jobs/],
    ["GET", "/annotate/job", 400, /Upload a file/],
    ["GET", "/annotations/%E0%A4%A", 400, /not understood/],
    ["DELETE", "/annotate", 405, /takes GET/],
    ["GET", "/logout", 405, /takes POST/],
    ["POST", "/", 405, /takes GET/],
  ];
  for (const [method, path, status, words] of cases) {
    const answer = await client.request(method, path, { headers: { origin: web.origin } });
    t.is(answer.status, status, `${method} ${path}`);
    t.regex(answer.text, words, `${method} ${path}`);
    t.regex(answer.text, /^<!doctype html>/, `${method} ${path}`);
  }
  t.is((await client.request("DELETE", "/annotate", { headers: { origin: web.origin } })).headers.get("allow"), "GET");
});

test("an error of ours shows a request number and nothing of its cause; the log has both", async (t) => {
  const web = await startWeb({
    ports: ({ jobs }) => ({
      jobs: { ...jobs, listByUser: () => Promise.reject(new Error("table secret-name is gone")) },
    }),
  });
  t.teardown(web.close);
  const client = await web.signedIn();
  const page = await client.get("/annotations");
  t.is(page.status, 500);
  t.false(page.text.includes("secret-name"));
  const id = page.headers.get("x-request-id") ?? "";
  t.true(page.text.includes(id));
  const line = web.log.lines.find(({ message }) => message === "request failed");
  t.is(line?.fields.request_id, id);
  t.regex(String(line?.fields.err), /secret-name/);
  const problem = await client.get("/annotations", { accept: "application/json" });
  t.is(problem.headers.get("content-type"), "application/problem+json; charset=utf-8");
  t.is(problem.json().status, 500);
});

test("what is logged of a request holds no query, cookie or token", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  await client.get("/annotations?cursor=abc");
  await client.get("/api/v1/jobs", { authorization: "Bearer gas_dXNlci0x_0000" });
  const text = JSON.stringify(web.log.lines);
  for (const secret of ["state-1", "access-1", "gas_dXNlci0x", "cursor=abc", client.cookies.get("gas")?.value ?? "?"]) {
    t.false(text.includes(secret), secret);
  }
  t.true(web.log.lines.some(({ fields }) => fields.path === "/annotations" && fields.user_id === "user-1"));
});

test("a body that is too large, or no JSON, is refused as the client's fault", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const large = await client.postJson("/annotate/upload", { file_name: "x".repeat(20_000), size: 1 });
  t.is(large.status, 413);
  const headers = { "content-type": "application/json", accept: "application/json", origin: web.origin };
  const broken = await client.request("POST", "/annotate/upload", { body: "{", headers });
  t.is(broken.status, 400);
  t.is(broken.json().status, 400);
});
