/** The trade-off as SVG. Colours are the page's, by class. */
import { figure } from "../../report/format.ts";
import { escaped } from "../../report/svg.ts";
import { boundText, type Dot, dotText, type Mark, markNames, type TradeOff, tickText } from "./trade-off.ts";

const box = { width: 860, height: 340, left: 76, right: 16, top: 14, bottom: 44 };
const inner = { width: box.width - box.left - box.right, height: box.height - box.top - box.bottom };

interface Style {
  /** Of the page's style sheet. */
  readonly class: string;
  readonly radius: number;
  readonly filled: boolean;
}

const styles: Readonly<Record<Mark, Style>> = {
  misses: { class: "d", radius: 3, filled: false },
  open: { class: "b", radius: 3.5, filled: false },
  meets: { class: "e", radius: 4, filled: true },
  declared: { class: "c", radius: 6.5, filled: true },
  found: { class: "a", radius: 7.5, filled: true },
};

const circle = (mark: Mark, x: number, y: number, title: string): string => {
  const { class: name, radius, filled } = styles[mark];
  const fill = filled ? "currentColor" : "none";
  return `<circle class="${name}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${fill}" stroke="currentColor" stroke-width="1.5"><title>${escaped(title)}</title></circle>`;
};

function scatter(tradeOff: TradeOff): string {
  const { title, dots, ticks, objective, usd } = tradeOff;
  const x = (cost: number) => box.left + (inner.width * (cost - usd.from)) / (usd.to - usd.from);
  const y = (value: number) => box.top + inner.height * (1 - tradeOff.height(value));
  const right = box.width - box.right;
  const bottom = box.height - box.bottom;
  const horizontal = ticks.map(
    (each) =>
      `<line class="grid" x1="${box.left}" x2="${right}" y1="${y(each)}" y2="${y(each)}"/><text class="tick" x="${box.left - 8}" y="${y(each)}" dy=".32em" text-anchor="end">${escaped(tickText(tradeOff, each))}</text>`,
  );
  const vertical = usd.ticks.map(
    (each) =>
      `<text class="tick" x="${x(each).toFixed(1)}" y="${bottom + 20}" text-anchor="middle">${figure(Number(each.toPrecision(6)))}</text>`,
  );
  const bound = y(objective.below).toFixed(1);
  const text = ({ name, usd: cost, value }: Dot) => `${name}: USD ${cost.toFixed(3)}, ${dotText(tradeOff, value)}`;
  return [
    // Narrower, nobody could read its figures: then it scrolls.
    `<svg style="min-width: 54rem" viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="${escaped(title)}">`,
    ...horizontal,
    ...vertical,
    `<text class="tick" x="${right}" y="${bottom + 38}" text-anchor="end">USD of a run</text>`,
    `<line class="f dash" stroke="currentColor" x1="${box.left}" x2="${right}" y1="${bound}" y2="${bound}"/>`,
    ...dots.map((dot) => circle(dot.mark, x(dot.usd), y(dot.value), text(dot))),
    "</svg>",
  ].join("");
}

export const scatterSection = (tradeOff: TradeOff): string => {
  const there = (Object.keys(markNames) as Mark[]).filter((mark) => tradeOff.dots.some((dot) => dot.mark === mark));
  const legend = there.map((mark) => `<span class="${styles[mark].class}"><i></i>${escaped(markNames[mark])}</span>`);
  const bound = `<span class="f"><i></i>${escaped(boundText(tradeOff))}</span>`;
  return `<section><h2>${escaped(tradeOff.title)}</h2><p class="legend">${legend.join("")}${bound}</p><div class="scroll" tabindex="0" role="group" aria-label="${escaped(tradeOff.title)}">${scatter(tradeOff)}</div></section>`;
};
