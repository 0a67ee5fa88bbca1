/**
 * Metric math: the part of CloudWatch's expressions that scaling needs, parsed once and evaluated for one period at a time.
 *
 *     expression = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
 *     sum        = product { ("+" | "-") product }
 *     product    = sign { ("*" | "/") sign }
 *     sign       = "-" sign | atom
 *     atom       = number | name | "(" expression ")" | FUNCTION "(" arguments ")" | "[" arguments "]"
 *
 * A missing datapoint makes the result missing, and so does a division by zero; only FILL, and MAX, MIN, SUM and AVG over
 * several values, look past it. RATE(m) and FILL(m, REPEAT) look at the periods before.
 */

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly function: FunctionName; readonly operands: readonly Expression[] }
  /** RATE: change a second since the datapoint before. REPEAT: FILL(…, REPEAT), the datapoint before where one is missing. */
  | { readonly kind: "history"; readonly function: HistoryName; readonly operand: Expression }
  | { readonly kind: "operation"; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

type Value = number | undefined;

const operators = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "<": (a: number, b: number) => Number(a < b),
  "<=": (a: number, b: number) => Number(a <= b),
  ">": (a: number, b: number) => Number(a > b),
  ">=": (a: number, b: number) => Number(a >= b),
  "==": (a: number, b: number) => Number(a === b),
  "!=": (a: number, b: number) => Number(a !== b),
} as const;
type Operator = keyof typeof operators;

const known = (values: readonly Value[]) => values.filter((value): value is number => value !== undefined);
const overKnown = (gather: (values: readonly number[]) => number) => (values: readonly Value[]) => {
  const numbers = known(values);
  return numbers.length === 0 ? undefined : gather(numbers);
};
const ofOne = (convert: (value: number) => number) => (values: readonly Value[]) =>
  values[0] === undefined ? undefined : convert(values[0]);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** How many operands each takes, lists spread out, and what it makes of them. */
const functions = {
  ABS: { operands: [1, 1], apply: ofOne(Math.abs) },
  CEIL: { operands: [1, 1], apply: ofOne(Math.ceil) },
  FLOOR: { operands: [1, 1], apply: ofOne(Math.floor) },
  FILL: { operands: [2, 2], apply: ([value, instead]: readonly Value[]) => value ?? instead },
  IF: { operands: [3, 3], apply: ([when, yes, no]: readonly Value[]) => (when === undefined ? when : when ? yes : no) },
  MAX: { operands: [1, 100], apply: overKnown((values) => Math.max(...values)) },
  MIN: { operands: [1, 100], apply: overKnown((values) => Math.min(...values)) },
  SUM: { operands: [1, 100], apply: overKnown(sum) },
  AVG: { operands: [1, 100], apply: overKnown((values) => sum(values) / values.length) },
} as const;
type FunctionName = keyof typeof functions;

type HistoryName = "RATE" | "REPEAT";

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

/** Operands of a call once its lists are spread out. */
const spread = (operands: readonly Expression[]): readonly Expression[] =>
  operands.flatMap((each) => (each.kind === "list" ? spread(each.items) : [each]));

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const token = /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[A-Za-z_]\w*|[<>=!]=|[-+*/()[\],<>])|(\S))/gy;
  for (const [, good, bad] of text.matchAll(token)) {
    if (bad !== undefined) throw new SyntaxError(`metric math ${JSON.stringify(text)}: unexpected ${bad}`);
    if (good !== undefined) tokens.push(good);
  }
  return tokens;
}

/** A call as it is written; `fail` is told what is wrong with it. */
function callOf(name: string, operands: readonly Expression[], fail: (problem: string) => never): Expression {
  const count = spread(operands).length;
  const [operand, word] = operands;
  if (name === "RATE" && count === 1 && operand !== undefined) return { kind: "history", function: "RATE", operand };
  if (name === "ANOMALY_DETECTION_BAND") fail("anomaly detection bands are not modelled");
  if (name === "FILL" && operands.length === 2 && operand !== undefined && word?.kind === "name") {
    if (word.name === "REPEAT") return { kind: "history", function: "REPEAT", operand };
    if (word.name === "LINEAR") fail("FILL(…, LINEAR) is not modelled; give a number or REPEAT");
  }
  if (name !== "RATE" && !isFunction(name)) {
    fail(`there is no function ${name} here; known are ${Object.keys(functions).join(", ")}, RATE`);
  }
  const [least, most] = name === "RATE" ? [1, 1] : functions[name].operands;
  if (name === "RATE" || count < least || count > most) {
    fail(`${name} takes ${least === most ? least : `${least} to ${most}`} operands, not ${count}`);
  }
  return { kind: "call", function: name, operands };
}

