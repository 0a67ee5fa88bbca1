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
  readonly #blocked: Uint8Array;
  readonly #hugged: Uint8Array;
  readonly #frame: Int16Array;
  /** Who runs from a point to the right, and down; who turns there. Numbers of bundles. */
  readonly #right: Int16Array;
  readonly #down: Int16Array;
  readonly #turns: Int16Array;
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
    [...placement.frames.values()].forEach((frame, index) => {
      this.#each(frame, 0, (at) => {
        this.#frame[at] = index;
      });
    });
    for (const box of obstacles) {
      this.#each(box, 1, (at) => {
        this.#hugged[at] = 1;
      });
    }
    for (const box of obstacles) {
      this.#each(box, 0, (at) => {
        this.#blocked[at] = 1;
      });
    }
  }

  #each({ x, y, width, height }: Box, around: number, action: (at: number) => void): void {
    const left = Math.max(0, Math.ceil(x / grid) - around);
    const right = Math.min(this.width - 1, Math.floor((x + width) / grid) + around);
    const top = Math.max(0, Math.ceil(y / grid) - around);
    const bottom = Math.min(this.height - 1, Math.floor((y + height) / grid) + around);
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) action(this.at(column, row));
  }

  at(x: number, y: number): number {
    return y * this.width + x;
  }

  frameAt(at: number): number {
    return this.#frame[at] ?? nobody;
  }

  isBlocked(at: number): boolean {
    return this.#blocked[at] === 1;
  }

  isPortFree(at: number, bundle: number): boolean {
    const owner = this.#ports.get(at);
    return owner === undefined || owner === bundle;
  }

  /** Cost of going one step from a point; `home` are the frames that the line has business in. */
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
    const across = direction % 2 === 0 ? this.#down : this.#right;
    const along = direction % 2 === 0 ? this.#right : this.#down;
    const behind = direction % 2 === 0 ? at - this.width : at - 1;
    const before = direction % 2 === 0 ? at - 1 : at - this.width;
    const foreign = (owner: number | undefined) => owner !== undefined && owner !== nobody && owner !== bundle;
    const crossed = foreign(across[at]) || foreign(across[behind]);
    const turned = foreign(this.#turns[at]);
    if (turning) {
      const met = crossed || foreign(along[at]) || foreign(along[before]) || turned;
      return costs.turn + (met ? costs.confusion : 0);
    }
    return (turned ? costs.confusion : 0) + (crossed ? costs.crossing : 0);
  }

  /** Marks a line as run by a bundle. Points are the line's corners, in grid steps. */
  run(points: readonly Point[], bundle: number): void {
    const mark = (list: Int16Array, at: number) => {
      list[at] = list[at] === nobody || list[at] === bundle ? bundle : several;
    };
    points.forEach((point, index) => {
      const at = this.at(point.x, point.y);
      const next = points[index + 1];
      if (index === 0 || next === undefined) this.#ports.set(at, bundle);
      else mark(this.#turns, at);
      if (next === undefined) return;
      for (let x = Math.min(point.x, next.x); x < Math.max(point.x, next.x); x++)
        mark(this.#right, this.at(x, point.y));
      for (let y = Math.min(point.y, next.y); y < Math.max(point.y, next.y); y++) mark(this.#down, this.at(point.x, y));
    });
  }

  clear(): void {
    for (const list of [this.#right, this.#down, this.#turns]) list.fill(nobody);
    this.#ports.clear();
  }
}
