// The commands that look at an account, run by somebody who has no credentials for one.
import test from "ava";
import { runCommand } from "../support/command.ts";

/** As on a machine that has never seen AWS; instances' own credentials are not asked for. */
const nobody = {
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_SESSION_TOKEN: "",
  AWS_PROFILE: "",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

for (const args of [
  ["redrive", "-s", "dev"],
  ["redrive", "-s", "dev", "--all"],
]) {
  test(`annofarm ${args.join(" ")} is one line with the fix`, async (t) => {
    const command = runCommand(args, nobody);
    t.is((await command.ended).code, 1);
    t.is(command.stdout, "");
    t.is(
      command.stderr,
      "annofarm: no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws sso login\n",
    );
  });
}

test("annofarm doctor says so as its finding", async (t) => {
  const command = runCommand(["doctor", "-s", "dev"], nobody);
  t.is((await command.ended).code, 1);
  t.notRegex(command.stderr, /^\s+at /m);
  t.regex(command.stdout, /credentials/);
});
