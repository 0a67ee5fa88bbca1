import test from "ava";
import { matches, readPattern } from "../../../../local/aws/events/pattern.ts";

const pattern = readPattern(
  JSON.stringify({ source: ["aws.autoscaling"], detail: { AutoScalingGroupName: ["web", "annotator"] } }),
);
const event = (source: string, group: unknown) => ({ source, detail: { AutoScalingGroupName: group, other: 1 } });

test("each field has one of the values", (t) => {
  t.true(matches(pattern, event("aws.autoscaling", "annotator")));
  t.true(matches(pattern, event("aws.autoscaling", ["x", "web"])), "a list has one of them");
  t.false(matches(pattern, event("aws.autoscaling", "utility")));
  t.false(matches(pattern, event("aws.ec2", "web")));
  t.false(matches(pattern, { source: "aws.autoscaling" }), "the field is not there");
  t.false(matches(pattern, { source: "aws.autoscaling", detail: "web" }));
});

test("what is no pattern, and what is not played, is refused", (t) => {
  for (const text of ["", "[]", "{}", '"x"'])
    t.throws(() => readPattern(text), { message: /^Event pattern is not valid/ });
  t.throws(() => readPattern('{"source": "aws.ec2"}'), { message: /"source" must be an object or an array/ });
  t.throws(() => readPattern('{"detail": {"name": [{"prefix": "web"}]}}'), {
    message: /detail\.name has an operator/,
  });
});
