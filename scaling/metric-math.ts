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
 * several values, look past it.
 */

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly function: FunctionName; readonly operands: readonly Expression[] }
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
    if (!isFunction(name)) fail(`there is no function ${name} here; known are ${Object.keys(functions).join(", ")}`);
    expect("(");
    const operands = list(")");
    const [least, most] = functions[name].operands;
    const count = spread(operands).length;
    if (count < least || count > most) {
      fail(`${name} takes ${least === most ? least : `${least} to ${most}`} operands, not ${count}`);
    }
    return { kind: "call", function: name, operands };
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
  if (expression.kind === "number") return expression;
  return { ...expression, left: substitute(expression.left, of), right: substitute(expression.right, of) };
}

/**
 * Value for one period; `undefined`: missing.
 *
 * @param of datapoint of a name in this period.
 */
export function evaluateExpression(expression: Expression, of: (name: string) => number | undefined): Value {
  const value = (each: Expression): Value => {
    if (each.kind === "number") return each.value;
    if (each.kind === "name") return of(each.name);
    if (each.kind === "call") return functions[each.function].apply(spread(each.operands).map(value));
    if (each.kind === "list") return undefined;
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
  if (expression.kind === "call")
    return `${expression.function}(${expression.operands.map(expressionText).join(", ")})`;
  return `(${expressionText(expression.left)} ${expression.operator} ${expressionText(expression.right)})`;
}