/** @throws {SyntaxError} naming the expression and what is wrong with it. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;

  function fail(problem: string): never {
    throw new SyntaxError(`metric math ${JSON.stringify(text)}: ${problem}`);
  }
  function expect(token: string): void {
    if (tokens[at] !== token) fail(`expected ${token} but found ${tokens[at] ?? "its end"}`);
    at += 1;
  }
  function operation(operand: () => Expression, accepted: readonly string[], repeat: boolean): Expression {
    let left = operand();
    while (accepted.includes(tokens[at] ?? "")) {
      const operator = tokens[at++] as Operator;
      left = { kind: "operation", operator, left, right: operand() };
      if (!repeat) break;
    }
    return left;
  }
  const comparison = (): Expression => operation(addition, ["<", "<=", ">", ">=", "==", "!="], false);
  const addition = (): Expression => operation(product, ["+", "-"], true);
  const product = (): Expression => operation(sign, ["*", "/"], true);

  function sign(): Expression {
    if (tokens[at] !== "-") return atom();
    at += 1;
    return { kind: "operation", operator: "-", left: { kind: "number", value: 0 }, right: sign() };
  }
  function list(end: string): Expression[] {
    const items = [comparison()];
    while (tokens[at] === ",") {
      at += 1;
      items.push(comparison());
    }
    expect(end);
    return items;
  }
  function call(name: string): Expression {
    expect("(");
    return callOf(name, list(")"), fail);
  }
  function atom(): Expression {
    const token = tokens[at++];
    if (token === undefined) fail("it ends where a value should stand");
    if (token === "(") {
      const inner = comparison();
      expect(")");
      return inner;
    }
    if (token === "[") return { kind: "list", items: list("]") };
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) fail(`unexpected ${token}`);
    return tokens[at] === "(" ? call(token) : { kind: "name", name: token };
  }

  const whole = comparison();
  if (at < tokens.length) fail(`unexpected ${tokens[at]} after its end`);
  if (whole.kind === "list") fail("a list is no single value");
  return whole;
}

/** Names that an expression refers to, each once, in order of appearance. */
export function namesIn(expression: Expression): string[] {
  const inside = (each: Expression): string[] => {
    if (each.kind === "name") return [each.name];
    if (each.kind === "list") return each.items.flatMap(inside);
    if (each.kind === "call") return each.operands.flatMap(inside);
    if (each.kind === "history") return inside(each.operand);
    return each.kind === "operation" ? [...inside(each.left), ...inside(each.right)] : [];
  };
  return [...new Set(inside(expression))];
}

/** The expression with other expressions in the place of names, as queries that refer to queries need it. */
export function substitute(expression: Expression, of: (name: string) => Expression | undefined): Expression {
  if (expression.kind === "name") return of(expression.name) ?? expression;
  if (expression.kind === "list") return { ...expression, items: expression.items.map((each) => substitute(each, of)) };
  if (expression.kind === "call") {
    return { ...expression, operands: expression.operands.map((each) => substitute(each, of)) };
  }
  if (expression.kind === "history") return { ...expression, operand: substitute(expression.operand, of) };
  if (expression.kind === "number") return expression;
  return { ...expression, left: substitute(expression.left, of), right: substitute(expression.right, of) };
}

/** Periods before its first that an expression looks at. */
export function periodsBefore(expression: Expression): number {
  if (expression.kind === "history") return Number(expression.function === "RATE") + periodsBefore(expression.operand);
  if (expression.kind === "list") return Math.max(0, ...expression.items.map(periodsBefore));
  if (expression.kind === "call") return Math.max(0, ...expression.operands.map(periodsBefore));
  if (expression.kind !== "operation") return 0;
  return Math.max(periodsBefore(expression.left), periodsBefore(expression.right));
}

export interface Period {
  /** Which it is of those that `of` knows, from 0, the oldest, on. */
  readonly index: number;
  readonly seconds: number;
}

/**
 * Value for one period; `undefined`: missing.
 *
 * @param of datapoint of a name in a period.
 */
export function evaluateExpression(
  expression: Expression,
  of: (name: string, index: number) => number | undefined,
  { index, seconds }: Period = { index: 0, seconds: 60 },
): Value {
  const at = (each: Expression, period: number): Value => evaluateExpression(each, of, { index: period, seconds });
  /** The newest datapoint before a period, and how many periods before it is. */
  const before = (each: Expression): { readonly value: number; readonly periods: number } | undefined => {
    for (let period = index - 1; period >= 0; period--) {
      const found = at(each, period);
      if (found !== undefined) return { value: found, periods: index - period };
    }
    return undefined;
  };
  const value = (each: Expression): Value => {
    if (each.kind === "number") return each.value;
    if (each.kind === "name") return of(each.name, index);
    if (each.kind === "call") return functions[each.function].apply(spread(each.operands).map(value));
    if (each.kind === "list") return undefined;
    if (each.kind === "history") {
      const now = value(each.operand);
      if (each.function === "REPEAT") return now ?? before(each.operand)?.value;
      const last = now === undefined ? undefined : before(each.operand);
      return now === undefined || last === undefined ? undefined : (now - last.value) / (last.periods * seconds);
    }
    const left = value(each.left);
    const right = value(each.right);
    if (left === undefined || right === undefined) return undefined;
    const result = operators[each.operator](left, right);
    return Number.isFinite(result) ? result : undefined;
  };
  return value(expression);
}

/** The expression as text that parses to the same; every operation stands in parentheses. */
export function expressionText(expression: Expression): string {
  if (expression.kind === "number") return String(expression.value);
  if (expression.kind === "name") return expression.name;
  if (expression.kind === "list") return `[${expression.items.map(expressionText).join(", ")}]`;
  if (expression.kind === "history") {
    const operand = expressionText(expression.operand);
    return expression.function === "RATE" ? `RATE(${operand})` : `FILL(${operand}, REPEAT)`;
  }
  if (expression.kind === "call")
    return `${expression.function}(${expression.operands.map(expressionText).join(", ")})`;
  return `(${expressionText(expression.left)} ${expression.operator} ${expressionText(expression.right)})`;
}
