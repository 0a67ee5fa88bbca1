/** Where blocks and boxes stand: columns side by side, ordered so that what belongs together is near. */
import type { Flow, Picture } from "../picture.ts";
import { arrange, type Block } from "./blocks.ts";
import { type Card, cardWidth } from "./card.ts";
import { type Box, centreOf, upToGrid } from "./geometry.ts";

export interface Placement {
  /** By node id. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** Frames by group id. */
  readonly frames: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
}

/** Room for lines around everything; what they do not take is cut off in the end. */
const margin = 100;
const padding = 20;
const heading = 30;
const rowGap = 20;
const blockGap = 30;
const insideGap = 50;

interface Sizes {
  readonly cards: ReadonlyMap<string, Card>;
}

const heightOf = ({ cards }: Sizes, id: string) => cards.get(id)?.height ?? 0;

function pileHeight(sizes: Sizes, ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + heightOf(sizes, id), 0) + rowGap * Math.max(0, ids.length - 1);
}

function blockSize(sizes: Sizes, { group, columns }: Block) {
  const inner = Math.max(...columns.map((ids) => pileHeight(sizes, ids)));
  const width = columns.length * cardWidth + (columns.length - 1) * insideGap;
  if (group === undefined) return { width, height: inner };
  return { width: width + 2 * padding, height: inner + heading + padding };
}

/** Space between two columns: a track for each flow that may turn there, within reason. */
function gutters(columns: readonly (readonly Block[])[], flows: readonly Flow[], stretch: number): number[] {
  const at = new Map(
    columns.flatMap((blocks, index) =>
      blocks.flatMap((block) => block.columns.flat().map((id) => [id, index] as const)),
    ),
  );
  return columns.slice(1).map((_, index) => {
    const crossing = flows.filter(({ from, to }) => {
      const [a, b] = [at.get(from) ?? 0, at.get(to) ?? 0];
      return Math.min(a, b) <= index && Math.max(a, b) > index;
    });
    return upToGrid(Math.min(140, 50 + 7 * crossing.length) * stretch);
  });
}

function positions(sizes: Sizes, columns: readonly (readonly Block[])[], gaps: readonly number[]): Placement {
  const boxes = new Map<string, Box>();
  const frames = new Map<string, Box>();
  const heights = columns.map((blocks) =>
    blocks.reduce((sum, block) => sum + blockSize(sizes, block).height, blockGap * Math.max(0, blocks.length - 1)),
  );
  const tallest = Math.max(0, ...heights);
  let x = margin;
  columns.forEach((blocks, index) => {
    const widest = Math.max(0, ...blocks.map((block) => blockSize(sizes, block).width));
    let y = margin + upToGrid((tallest - (heights[index] ?? 0)) / 2);
    for (const block of blocks) {
      const size = blockSize(sizes, block);
      const framed = block.group !== undefined;
      const indent = upToGrid((widest - size.width) / 2);
      // Half a step off the grid: no line ever runs along a frame.
      if (framed)
        frames.set(block.id, { x: x + indent + 5, y: y + 5, width: size.width - 10, height: size.height - 10 });
      block.columns.forEach((ids, column) => {
        const left = x + indent + (framed ? padding : 0) + column * (cardWidth + insideGap);
        let top = y + (framed ? heading : 0);
        for (const id of ids) {
          boxes.set(id, { x: left, y: top, width: cardWidth, height: heightOf(sizes, id) });
          top += heightOf(sizes, id) + rowGap;
        }
      });
      y += size.height + blockGap;
    }
    x += widest + (gaps[index] ?? 0);
  });
  return { boxes, frames, width: x + margin, height: tallest + 2 * margin };
}

const weights = { request: 4, message: 4, event: 6, mail: 1, data: 1 } as const;
/** As if a line that leads up inside of a column were longer by this: reading goes down. */
const upward = 120;

function strain(placement: Placement, flows: readonly Flow[]): number {
  let sum = 0;
  for (const { from, to, kind } of flows) {
    const [a, b] = [placement.boxes.get(from), placement.boxes.get(to)];
    if (a === undefined || b === undefined) continue;
    const rises = kind !== "data" && a.x === b.x && a.y > b.y;
    sum += weights[kind] * (Math.abs(centreOf(a).y - centreOf(b).y) + (rises ? upward : 0));
  }
  return sum;
}

function move<T>(list: T[], from: number, to: number): void {
  list.splice(to, 0, ...list.splice(from, 1));
}

/** Moves members of the lists, one at a time, as long as that brings what belongs together nearer. */
function settle<T>(lists: readonly T[][], isMovable: (member: T) => boolean, cost: () => number): void {
  let best = cost();
  for (let improved = true; improved; ) {
    improved = false;
    for (const list of lists) {
      // What stays is at the end.
      const movable = list.filter(isMovable).length;
      for (let from = 0; from < movable; from++) {
        for (let to = 0; to < movable; to++) {
          move(list, from, to);
          const now = cost();
          if (now < best) {
            best = now;
            improved = true;
          } else move(list, to, from);
        }
      }
    }
  }
}

/** @param stretch widens the space between columns, for labels that found no room. */
export function place(picture: Picture, cards: ReadonlyMap<string, Card>, stretch = 1): Placement {
  const { columns, aside } = arrange(picture);
  const sizes = { cards };
  const gaps = gutters(columns, picture.flows, stretch);
  const current = () => positions(sizes, columns, gaps);
  const ends = new Set(picture.flows.flatMap(({ from, to }) => [from, to]));
  settle<Block | string>(
    [...columns, ...columns.flatMap((blocks) => blocks.flatMap((block) => block.columns))],
    (member) => typeof member !== "string" || ends.has(member),
    () => strain(current(), picture.flows),
  );
  const heightOfColumn = (blocks: readonly Block[]) =>
    blocks.reduce((sum, block) => sum + blockSize(sizes, block).height + blockGap, 0);
  for (const block of [...aside].sort((a, b) => blockSize(sizes, b).height - blockSize(sizes, a).height)) {
    if (columns.length === 0) columns.push([]);
    const shortest = columns.reduce((least, each) => (heightOfColumn(each) < heightOfColumn(least) ? each : least));
    shortest.push(block);
  }
  return current();
}
