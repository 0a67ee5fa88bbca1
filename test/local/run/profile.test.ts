import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-providers";
import test from "ava";
import { profileName, writeProfile } from "../../../local/run/profile.ts";

test("the profile leads an AWS client to the gateway as its administrator, is its owner's alone, and goes", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-profile-"));
  const administrator = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "a+b/c=" };
  const remove = writeProfile(directory, "eu-central-1", { endpoint: "http://localhost:1234", administrator });
  const file = join(directory, "aws.config");
  t.is(statSync(file).mode & 0o777, 0o600);
  const nowhere = join(directory, "credentials");
  const found = await fromIni({ profile: profileName, configFilepath: file, filepath: nowhere })();
  t.like(found, administrator);
  t.regex(await readFile(file, "utf8"), /^region = eu-central-1\nendpoint_url = http:\/\/localhost:1234$/m);
  remove();
  t.false(existsSync(file));
});
