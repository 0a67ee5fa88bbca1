import { spawnSync } from "node:child_process";
import test from "ava";
import { userData, userDataBytesMax } from "../../components/group/user-data.ts";
import { type BootManifest, readBootManifest } from "../../runtime/contract/boot.ts";

const service = (name: string, environment: Record<string, string> = {}) => ({
  name,
  bundle: { bucket: "gas-code", key: `bundles/${name}.tgz`, sha256: "0".repeat(64) },
  entry: "main.mjs",
  environment: { AWS_REGION: "us-east-1", PORT: "8080", ...environment },
  port: 8080,
  healthPath: "/healthz",
  stopSeconds: 30,
});

const manifest = (...services: ReturnType<typeof service>[]): BootManifest => ({
  version: 1,
  region: "us-east-1",
  logGroup: "gas",
  services,
});

test("the manifest is read back as it was written, whatever stands in it", (t) => {
  const tricky = {
    A: "$(rm -rf /)",
    B: "`x`",
    C: 'it\'s "so"',
    D: "$HOME @MANIFEST_PATH@ $&",
    E: "ANNOFARM_BOOT_MANIFEST",
  };
  const written = manifest(service("web", tricky), {
    ...service("archiver"),
    roleArn: "arn:aws:iam::1:role/r",
  } as never);
  t.deepEqual(readBootManifest(userData(written)), written);
});

test("the script is one a shell accepts", (t) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: userData(manifest(service("web"))), encoding: "utf8" });
  t.is(status, 0, stderr);
});

test("user data that EC2 would refuse is refused before", (t) => {
  const environment = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`NAME_${i}`, "x".repeat(60)]));
  t.throws(() => userData(manifest(service("web", environment))), {
    instanceOf: RangeError,
    message: new RegExp(`user data is \\d+ bytes and EC2 takes ${userDataBytesMax}; shorten`),
  });
});

test("a value that systemd would leave out is refused, tab and new line are not", (t) => {
  for (const [value, found] of [
    ["a\r\n", "U+000D at 1"],
    ["\u0000", "U+0000 at 0"],
    ["\u001b[1m", "U+001B at 0"],
    ["half \ud83e", "U+D83E at 5"],
  ] as const) {
    t.throws(() => userData(manifest(service("web"), service("own", { COLOUR: value }))), {
      instanceOf: RangeError,
      message: `service own: environment.COLOUR has the character ${found}, which systemd does not take; use text with no control characters but tab and new line, for example base64 of it`,
    });
  }
  t.notThrows(() => userData(manifest(service("own", { TABLE: "a\tb\nc \u{1f9ec}" }))));
});
