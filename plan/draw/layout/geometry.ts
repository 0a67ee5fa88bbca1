/** Places in pixels; x to the right, y down. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Everything stands on this grid, so that lines keep their distance from boxes and from each other. */
export const grid = 10;

export const upToGrid = (length: number): number => Math.ceil(length / grid) * grid;

/** True when the boxes have area in common; touching does not count. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The box of an axis-parallel line, widened on all sides. */
export function boxOfLine(a: Point, b: Point, margin = 0): Box {
  return {
    x: Math.min(a.x, b.x) - margin,
    y: Math.min(a.y, b.y) - margin,
    width: Math.abs(a.x - b.x) + 2 * margin,
    height: Math.abs(a.y - b.y) + 2 * margin,
  };
}

export const centreOf = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });
