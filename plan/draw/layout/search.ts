/** The cheapest way of one line over the terrain, from the border of one box to the border of another: A* with turns. */
import FlatQueue from "flatqueue";
import { type Box, grid, type Point } from "./geometry.ts";
import { costs, steps, type Terrain } from "./terrain.ts";

/** A point on the border of a box where a line may begin or end. */
interface Port {
  /** The terrain's number of the point. */
  readonly at: number;
  /** Away from the box, as an index of `steps`. */
  readonly direction: number;
  readonly cost: number;
}

export interface Request {
  readonly from: Box;
  readonly to: Box;
  readonly bundle: number;
  /** No line of the bundle is there yet to be shared: every step costs in full. */
  readonly isFirst: boolean;
}

const offCentre = 2;
const topOrBottom = 25;
const none = -1;
/** The queue has no order between equal costs, so the order of arrival is the lower part of the key. */
const arrivalsMax = 2 ** 22;

const opposite = (direction: number): number => (direction + 2) % 4;
/** A turn costs, so it matters how a point was reached: a state is a point and the direction of the step that led there. */
const stateOf = (at: number, direction: number): number => at * 4 + direction;
const pointOf = (state: number): number => state >> 2;
const directionOf = (state: number): number => state & 3;

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

/** Leaves out the points that a line passes straight through. */
function cornersOf(points: readonly Point[]): Point[] {
  return points.filter((_, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before === undefined || after === undefined) return true;
    return !(before.x === after.x || before.y === after.y);
  });
}

class Search {
  readonly #terrain: Terrain;
  readonly #bundle: number;
  readonly #departures: readonly Port[];
  /** Cost of the port, by the state in which a line arrives at it. */
  readonly #arrivals: ReadonlyMap<number, number>;
  /** Frames that the line begins or ends in, which are not foreign to it. */
  readonly #home: ReadonlySet<number>;
  /** The box to reach, in steps of the grid. */
  readonly #goal: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  readonly #leastStep: number;
  /** Of each state: the least cost known, and the state before it. */
  readonly #cost: Float64Array;
  readonly #previous: Int32Array;
  readonly #queue = new FlatQueue<number>();
  #reached = 0;

  constructor(terrain: Terrain, { from, to, bundle, isFirst }: Request) {
    this.#terrain = terrain;
    this.#bundle = bundle;
    this.#departures = portsOf(from, terrain);
    const isFree = ({ at }: Port) => terrain.isPortFree(at, bundle);
    const ends = portsOf(to, terrain).filter(isFree);
    this.#arrivals = new Map(ends.map(({ at, direction, cost }) => [stateOf(at, opposite(direction)), cost]));
    this.#home = new Set([...this.#departures, ...ends].map(({ at }) => terrain.frameAt(at)));
    const [left, top] = [to.x / grid, to.y / grid];
    this.#goal = { left, top, right: left + to.width / grid, bottom: top + to.height / grid };
    this.#leastStep = isFirst ? costs.step : costs.shared;
    const states = terrain.width * terrain.height * 4;
    this.#cost = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
    this.#previous = new Int32Array(states).fill(none);
    for (const port of this.#departures.filter(isFree)) {
      this.#reach(stateOf(port.at, port.direction), port.cost, none);
    }
  }

  /** Corners in steps of the grid; undefined where there is no way. */
  run(): Point[] | undefined {
    let last = none;
    let best = Number.POSITIVE_INFINITY;
    for (let state = this.#queue.pop(); state !== undefined; state = this.#queue.pop()) {
      const cost = this.#cost[state] as number;
      if (cost + this.#remaining(state) >= best) break;
      const arrival = this.#arrivals.get(state);
      if (arrival !== undefined && !this.#isDeparture(state) && cost + arrival < best) {
        best = cost + arrival;
        last = state;
      } else this.#proceed(state, cost);
    }
    return last === none ? undefined : this.#cornersTo(last);
  }

  #isDeparture(state: number): boolean {
    return this.#previous[state] === none;
  }

  /** At least what the rest of the way costs: the steps to the goal, were nothing in between. */
  #remaining(state: number): number {
    const { x, y } = this.#terrain.pointAt(pointOf(state));
    const { left, top, right, bottom } = this.#goal;
    return this.#leastStep * (Math.max(left - x, x - right, 0) + Math.max(top - y, y - bottom, 0));
  }

  #reach(state: number, cost: number, previous: number): void {
    if (cost >= (this.#cost[state] as number)) return;
    this.#cost[state] = cost;
    this.#previous[state] = previous;
    this.#queue.push(state, (cost + this.#remaining(state)) * arrivalsMax + this.#reached++);
  }

  /** One step on from a state, in each direction but back; from a port, straight away from its box. */
  #proceed(state: number, cost: number): void {
    const terrain = this.#terrain;
    const [at, direction] = [pointOf(state), directionOf(state)];
    const departs = this.#isDeparture(state);
    for (const [next, step] of steps.entries()) {
      if (next === opposite(direction) || (departs && next !== direction)) continue;
      const there = terrain.neighbour(at, step);
      if (there === undefined) continue;
      const reached = stateOf(there, next);
      if (terrain.isBlocked(there) && !this.#arrivals.has(reached)) continue;
      const pass = departs ? 0 : terrain.passCost(at, direction, next !== direction, this.#bundle);
      this.#reach(reached, cost + pass + terrain.stepCost(at, next, this.#bundle, this.#home), state);
    }
  }

  #cornersTo(last: number): Point[] {
    const path: Point[] = [];
    for (let state = last; state !== none; state = this.#previous[state] as number) {
      path.push(this.#terrain.pointAt(pointOf(state)));
    }
    return cornersOf(path.reverse());
  }
}

/** Corners in steps of the grid; undefined where there is no way. */
export function cheapestWay(terrain: Terrain, request: Request): Point[] | undefined {
  return new Search(terrain, request).run();
}
