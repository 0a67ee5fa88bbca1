/** Picture → everything with its place, in pixels. */
import type { Group, Picture, PictureNode } from "../picture.ts";
import { type Card, cardOf } from "./card.ts";
import { type Box, boxOfLine } from "./geometry.ts";
import { type Label, placeLabels, segmentsOf, wishFor } from "./labels.ts";
import { place } from "./place.ts";
import { type Route, route } from "./route.ts";
import { Terrain } from "./terrain.ts";
import { fitted, textWidth } from "./text.ts";

export const headingSize = 12;

export interface PlacedNode {
  readonly node: PictureNode;
  readonly card: Card;
  readonly box: Box;
}

export interface PlacedGroup {
  readonly group: Group;
  readonly frame: Box;
  /** Where its name stands. */
  readonly heading: Box;
  readonly text: string;
}

export interface Layout {
  readonly title: string;
  /** Everything is within. */
  readonly bounds: Box;
  readonly nodes: readonly PlacedNode[];
  readonly groups: readonly PlacedGroup[];
  readonly routes: readonly Route[];
  readonly labels: readonly Label[];
  /** Flows whose words found no room: they are told where one points at the line. */
  readonly unlabelled: readonly Route[];
}

/** The type says what a group is; its name too where several are of the type. */
function headingOf(group: Group, groups: readonly Group[]): string {
  const alone = groups.filter(({ title }) => title === group.title).length === 1;
  return alone ? group.title : `${group.title} ${group.name}`;
}

const surround = 15;

function boundsOf(boxes: readonly Box[]): Box {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const left = Math.floor(Math.min(...boxes.map(({ x }) => x))) - surround;
  const top = Math.floor(Math.min(...boxes.map(({ y }) => y))) - surround;
  const right = Math.ceil(Math.max(...boxes.map(({ x, width }) => x + width))) + surround;
  const bottom = Math.ceil(Math.max(...boxes.map(({ y, height }) => y + height))) + surround;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function placeGroups({ groups }: Picture, frames: ReadonlyMap<string, Box>): PlacedGroup[] {
  return groups.flatMap((group) => {
    const frame = frames.get(group.id);
    if (frame === undefined) return [];
    const text = fitted(headingOf(group, groups), frame.width - 24, headingSize, true);
    const width = Math.ceil(textWidth(text, headingSize, true));
    return [{ group, frame, heading: { x: frame.x + 12, y: frame.y + 6, width, height: 14 }, text }];
  });
}

interface Attempt {
  readonly layout: Layout;
  /** Places that would have to be free of lines for the words that found no room. */
  readonly wishes: readonly Box[];
}

/**
 * @param stretch widens the space between columns.
 * @param kept places that no line may run through.
 */
function attempt(picture: Picture, stretch: number, kept: readonly Box[]): Attempt {
  const cards = new Map(picture.nodes.map((node) => [node.id, cardOf(node)]));
  const placement = place(picture, cards, stretch);
  const nodes = picture.nodes.flatMap((node) => {
    const [card, box] = [cards.get(node.id), placement.boxes.get(node.id)];
    return card === undefined || box === undefined ? [] : [{ node, card, box }];
  });
  const groups = placeGroups(picture, placement.frames);
  const boxes = nodes.map(({ box }) => box);
  const frames = [...placement.frames.values()];
  const occupied = [...boxes, ...groups.map(({ heading }) => heading)];
  const routes = route(picture.flows, placement, new Terrain(placement, [...occupied, ...kept]));
  const { labels, homeless } = placeLabels(routes, occupied, frames);
  const wishes = homeless.flatMap((each) => wishFor(each, occupied, frames) ?? []);
  const bounds = boundsOf([
    ...boxes,
    ...frames,
    ...labels.map(({ box }) => box),
    ...routes.flatMap((each) => segmentsOf(each).map(({ from, to }) => boxOfLine(from, to))),
  ]);
  const layout = { title: picture.title, bounds, nodes, groups, routes, labels, unlabelled: homeless };
  return { layout, wishes };
}

/** More room between the columns, should it be needed. */
const stretches = [1, 1.3];
/** More flows than this are led once, whatever comes of it: it takes its time. */
const crowd = 40;

/** Until all words have room: lines are kept off their places, then columns apart; else the one with the most words. */
export function layoutOf(picture: Picture): Layout {
  let best: Layout | undefined;
  for (const stretch of stretches) {
    const plain = attempt(picture, stretch, []);
    if (plain.layout.unlabelled.length === 0 || picture.flows.length > crowd) return plain.layout;
    const kept = attempt(picture, stretch, plain.wishes);
    for (const { layout } of [plain, kept]) {
      if (best === undefined || layout.unlabelled.length < best.unlabelled.length) best = layout;
    }
    if (best?.unlabelled.length === 0) break;
  }
  return best as Layout;
}
