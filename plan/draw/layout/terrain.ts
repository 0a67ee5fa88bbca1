/** The grid that lines are led over: what is in the way, and where lines run already. */
import { type Box, grid, type Point } from "./geometry.ts";
import type { Placement } from "./place.ts";

/** Steps to the right, down, left, up. */
export const steps: readonly Point[] = [
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: 0, y: -1 },
];

/** Instead of a bundle's or a frame's number. */
const nobody = -1;
const several = -2;

/** Costs of one step and of what makes a line hard to follow. */
export const costs = {
  step: 10,
  shared: 6,
  turn: 55,
  crossing: 60,
  foreignFrame: 6,
  hugging: 4,
  /** Two flows on one line, or a turn where another line passes: only where there is no other way at all. */
  confusion: 4000,
} as const;

export class Terrain {
  readonly width: number;
  readonly height: number;
  /** Of each point: whether it belongs to an obstacle, whether it is next to one, and which frame it is in. */
  readonly #blocked: Uint8Array;
  readonly #hugged: Uint8Array;
  readonly #frame: Int16Array;
  /** Of each point: which bundle runs from it to the right, which one down, and which one turns there. */
  readonly #right: Int16Array;
  readonly #down: Int16Array;
  readonly #turns: Int16Array;
  /** Where lines begin and end, with their bundles. */
  readonly #ports = new Map<number, number>();

  constructor(placement: Placement, obstacles: readonly Box[]) {
    this.width = Math.ceil(placement.width / grid) + 1;
    this.height = Math.ceil(placement.height / grid) + 1;
    const size = this.width * this.height;
    this.#blocked = new Uint8Array(size);
    this.#hugged = new Uint8Array(size);
    this.#frame = new Int16Array(size).fill(nobody);
    this.#right = new Int16Array(size).fill(nobody);
    this.#down = new Int16Array(size).fill(nobody);
    this.#turns = new Int16Array(size).fill(nobody);
    for (const [index, frame] of [...placement.frames.values()].entries()) {
      for (const at of this.#pointsOf(frame)) this.#frame[at] = index;
    }
    for (const box of obstacles) {
      for (const at of this.#pointsOf(box, 1)) this.#hugged[at] = 1;
      for (const at of this.#pointsOf(box)) this.#blocked[at] = 1;
    }
  }

  /** Points of a box with its border, and so many steps around it. */
  *#pointsOf({ x, y, width, height }: Box, around = 0): Generator<number> {
    const left = Math.max(0, Math.ceil(x / grid) - around);
    const right = Math.min(this.width - 1, Math.floor((x + width) / grid) + around);
    const top = Math.max(0, Math.ceil(y / grid) - around);
    const bottom = Math.min(this.height - 1, Math.floor((y + height) / grid) + around);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) yield this.at(column, row);
    }
  }

  /** Number of a point. */
  at(x: number, y: number): number {
    return y * this.width + x;
  }

  pointAt(at: number): Point {
    return { x: at % this.width, y: Math.floor(at / this.width) };
  }

  /** The point a step further on; undefined beyond the edge. */
  neighbour(at: number, step: Point): number | undefined {
    const { x, y } = this.pointAt(at);
    const [column, row] = [x + step.x, y + step.y];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return undefined;
    return this.at(column, row);
  }

  /** Number of the frame that a point is within, or one that no frame has. */
  frameAt(at: number): number {
    return this.#frame[at] ?? nobody;
  }

  isBlocked(at: number): boolean {
    return this.#blocked[at] === 1;
  }

  /** No line of another bundle begins or ends there. */
  isPortFree(at: number, bundle: number): boolean {
    const owner = this.#ports.get(at);
    return owner === undefined || owner === bundle;
  }

  /** Cost of going one step from a point; `home` are the frames that the line begins or ends in. */
  stepCost(from: number, direction: number, bundle: number, home: ReadonlySet<number>): number {
    const horizontal = direction % 2 === 0;
    const stride = horizontal ? 1 : this.width;
    const to = direction < 2 ? from + stride : from - stride;
    const unit = Math.min(from, to);
    const owner = (horizontal ? this.#right : this.#down)[unit] ?? nobody;
    if (owner === bundle) return costs.shared;
    let cost: number = costs.step;
    if (owner !== nobody) cost += costs.confusion;
    if (this.#hugged[to] === 1) cost += costs.hugging;
    const frame = this.frameAt(to);
    if (frame !== nobody && !home.has(frame)) cost += costs.foreignFrame;
    return cost;
  }

  /** Cost of passing through a point straight on, or with a turn. */
  passCost(at: number, direction: number, turning: boolean, bundle: number): number {
    const level = direction % 2 === 0;
    const [along, before] = level ? [this.#right, at - 1] : [this.#down, at - this.width];
    const [across, beside] = level ? [this.#down, at - this.width] : [this.#right, at - 1];
    const isForeign = (owner: number | undefined) => owner !== undefined && owner !== nobody && owner !== bundle;
    const isCrossed = isForeign(across[at]) || isForeign(across[beside]);
    const isTurn = isForeign(this.#turns[at]);
    if (turning) {
      const isMet = isCrossed || isTurn || isForeign(along[at]) || isForeign(along[before]);
      return costs.turn + (isMet ? costs.confusion : 0);
    }
    return (isTurn ? costs.confusion : 0) + (isCrossed ? costs.crossing : 0);
  }

  /** Marks where a bundle's line runs. Points are the line's corners, in steps of the grid. */
  occupy(points: readonly Point[], bundle: number): void {
    const mark = (list: Int16Array, at: number) => {
      list[at] = list[at] === nobody || list[at] === bundle ? bundle : several;
    };
    for (const [index, { x, y }] of points.entries()) {
      const at = this.at(x, y);
      const next = points[index + 1];
      if (index === 0 || next === undefined) this.#ports.set(at, bundle);
      else mark(this.#turns, at);
      if (next === undefined) return;
      for (let column = Math.min(x, next.x); column < Math.max(x, next.x); column++)
        mark(this.#right, this.at(column, y));
      for (let row = Math.min(y, next.y); row < Math.max(y, next.y); row++) mark(this.#down, this.at(x, row));
    }
  }

  /** Forgets all lines; boxes and frames stay. */
  clear(): void {
    for (const list of [this.#right, this.#down, this.#turns]) list.fill(nobody);
    this.#ports.clear();
  }
}
