import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { originOf, readSettings } from "../../../bin/job/settings.ts";
import { makeApiToken } from "../../../runtime/contract/api-token.ts";

const directory = mkdtempSync(join(tmpdir(), "annofarm-settings-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
const { token } = makeApiToken("user-1", "t", 1);
const other = makeApiToken("user-2", "t", 1).token;

function settingsFile(name: string, content: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

test("a token travels encrypted, or stays on this machine", (t) => {
  t.is(originOf("https://gas.example.org/"), "https://gas.example.org");
  for (const local of ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8080", "http://a.localhost"])
    t.is(originOf(local), local);
  t.throws(() => originOf("http://gas.example.org"), { message: /"http:\/\/gas\.example\.org" would send the token/ });
  for (const none of ["gas", "ftp://a", "https://a/b", "https://a?b", "https://user@a", ""])
    t.throws(() => originOf(none), { message: /is no origin; give one such as/ }, none);
});

test("environment before file, option before both; what is missing is named with its place", async (t) => {
  const file = settingsFile("both.json", JSON.stringify({ url: "https://file.example.org", token }));
  const env = { ANNOFARM_SETTINGS: file };
  t.deepEqual(await readSettings({ env }), { origin: "https://file.example.org", token });
  const both = { ANNOFARM_URL: "https://env.example.org", ANNOFARM_TOKEN: other };
  t.deepEqual(await readSettings({ env: { ...env, ...both } }), { origin: "https://env.example.org", token: other });
  t.deepEqual(await readSettings({ url: "https://option.example.org", env: { ...env, ...both } }), {
    origin: "https://option.example.org",
    token: other,
  });
  const home = join(directory, "config", "annofarm");
  mkdirSync(home, { recursive: true });
  settingsFile("config/annofarm/service.json", JSON.stringify({ url: "https://usual.example.org", token }));
  t.is(
    (await readSettings({ env: { XDG_CONFIG_HOME: join(directory, "config") } })).origin,
    "https://usual.example.org",
  );
  const empty = { XDG_CONFIG_HOME: join(directory, "empty") };
  await t.throwsAsync(readSettings({ env: empty }), {
    message: /no service is named; set ANNOFARM_URL.*service\.json/,
  });
  await t.throwsAsync(readSettings({ url: "https://a.example.org", env: empty }), {
    message: /no token; make one on https:\/\/a\.example\.org\/profile#tokens/,
  });
  await t.throwsAsync(readSettings({ env: { ANNOFARM_SETTINGS: join(directory, "none.json") } }), { code: "ENOENT" });
});

test("a file that others can read is refused, and no error repeats what a file or a variable holds", async (t) => {
  const open = settingsFile("open.json", JSON.stringify({ url: "https://a.example.org", token }), 0o640);
  await t.throwsAsync(readSettings({ settings: open, env: {} }), { message: /can be read by others; chmod 600/ });
  const secret = "hunter2-hunter2";
  const cases = [
    { settings: settingsFile("text.json", secret), env: {} },
    {
      settings: settingsFile("more.json", JSON.stringify({ token, url: "https://a.example.org", more: secret })),
      env: {},
    },
    { url: "https://a.example.org", env: { ANNOFARM_TOKEN: secret } },
    { url: "https://a.example.org", env: { ANNOFARM_TOKEN: `${token},${other}` } },
    { env: { ANNOFARM_URL: "gas", ANNOFARM_TOKEN: token } },
  ];
  for (const given of cases) {
    const error = await t.throwsAsync(readSettings(given), { name: "JobFailure" });
    t.false(
      [secret, token, other].some((held) => error?.message.includes(held)),
      error?.message,
    );
  }
});

test("a file's token goes to the file's service only", async (t) => {
  const file = settingsFile("bound.json", JSON.stringify({ url: "https://a.example.org", token }));
  await t.throwsAsync(readSettings({ url: "https://b.example.org", settings: file, env: {} }), {
    message: /is for https:\/\/a\.example\.org; set ANNOFARM_TOKEN for https:\/\/b\.example\.org/,
  });
});
