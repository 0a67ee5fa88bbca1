/** A layout as one SVG file that refers to nothing outside of itself. */

import { smallSize } from "../layout/card.ts";
import type { Layout } from "../layout/layout.ts";
import { textWidth } from "../layout/text.ts";
import type { Badge } from "../picture.ts";
import { cardStyle, drawCard, drawFrame, drawSymbols, marks } from "./cards.ts";
import { escapeXml } from "./escape.ts";
import { drawLines, legendOf, lineStyle } from "./lines.ts";
import { styleOf, type Theme } from "./theme.ts";

/** The system's own, on each system by name: `system-ui` is anything on Linux, and wider than the text is measured for. */
const fonts = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans',sans-serif";
const footer = 30;

/** For those who do not see it: what there is, and what flows. */
function describe({ nodes, groups, routes }: Layout): string {
  const names = new Map(nodes.map(({ node }) => [node.id, node.title]));
  const within = groups.map(({ group }) => {
    const members = nodes
      .filter(({ node }) => node.group === group.id)
      .map(({ node }) => `${node.title} (${node.subtitle})`);
    return `${group.title}: ${members.join(", ")}.`;
  });
  const flows = routes.map(({ flow }) => {
    const label = flow.label === "" ? flow.kind : flow.label;
    return `${names.get(flow.from)} ${flow.both ? "to and from" : "to"} ${names.get(flow.to)} (${label})`;
  });
  return [...within, ...(flows.length === 0 ? [] : [`Flows: ${flows.join("; ")}.`])].join(" ");
}

/** Colours of lines, then signs, for those that occur. */
function drawLegend(layout: Layout, left: number, y: number): string {
  let x = left;
  const entry = (draw: (at: number) => string, word: string, sign: number) => {
    const at = x;
    x += sign + Math.ceil(textWidth(word, smallSize)) + 16;
    return `${draw(at)}<text class="small" x="${at + sign}" y="${y + 3.5}">${word}</text>`;
  };
  const lines = legendOf(layout).map(({ kind, word }) =>
    entry(
      (at) => `<g class="f ${kind}"><path d="M${at} ${y}h12"/><path class="h" d="M${at + 18} ${y}l-7 4v-8z"/></g>`,
      word,
      24,
    ),
  );
  const present = new Set(layout.nodes.flatMap(({ card }) => card.signs.map(({ badge }) => badge.kind)));
  const signs = Object.entries(signWords)
    .filter(([kind]) => present.has(kind as Badge["kind"]))
    .map(([kind, word]) =>
      entry(
        (at) => `<g class="message" transform="translate(${at} ${y - 4})">${marks[kind as Badge["kind"]]}</g>`,
        word,
        13,
      ),
    );
  return [...lines, ...signs].join("");
}

const signWords = { deadLetters: "dead-letter queue", alarm: "alarm" } as const;

export function svgOf(layout: Layout, theme: Theme): string {
  const empty = layout.nodes.length === 0;
  const { x, y } = layout.bounds;
  const width = empty ? 480 : layout.bounds.width;
  const height = empty ? 120 : layout.bounds.height + (layout.routes.length > 0 ? footer : 0);
  const title = `Architecture of ${layout.title}`;
  const style = `${styleOf(theme)}text{font-family:${fonts}}${cardStyle}${lineStyle}`;
  const body = empty
    ? `<text class="small" x="24" y="64">${escapeXml(`${layout.title} declares no resources.`)}</text>`
    : [
        ...layout.groups.map(drawFrame),
        drawLines(layout),
        ...layout.nodes.map(drawCard),
        drawLegend(layout, x + 20, y + height - 20),
      ]
        .filter((part) => part !== "")
        .join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="desc">${escapeXml(describe(layout))}</desc>`,
    `<style>${style}</style>`,
    drawSymbols(layout.nodes),
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="var(--ground)"/>`,
    body,
    "</svg>",
    "",
  ].join("\n");
}
