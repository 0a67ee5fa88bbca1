import test from "ava";
import {
  downloadName,
  inputKey,
  jobOfKey,
  jobPrefix,
  logKey,
  parseInputKey,
  resultKey,
} from "../../../runtime/contract/keys.ts";

const jobId = "0b9b6f6e-4f0f-4c57-9c5b-3f2f1d2c4b5a";
const input = inputKey({ prefix: "gas", userId: "ada~@b/c", jobId }, "free_1.vcf.gz");

test("the first attempt writes where the course's tools look, each later one has a place of its own", (t) => {
  t.is(resultKey(input), `gas/ada~%40b%2Fc/${jobId}~free_1.annot.vcf`);
  t.is(logKey(input), `gas/ada~%40b%2Fc/${jobId}~free_1.vcf.count.log`);
  const keys = [1, 2, 12].flatMap((attempt) => [resultKey(input, attempt), logKey(input, attempt)]);
  t.is(new Set(keys).size, keys.length);
  t.is(resultKey(input, 12), `gas/ada~%40b%2Fc/${jobId}.12~free_1.annot.vcf`);
  for (const key of keys) t.regex(downloadName(key), /^free_1\.(annot\.vcf|vcf\.count\.log)$/);
});

test("every file of a job tells whose it is; a file of an attempt is no input", (t) => {
  for (const key of [input, resultKey(input), logKey(input, 3), `${resultKey(input, 3)}.0a1b2c`]) {
    t.is(jobOfKey(key), jobId, key);
  }
  for (const key of ["gas/ada/1~a.vcf", `gas/ada/${jobId}.vcf`, "", `${jobId}~a.vcf`])
    t.is(jobOfKey(key), undefined, key);
  t.is(parseInputKey(resultKey(input, 2)), undefined);
});

test("what all files of a job begin with names that job alone, whatever stands in the user's id", (t) => {
  const owner = { prefix: "gas", userId: "a~b/c", jobId: crypto.randomUUID() };
  const input = inputKey(owner, "x~y.vcf");
  const prefix = jobPrefix(input);
  t.true(prefix.endsWith(`/${owner.jobId}`));
  for (const key of [input, resultKey(input), resultKey(input, 3), logKey(input, 2)]) t.true(key.startsWith(prefix));
  t.false(inputKey({ ...owner, jobId: crypto.randomUUID() }, "x~y.vcf").startsWith(prefix));
  t.throws(() => jobPrefix("gas/u/somewhere.vcf"), { message: /is no key of an input/ });
});
