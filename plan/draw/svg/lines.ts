/** Flows as lines with rounded corners, arrow heads and words. */

import type { Point } from "../layout/geometry.ts";
import { type Label, labelSize } from "../layout/labels.ts";
import type { Layout } from "../layout/layout.ts";
import type { Route } from "../layout/route.ts";
import type { FlowKind } from "../picture.ts";
import { escapeXml } from "./escape.ts";
import { colourOfFlow } from "./theme.ts";

const radius = 6;
/** The head's tip stands on the box's border; the line ends inside of the head. */
const head = 7;

const towards = (from: Point, to: Point, by: number): Point => ({
  x: from.x + Math.sign(to.x - from.x) * by,
  y: from.y + Math.sign(to.y - from.y) * by,
});

const half = (a: Point, b: Point) => (Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) / 2;

/** SVG path data. */
function pathOf({ points, flow }: Route): string {
  const line = [...points];
  const count = line.length;
  line[count - 1] = towards(points[count - 1] as Point, points[count - 2] as Point, head - 1);
  if (flow.both) line[0] = towards(points[0] as Point, points[1] as Point, head - 1);
  const parts = line.map((point, index) => {
    const [before, after] = [line[index - 1], line[index + 1]];
    if (before === undefined) return `M${point.x} ${point.y}`;
    if (after === undefined) return `L${point.x} ${point.y}`;
    const start = towards(point, before, Math.min(radius, half(before, point)));
    const end = towards(point, after, Math.min(radius, half(point, after)));
    return `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return parts.join("");
}

/** A triangle with its tip at `tip`, coming from `from`. */
function headAt(tip: Point, from: Point): string {
  const base = towards(tip, from, head);
  const level = tip.y === from.y;
  const [dx, dy] = level ? [0, 4] : [4, 0];
  return `M${tip.x} ${tip.y}L${base.x + dx} ${base.y + dy}L${base.x - dx} ${base.y - dy}Z`;
}

function drawLine(route: Route, names: ReadonlyMap<string, string>): string {
  const { points, flow } = route;
  const tips = [headAt(points.at(-1) as Point, points.at(-2) as Point)];
  if (flow.both) tips.push(headAt(points[0] as Point, points[1] as Point));
  const [from, to] = [names.get(flow.from) ?? "", names.get(flow.to) ?? ""];
  const told = `${from} ${flow.both ? "↔" : "→"} ${to}${flow.label === "" ? "" : `: ${flow.label}`}`;
  const faint = flow.minor ? ' stroke-dasharray="4 3"' : "";
  return `<g class="f ${flow.kind}"><title>${escapeXml(told)}</title><path d="${pathOf(route)}"${faint}/><path class="h" d="${tips.join("")}"/></g>`;
}

function drawLabel({ text, box, route, beside, inside }: Label): string {
  const x = box.x + box.width / 2;
  const ground = beside
    ? ""
    : `<rect class="${inside ? "frame-ground" : "ground"}" x="${box.x + 1}" y="${box.y + 2}" width="${box.width - 2}" height="${box.height - 4}"/>`;
  return `${ground}<text class="l ${route.flow.kind}" x="${x}" y="${box.y + 11}">${escapeXml(text)}</text>`;
}

export function drawLines({ routes, labels, nodes }: Layout): string {
  const names = new Map(nodes.map(({ node }) => [node.id, node.title]));
  return [...routes.map((route) => drawLine(route, names)), ...labels.map(drawLabel)].join("\n");
}

export const lineStyle = [
  ".f path{fill:none;stroke-width:1.5;stroke:var(--c)}",
  ".f .h{fill:var(--c);stroke:none}",
  `.l{fill:var(--c);font-size:${labelSize}px;text-anchor:middle}`,
  ".ground{fill:var(--ground)}.frame-ground{fill:var(--frame)}",
  ...Object.entries(colourOfFlow).map(([kind, colour]) => `.${kind}{--c:var(--${colour})}`),
].join("");

const words: Readonly<Record<FlowKind, string>> = {
  request: "requests",
  message: "messages",
  event: "events",
  data: "data",
  mail: "mail",
};

/** What the colours mean, for those that occur. */
export function legendOf({ routes }: Layout): { kind: FlowKind; word: string }[] {
  const present = new Set(routes.map(({ flow }) => flow.kind));
  return (Object.keys(words) as FlowKind[])
    .filter((kind) => present.has(kind))
    .map((kind) => ({ kind, word: words[kind] }));
}
