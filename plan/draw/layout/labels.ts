/** Puts each flow's words on its line where nothing else is. */
import { type Box, boxOfLine, overlap, type Point } from "./geometry.ts";
import type { Route } from "./route.ts";
import { textWidth } from "./text.ts";

export const labelSize = 11;

export interface Label {
  readonly text: string;
  readonly box: Box;
  readonly route: Route;
  /** Next to its line instead of on it. */
  readonly beside: boolean;
  /** Inside of a group's frame. */
  readonly inside: boolean;
}

const height = 14;
const side = 4;
/** Between an upright line and the words beside it. */
const gap = 3;
/** Between tries along a line. */
const stride = 5;

interface Segment {
  readonly from: Point;
  readonly to: Point;
}

export function segmentsOf({ points }: Route): Segment[] {
  return points.slice(1).map((to, index) => ({ from: points[index] as Point, to }));
}

interface Candidate {
  readonly box: Box;
  readonly beside: boolean;
  readonly cost: number;
}

/** On a level line where it is long enough, with some of the line seen on both sides. */
function onLevel({ from, to }: Segment, width: number): Candidate[] {
  const span = Math.abs(to.x - from.x);
  const clear = width / 2 + 13;
  const found: Candidate[] = [];
  for (let at = clear; at <= span - clear; at += stride) {
    const x = from.x + Math.sign(to.x - from.x) * at;
    const box = { x: x - width / 2, y: from.y - height / 2, width, height };
    found.push({ box, beside: false, cost: Math.abs(at - span / 2) / 4 - Math.min(span, 120) / 4 });
  }
  return found;
}

/** On an upright line, or right or left of it where it is short. */
function onUpright({ from, to }: Segment, width: number): Candidate[] {
  const span = Math.abs(to.y - from.y);
  const found: Candidate[] = [];
  for (let at = height / 2 + 1; at <= span - height / 2 - 1; at += stride) {
    const y = from.y + Math.sign(to.y - from.y) * at - height / 2;
    const cost = 60 + Math.abs(at - span / 2) / 4;
    const clear = Math.min(at, span - at) >= height / 2 + 8;
    if (clear) found.push({ box: { x: from.x - width / 2, y, width, height }, beside: false, cost });
    for (const x of [from.x + gap, from.x - gap - width]) {
      found.push({ box: { x, y, width, height }, beside: true, cost: cost + 20 });
    }
  }
  return found;
}

/** Boxes along a line, each with how well it reads there. */
function candidates(route: Route, text: string): Candidate[] {
  const width = Math.ceil(textWidth(text, labelSize)) + 2 * side;
  return segmentsOf(route).flatMap((segment) =>
    segment.from.y === segment.to.y ? onLevel(segment, width) : onUpright(segment, width),
  );
}

const within = (a: Box, b: Box) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

/** Words across a border read worse. */
const straddling = 50;

function weighed(candidate: Candidate, frames: readonly Box[], route: Route) {
  const { box, cost } = candidate;
  const inside = frames.some((frame) => within(box, frame));
  const across = !inside && frames.some((frame) => overlap(box, frame));
  return { ...candidate, route, inside, cost: cost + (across ? straddling : 0) };
}

const linesOf = (route: Route) => segmentsOf(route).map(({ from, to }) => boxOfLine(from, to, 2));

const cheapest = <C extends Candidate>(found: readonly C[]): C | undefined =>
  found.reduce<C | undefined>(
    (least, each) => (least === undefined || each.cost < least.cost ? each : least),
    undefined,
  );

/** Where words that found no room would stand beside their line, were it not for other lines. */
export function wishFor(route: Route, occupied: readonly Box[], frames: readonly Box[]): Box | undefined {
  const found = candidates(route, route.flow.label)
    .map((candidate) => weighed(candidate, frames, route))
    .filter(({ beside, box }) => beside && !occupied.some((other) => overlap(box, other)));
  return cheapest(found)?.box;
}

/** Flows that leave as one line and have the same words need the words once. */
const keyOf = ({ bundle, flow, points }: Route) => `${bundle} ${points[0]?.x},${points[0]?.y} ${flow.label}`;

/**
 * Labels that found room, and the routes whose words did not. The longest words choose first.
 *
 * @param occupied boxes of nodes, headings and whatever else must stay readable.
 * @param frames what words should be either inside or outside of.
 */
export function placeLabels(
  routes: readonly Route[],
  occupied: readonly Box[],
  frames: readonly Box[] = [],
): { labels: Label[]; homeless: Route[] } {
  const labels: Label[] = [];
  const homeless: Route[] = [];
  const lines = routes.map((route) => ({ route, boxes: linesOf(route) }));
  const named = new Map<string, Route[]>();
  for (const route of routes.filter(({ flow }) => flow.label !== "")) {
    named.set(keyOf(route), [...(named.get(keyOf(route)) ?? []), route]);
  }
  const waiting = [...named.values()].sort(
    ([a], [b]) => textWidth(b?.flow.label ?? "", labelSize) - textWidth(a?.flow.label ?? "", labelSize),
  );
  for (const bearers of waiting) {
    const others = lines.filter(({ route }) => !bearers.includes(route)).flatMap(({ boxes }) => boxes);
    const taken = [...occupied, ...labels.map(({ box }) => box), ...others];
    const free = bearers
      .flatMap((route) => candidates(route, route.flow.label).map((candidate) => weighed(candidate, frames, route)))
      .filter(({ box }) => !taken.some((other) => overlap(box, other)))
      .filter(({ box, beside, route }) => !beside || !linesOf(route).some((own) => overlap(box, own)));
    const best = cheapest(free);
    if (best === undefined) homeless.push(...bearers.slice(0, 1));
    else labels.push({ text: best.route.flow.label, ...best });
  }
  return { labels, homeless };
}
