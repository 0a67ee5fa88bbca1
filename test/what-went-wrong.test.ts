// docs/what-went-wrong.md promises a test for each known fault of such services. Here: that those tests exist, and the faults
// that are a matter of what is written rather than of what runs.
import { execFileSync } from "node:child_process";
import test from "ava";
import { mutations } from "./mutations/list.ts";
import { keptFiles, keptText, readKept as read, root } from "./support/text/kept-files.ts";

test("every known fault has a line, and every test named there exists", (t) => {
  const rows = read("docs/what-went-wrong.md")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Fault"));
  t.is(rows.length, 27);
  for (const row of rows) {
    const named = [...row.matchAll(/`(test\/[\w/.-]+\.test\.tsx?)` “([^”]+)”/g)];
    t.true(named.length > 0, row);
    t.is(row.match(/`test\//g)?.length, named.length, `a test is named without its title: ${row}`);
    for (const [, file = "", title = ""] of named) {
      t.true(read(file).replaceAll("\\", "").includes(title), `${file} has no test “${title}”`);
    }
  }
});

test("every mutation takes out what is there", (t) => {
  t.true(mutations.length >= 40, String(mutations.length));
  for (const { fault, file, text, by, test: named } of mutations) {
    t.true(read(file).includes(text), `${fault}: ${file} does not say ${text}`);
    t.not(text, by, fault);
    t.regex(read(named), /\btest[.(]/, `${fault}: ${named} has no test`);
  }
});

test('"eval on message bodies": no service makes code of text', (t) => {
  const sources = keptFiles("runtime/**.ts", "runtime/**.tsx", "runtime/**.js", "components/**.ts", "index.ts");
  t.true(sources.length > 100, String(sources.length));
  for (const file of sources)
    t.notRegex(read(file), /\beval\(|\bnew Function\(|\bvm\.(?:run|Script)|["']node:vm["']/, file);
});

/** What keys look like that give access to something; those that belong to documentation are not among them. */
const secrets = [
  /\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z0-9]{16}\b/,
  /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\bwhsec_[A-Za-z0-9+/]{24,}/,
  /\bgas_[\w.-]+_[0-9a-f]{64}\b/,
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{32}/,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
];

test('"secrets in the repository": no file that is kept holds one', (t) => {
  const files = keptText();
  t.true(files.length > 400, String(files.length));
  for (const file of files) {
    const text = read(file);
    // Not `notRegex`: a failure would print what it found.
    for (const secret of secrets) t.false(secret.test(text), `${file} holds what looks like a secret (${secret})`);
  }
  t.deepEqual(keptFiles("*.pem", "*.key", ".env", "*.env", "*.p12"), []);
  const ignored = execFileSync("git", ["check-ignore", ".annofarm/local/secrets.json"], {
    cwd: root,
    encoding: "utf8",
  });
  t.is(ignored.trim(), ".annofarm/local/secrets.json");
});

test('"the load test logs in": nothing that makes load knows the sign-in', (t) => {
  const sources = keptFiles("bench/**.ts", "bench/**.js", "bench/**.py", "loadtest/**");
  t.true(sources.length > 0);
  for (const file of sources) t.notRegex(read(file), /\/login\b|\/authcallback\b|signIn\(|auth\.globus\.org/, file);
});
