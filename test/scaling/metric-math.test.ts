import test from "ava";
import fc from "fast-check";
import { evaluateExpression, expressionText, namesIn, parseExpression } from "../../scaling/metric-math.ts";

const value = (text: string, values: Record<string, number | undefined> = {}) =>
  evaluateExpression(parseExpression(text), (name) => values[name]);

test("the expression the components declare: backlog per instance", (t) => {
  const backlog = "(visible + inFlight) / inService";
  t.deepEqual(namesIn(parseExpression(backlog)), ["visible", "inFlight", "inService"]);
  t.is(value(backlog, { visible: 7, inFlight: 3, inService: 4 }), 2.5);
  t.is(value(backlog, { visible: 7, inFlight: undefined, inService: 4 }), undefined);
});

test("at 0 instances the quotient divides by zero: there is no value", (t) => {
  t.is(value("(visible + inFlight) / inService", { visible: 7, inFlight: 3, inService: 0 }), undefined);
});

test("precedence, signs and brackets", (t) => {
  t.is(value("2 + 3 * 4 - 6 / 2"), 11);
  t.is(value("-2 * -(3 - 5)"), -4);
  t.is(value("8 / 4 / 2"), 1);
  t.is(value("1.5e2 > 100"), 1);
});

test("functions, with FILL and lists looking past what is missing", (t) => {
  t.is(value("FILL(m, 0) + 1", { m: undefined }), 1);
  t.is(value("MAX([a, b, c])", { a: 1, b: undefined, c: 3 }), 3);
  t.is(value("SUM([a, b])", {}), undefined);
  t.is(value("IF(a > 1, CEIL(b), FLOOR(b))", { a: 2, b: 1.5 }), 2);
  t.is(value("AVG([MIN([4, 2]), ABS(-4)])"), 3);
});

test("RATE and FILL(m, REPEAT) look at the datapoints before", (t) => {
  const series = (text: string, m: readonly (number | undefined)[]) =>
    m.map((_, index) => evaluateExpression(parseExpression(text), (_name, at) => m[at], { index, seconds: 60 }));
  t.deepEqual(series("RATE(m)", [60, 120, undefined, 360]), [undefined, 1, undefined, 2]);
  t.deepEqual(series("FILL(m, REPEAT)", [undefined, 5, undefined, 7]), [undefined, 5, 5, 7]);
  t.deepEqual(series("RATE(FILL(m, REPEAT)) * 60", [5, undefined, 11]), [undefined, 0, 6]);
  t.deepEqual(namesIn(parseExpression("RATE(FILL(m, REPEAT))")), ["m"]);
  t.is(expressionText(parseExpression("RATE(FILL(m, REPEAT))")), "RATE(FILL(m, REPEAT))");
});

for (const [text, message] of [
  ["FILL(m, LINEAR)", /LINEAR\) is not modelled; give a number or REPEAT/],
  ["ANOMALY_DETECTION_BAND(m, 2)", /anomaly detection bands are not modelled/],
  ["a +", /ends where a value should stand/],
  ["(a", /expected \) but found its end/],
  ["a b", /unexpected b after its end/],
  ["eval(a)", /no function eval here; known are ABS/],
  ["a; b", /unexpected ;/],
  ["IF(a, b)", /IF takes 3 operands, not 2/],
  ["[a, b]", /a list is no single value/],
  ["", /ends where/],
  ["a = b", /unexpected =/],
] as const) {
  test(`refused: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => parseExpression(text), { instanceOf: SyntaxError });
    t.regex(error.message, message);
    t.true(error.message.includes(JSON.stringify(text)));
  });
}

test("arithmetic agrees with JavaScript's", (t) => {
  const expression: fc.Arbitrary<string> = fc.letrec<{ sum: string }>((tie) => ({
    sum: fc.oneof(
      { depthSize: "small" },
      fc.integer({ min: 0, max: 99 }).map(String),
      fc.tuple(tie("sum"), fc.constantFrom("+", "-", "*", "/"), tie("sum")).map(([a, o, b]) => `(${a} ${o} ${b})`),
    ),
  })).sum;
  fc.assert(
    fc.property(expression, (text) => {
      const expected = new Function(`return ${text}`)() as number;
      const got = value(text);
      // A missing operand stays missing, where JavaScript's infinities may come back to a number.
      if (got !== undefined) t.is(got, expected);
      else t.true(text.includes("/"));
    }),
  );
});
