/**
 * Leads each flow's line over the grid, around everything, with few turns and crossings: Dijkstra's search with an estimate
 * (A*), one line after the other, then each once more now that the others are known.
 */
import type { Flow } from "../picture.ts";
import { type Box, grid, type Point } from "./geometry.ts";
import { Heap } from "./heap.ts";
import type { Placement } from "./place.ts";
import { costs, steps, type Terrain } from "./terrain.ts";

export interface Route {
  readonly flow: Flow;
  /** Flows of one bundle may share their line: they come from the same place and are of the same kind. */
  readonly bundle: number;
  /** Corners in pixels, from the border of the one box to the border of the other. */
  readonly points: readonly Point[];
}

interface Port {
  readonly at: number;
  /** Away from the box. */
  readonly direction: number;
  readonly cost: number;
}

const offCentre = 2;
const topOrBottom = 25;
/** How often all lines are led, each time around the others as they were; a crowd is led once. */
const roundsFor = (count: number) => (count > 40 ? 1 : 3);

/** Grid points on the border of a box, corners left out. */
function portsOf(box: Box, terrain: Terrain): Port[] {
  const [left, top] = [box.x / grid, box.y / grid];
  const [width, height] = [box.width / grid, box.height / grid];
  const ports: Port[] = [];
  for (let y = 1; y < height; y++) {
    const cost = Math.abs(y - height / 2) * offCentre;
    ports.push({ at: terrain.at(left + width, top + y), direction: 0, cost });
    ports.push({ at: terrain.at(left, top + y), direction: 2, cost });
  }
  for (let x = 2; x < width - 1; x++) {
    const cost = topOrBottom + Math.abs(x - width / 2) * offCentre;
    ports.push({ at: terrain.at(left + x, top + height), direction: 1, cost });
    ports.push({ at: terrain.at(left + x, top), direction: 3, cost });
  }
  return ports;
}

/** @param alone no line of the bundle is there yet to be shared: every step costs in full. */
function find(terrain: Terrain, from: Box, to: Box, bundle: number, alone: boolean): Point[] | undefined {
  const size = terrain.width * terrain.height * 4;
  const known = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const origin = new Int32Array(size).fill(-1);
  const heap = new Heap();
  const ends = new Map(
    portsOf(to, terrain)
      .filter(({ at }) => terrain.isPortFree(at, bundle))
      .map((port) => [port.at * 4 + ((port.direction + 2) % 4), port.cost]),
  );
  const pointAt = (at: number): Point => ({ x: at % terrain.width, y: Math.floor(at / terrain.width) });
  const [left, top] = [to.x / grid, to.y / grid];
  const [right, bottom] = [left + to.width / grid, top + to.height / grid];
  const least = alone ? costs.step : costs.shared;
  const estimate = (at: number) => {
    const { x, y } = pointAt(at);
    return least * (Math.max(left - x, x - right, 0) + Math.max(top - y, y - bottom, 0));
  };
  const home = new Set<number>();
  const reach = (state: number, cost: number, previous: number) => {
    if (cost >= (known[state] as number)) return;
    known[state] = cost;
    origin[state] = previous;
    heap.push(state, cost + estimate(state >> 2));
  };
  for (const port of portsOf(from, terrain)) {
    home.add(terrain.frameAt(port.at));
    if (terrain.isPortFree(port.at, bundle)) reach(port.at * 4 + port.direction, port.cost, -1);
  }
  for (const state of ends.keys()) home.add(terrain.frameAt(state >> 2));

  let last = -1;
  let best = Number.POSITIVE_INFINITY;
  for (let state = heap.pop(); state !== undefined; state = heap.pop()) {
    const cost = known[state] as number;
    const at = state >> 2;
    const direction = state & 3;
    if (cost + estimate(at) >= best) break;
    const endCost = ends.get(state);
    if (endCost !== undefined && origin[state] !== -1 && cost + endCost < best) {
      best = cost + endCost;
      last = state;
      continue;
    }
    const atPort = origin[state] === -1;
    const here = pointAt(at);
    for (let next = 0; next < 4; next++) {
      if (next === (direction + 2) % 4 || (atPort && next !== direction)) continue;
      const step = steps[next] as Point;
      const [x, y] = [here.x + step.x, here.y + step.y];
      if (x < 0 || y < 0 || x >= terrain.width || y >= terrain.height) continue;
      const there = terrain.at(x, y);
      const arrives = ends.has(there * 4 + next);
      if (terrain.isBlocked(there) && !arrives) continue;
      const pass = atPort ? 0 : terrain.passCost(at, direction, next !== direction, bundle);
      reach(there * 4 + next, cost + pass + terrain.stepCost(at, next, bundle, home), state);
    }
  }
  if (last < 0) return undefined;
  const path: number[] = [];
  for (let state = last; state >= 0; state = origin[state] as number) path.push(state);
  return cornersOf(path.reverse().map((state) => pointAt(state >> 2)));
}

/** Leaves out the points that a line passes straight through. */
function cornersOf(points: readonly Point[]): Point[] {
  return points.filter((_, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before === undefined || after === undefined) return true;
    return !(before.x === after.x || before.y === after.y);
  });
}

const length = (a: Box, b: Box) =>
  Math.abs(a.x + a.width / 2 - b.x - b.width / 2) + Math.abs(a.y + a.height / 2 - b.y - b.height / 2);

/** Short lines first: they have the least choice. */
function inOrder(flows: readonly Flow[], { boxes }: Placement): Flow[] {
  const lengthOf = ({ from, to }: Flow) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    return a === undefined || b === undefined ? 0 : length(a, b);
  };
  return [...flows].sort((a, b) => lengthOf(a) - lengthOf(b));
}

/** Lines of all flows whose ends have a box. */
export function route(flows: readonly Flow[], placement: Placement, terrain: Terrain): Route[] {
  const bundles = new Map<string, number>();
  const bundleOf = ({ from, to, kind, both }: Flow) => {
    const key = both ? `${from} ${to} ${kind}` : `${from} ${kind}`;
    if (!bundles.has(key)) bundles.set(key, bundles.size);
    return bundles.get(key) as number;
  };
  const lines = new Map<Flow, Point[]>();
  const ordered = inOrder(flows, placement);
  const rounds = roundsFor(ordered.length);
  for (let round = 0; round < rounds; round++) {
    for (const flow of ordered) {
      const [from, to] = [placement.boxes.get(flow.from), placement.boxes.get(flow.to)];
      if (from === undefined || to === undefined) continue;
      terrain.clear();
      for (const [other, points] of lines) if (other !== flow) terrain.run(points, bundleOf(other));
      const alone = ![...lines.keys()].some((other) => other !== flow && bundleOf(other) === bundleOf(flow));
      const found = find(terrain, from, to, bundleOf(flow), alone);
      if (found !== undefined) lines.set(flow, found);
    }
  }
  return flows.flatMap((flow) => {
    const points = lines.get(flow)?.map(({ x, y }) => ({ x: x * grid, y: y * grid }));
    return points === undefined ? [] : [{ flow, bundle: bundleOf(flow), points }];
  });
}
