/** Leads each flow's line around boxes and other lines. */
import type { Flow } from "../picture.ts";
import { type Box, centreOf, grid, type Point } from "./geometry.ts";
import type { Placement } from "./place.ts";
import { cheapestWay } from "./search.ts";
import type { Terrain } from "./terrain.ts";

export interface Route {
  readonly flow: Flow;
  /** Flows of one bundle may share their line: they come from the same place and are of the same kind. */
  readonly bundle: number;
  /** Corners in pixels, from the border of the one box to the border of the other. */
  readonly points: readonly Point[];
}

/** How often all lines are led, each time around the others as they were; a crowd is led once. */
const roundsFor = (count: number) => (count > 40 ? 1 : 3);

interface Line {
  readonly flow: Flow;
  readonly bundle: number;
  readonly from: Box;
  readonly to: Box;
  /** Corners in steps of the grid; undefined: it is not led yet, or there is no way. */
  corners: Point[] | undefined;
}

function bundlesOf(flows: readonly Flow[]): Map<Flow, number> {
  const numbers = new Map<string, number>();
  const keyOf = ({ from, to, kind, both }: Flow) => (both ? `${from} ${to} ${kind}` : `${from} ${kind}`);
  return new Map(
    flows.map((flow) => {
      const key = keyOf(flow);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return [flow, number];
    }),
  );
}

function distance(a: Box, b: Box): number {
  const [from, to] = [centreOf(a), centreOf(b)];
  return Math.abs(from.x - to.x) + Math.abs(from.y - to.y);
}

/** Lines of all flows whose ends have a box. */
export function route(flows: readonly Flow[], { boxes }: Placement, terrain: Terrain): Route[] {
  const bundles = bundlesOf(flows);
  const lines = flows.flatMap((flow): Line[] => {
    const [from, to, bundle] = [boxes.get(flow.from), boxes.get(flow.to), bundles.get(flow)];
    if (from === undefined || to === undefined || bundle === undefined) return [];
    return [{ flow, bundle, from, to, corners: undefined }];
  });
  // Short lines first: they have the least choice.
  const ordered = [...lines].sort((a, b) => distance(a.from, a.to) - distance(b.from, b.to));
  for (let round = 0; round < roundsFor(lines.length); round++) {
    for (const line of ordered) {
      const others = ordered.filter((other) => other !== line);
      terrain.clear();
      for (const { corners, bundle } of others) if (corners !== undefined) terrain.occupy(corners, bundle);
      const isFirst = !others.some(({ corners, bundle }) => corners !== undefined && bundle === line.bundle);
      line.corners = cheapestWay(terrain, { ...line, isFirst }) ?? line.corners;
    }
  }
  return lines.flatMap(({ flow, bundle, corners }) => {
    const points = corners?.map(({ x, y }) => ({ x: x * grid, y: y * grid }));
    return points === undefined ? [] : [{ flow, bundle, points }];
  });
}
