import test from "ava";
import { wordsOf } from "../../../plan/engine/words.ts";

test("of everything that the Automation API says of a failed command its errors are left, each once", (t) => {
  const failed =
    "code: -2\n stdout: \n stderr: Command failed with exit code 1: pulumi stack select --stack gas26-shared\n" +
    'error: read ".pulumi/meta.yaml": NoSuchBucket\n err?: Error: Command failed with exit code 1: pulumi stack select\n' +
    'error: read ".pulumi/meta.yaml": NoSuchBucket\n\n';
  t.is(wordsOf(failed), 'read ".pulumi/meta.yaml": NoSuchBucket');
  t.is(
    wordsOf("code: 255\n stdout: \n stderr: error: incorrect passphrase\nerror: no state\n err?: \n"),
    "incorrect passphrase\nno state",
  );
});

test("what is marked as no error stays as it is", (t) => {
  t.is(wordsOf("the program failed: an error: of its own"), "the program failed: an error: of its own");
});
