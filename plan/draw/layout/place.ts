/** Where blocks and boxes stand: columns side by side, ordered so that what belongs together is near. */
import type { Flow, Picture } from "../picture.ts";
import { arrange, type Block } from "./blocks.ts";
import { type Card, cardWidth } from "./card.ts";
import { type Box, centreOf, type Point, upToGrid } from "./geometry.ts";

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

type Cards = ReadonlyMap<string, Card>;

const heightOf = (cards: Cards, id: string) => cards.get(id)?.height ?? 0;

function pileHeight(cards: Cards, ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + heightOf(cards, id), 0) + rowGap * Math.max(0, ids.length - 1);
}

function blockSize(cards: Cards, { group, columns }: Block) {
  const inner = Math.max(...columns.map((ids) => pileHeight(cards, ids)));
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

function columnHeight(cards: Cards, blocks: readonly Block[]): number {
  const heights = blocks.map((block) => blockSize(cards, block).height);
  return heights.reduce((sum, height) => sum + height, blockGap * Math.max(0, blocks.length - 1));
}

/** Boxes of a block's nodes, whose first is at `corner`. */
function boxesOf(cards: Cards, { columns }: Block, corner: Point): [string, Box][] {
  return columns.flatMap((ids, column) => {
    const x = corner.x + column * (cardWidth + insideGap);
    let y = corner.y;
    return ids.map((id): [string, Box] => {
      const box = { x, y, width: cardWidth, height: heightOf(cards, id) };
      y += box.height + rowGap;
      return [id, box];
    });
  });
}

/** Columns side by side, centred upon each other; in each, its blocks below each other. */
function positions(cards: Cards, columns: readonly (readonly Block[])[], gaps: readonly number[]): Placement {
  const boxes: [string, Box][] = [];
  const frames = new Map<string, Box>();
  const tallest = Math.max(0, ...columns.map((blocks) => columnHeight(cards, blocks)));
  let left = margin;
  for (const [index, blocks] of columns.entries()) {
    const widest = Math.max(0, ...blocks.map((block) => blockSize(cards, block).width));
    let y = margin + upToGrid((tallest - columnHeight(cards, blocks)) / 2);
    for (const block of blocks) {
      const { width, height } = blockSize(cards, block);
      const x = left + upToGrid((widest - width) / 2);
      if (block.group === undefined) boxes.push(...boxesOf(cards, block, { x, y }));
      else {
        // Half a step off the grid: no line ever runs along a frame.
        frames.set(block.id, { x: x + 5, y: y + 5, width: width - 10, height: height - 10 });
        boxes.push(...boxesOf(cards, block, { x: x + padding, y: y + heading }));
      }
      y += height + blockGap;
    }
    left += widest + (gaps[index] ?? 0);
  }
  return { boxes: new Map(boxes), frames, width: left + margin, height: tallest + 2 * margin };
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

/** Blocks that nothing flows through fill up the shortest columns, the tallest block first. */
function fillUp(cards: Cards, columns: Block[][], aside: readonly Block[]): void {
  const tallestFirst = [...aside].sort((a, b) => blockSize(cards, b).height - blockSize(cards, a).height);
  for (const block of tallestFirst) {
    if (columns.length === 0) columns.push([]);
    const withGap = (blocks: readonly Block[]) => (blocks.length === 0 ? 0 : columnHeight(cards, blocks) + blockGap);
    columns.reduce((least, each) => (withGap(each) < withGap(least) ? each : least)).push(block);
  }
}

/** @param stretch widens the space between columns, for labels that found no room. */
export function place(picture: Picture, cards: Cards, stretch = 1): Placement {
  const { columns, aside } = arrange(picture);
  const gaps = gutters(columns, picture.flows, stretch);
  const current = () => positions(cards, columns, gaps);
  const ends = new Set(picture.flows.flatMap(({ from, to }) => [from, to]));
  settle<Block | string>(
    [...columns, ...columns.flatMap((blocks) => blocks.flatMap((block) => block.columns))],
    (member) => typeof member !== "string" || ends.has(member),
    () => strain(current(), picture.flows),
  );
  fillUp(cards, columns, aside);
  return current();
}
