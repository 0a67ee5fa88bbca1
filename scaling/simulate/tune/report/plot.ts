/** The trade-off as characters, for a terminal of 80 columns. */
import { figure } from "../../report/format.ts";
import { boundText, type Mark, markNames, type TradeOff, tickText } from "./trade-off.ts";

const box = { left: 10, columns: 66, rows: 13 };
const signs: Readonly<Record<Mark, string>> = { found: "@", declared: "D", meets: "o", open: "-", misses: "." };

const rowOf = (height: number): number => Math.round((1 - height) * (box.rows - 1));

/** A line's text at the left, where one belongs there. */
function labels(tradeOff: TradeOff): string[] {
  const all = Array.from({ length: box.rows }, () => "");
  for (const each of tradeOff.ticks) all[rowOf(tradeOff.height(each))] = tickText(tradeOff, each);
  return all.map((text) => text.padStart(box.left - 1));
}

function ticksLine({ usd: { from, to, ticks } }: TradeOff): string {
  const line = Array.from({ length: box.left + box.columns + 4 }, () => " ");
  let free = 0;
  for (const tick of ticks) {
    const text = figure(Number(tick.toPrecision(6)));
    const at = Math.round(box.left + ((tick - from) / (to - from)) * (box.columns - 1) - text.length / 2);
    if (at < free || at + text.length > line.length) continue;
    line.splice(at, text.length, ...text);
    free = at + text.length + 1;
  }
  return line.join("").trimEnd();
}

export function plot(tradeOff: TradeOff): string[] {
  const { dots, objective, usd } = tradeOff;
  const grid = Array.from({ length: box.rows }, () => Array.from({ length: box.columns }, () => " "));
  grid[rowOf(tradeOff.height(objective.below))]?.fill("·");
  for (const { mark, usd: cost, value } of dots) {
    const column = Math.round(((cost - usd.from) / (usd.to - usd.from)) * (box.columns - 1));
    (grid[rowOf(tradeOff.height(value))] as string[])[column] = signs[mark];
  }
  const there = (Object.keys(signs) as Mark[]).filter((mark) => dots.some((each) => each.mark === mark));
  return [
    `${tradeOff.title} (··· ${boundText(tradeOff)})`,
    ...labels(tradeOff).map((label, row) => `${label}|${(grid[row] as string[]).join("")}`.trimEnd()),
    `${" ".repeat(box.left - 1)}+${"-".repeat(box.columns)}`,
    ticksLine(tradeOff),
    ...there.map((mark) => `${signs[mark]} ${markNames[mark]}`),
  ];
}
