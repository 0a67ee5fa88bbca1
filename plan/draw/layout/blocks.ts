/** Blocks: a group with its nodes, or a node by itself; which column each stands in, and in which order. */
import { distances } from "../derive/minor.ts";
import type { Flow, Group, Picture } from "../picture.ts";

export interface Block {
  readonly id: string;
  readonly group: Group | undefined;
  /** Node ids, one list for each of the columns inside of the block. */
  columns: string[][];
}

/** A picture wider than this many columns is too small to read in a page. */
const columnsMax = 5;
/** A pile of more boxes than this is split into columns. */
const pileMax = 10;

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far along the way of requests and messages each node is; data is passed to and fro and tells less. */
function progressOf({ nodes, flows }: Picture): (id: string) => number | undefined {
  const along = distances(
    nodes,
    flows.filter(({ kind, minor }) => kind !== "data" && !minor),
  );
  const any = distances(nodes, flows);
  return (id) => along.get(id) ?? any.get(id);
}

/** Longest path over those edges that lead forward in `order`. */
function layersOf(order: readonly string[], edges: readonly (readonly [string, string])[], most: number) {
  const rank = new Map(order.map((id, index) => [id, index]));
  const layer = new Map(order.map((id) => [id, 0]));
  for (const id of order) {
    for (const [from, to] of edges) {
      if (from !== id || (rank.get(to) ?? -1) <= (rank.get(from) ?? 0)) continue;
      layer.set(to, Math.min(most, Math.max(layer.get(to) ?? 0, (layer.get(from) ?? 0) + 1)));
    }
  }
  return layer;
}

function blocksOf({ nodes, groups, flows }: Picture): Block[] {
  const ends = new Set(flows.flatMap(({ from, to }) => [from, to]));
  const of = (group: Group) => {
    const ids = nodes.filter((node) => node.group === group.id).map(({ id }) => id);
    return [...ids.filter((id) => ends.has(id)), ...ids.filter((id) => !ends.has(id))];
  };
  const loose = nodes.filter(({ group }) => group === undefined);
  return [
    ...loose.map(({ id }) => ({ id, group: undefined, columns: [[id]] })),
    ...groups.map((group) => ({ id: group.id, group, columns: [of(group)] })),
  ];
}

const split = (ids: readonly string[]): string[][] => {
  const columns = Math.ceil(ids.length / pileMax);
  const size = Math.ceil(ids.length / columns);
  return Array.from({ length: columns }, (_, index) => ids.slice(index * size, (index + 1) * size));
};

/**
 * Flows between blocks that say which stands further on. Data is fetched from anywhere; it counts for those alone that
 * nothing else leads to.
 */
function edgesBetween(flows: readonly Flow[], home: ReadonlyMap<string, Block>): [string, string][] {
  const between = flows.flatMap((flow) => {
    const [from, to] = [home.get(flow.from), home.get(flow.to)];
    return from === undefined || to === undefined || from === to ? [] : [{ kind: flow.kind, ends: [from.id, to.id] }];
  });
  const led = new Set(between.filter(({ kind }) => kind !== "data").flatMap(({ ends }) => ends));
  return between
    .filter(({ kind, ends }) => kind !== "data" || !ends.every((end) => led.has(end)))
    .map(({ ends }) => ends as [string, string]);
}

/** People, and what they talk to and hear from. */
function besidePeople({ nodes, flows }: Picture, home: ReadonlyMap<string, Block>): ReadonlySet<Block> {
  const people = new Set(nodes.filter(({ kind }) => kind === "people").map(({ id }) => id));
  const ends = flows
    .filter(({ kind, from, to }) => (kind === "request" || kind === "mail") && (people.has(from) || people.has(to)))
    .flatMap(({ from, to }) => [from, to]);
  return new Set([...people, ...ends].flatMap((id) => home.get(id) ?? []));
}

/** Columns of blocks, left to right. Blocks that nothing flows through are set aside, to fill up what stays short. */
export function arrange(picture: Picture): { columns: Block[][]; aside: Block[] } {
  const { flows } = picture;
  const blocks = blocksOf(picture);
  const home = new Map(blocks.flatMap((block) => block.columns.flat().map((id) => [id, block] as const)));
  const progress = progressOf(picture);
  const touched = new Set(flows.flatMap(({ from, to }) => [home.get(from), home.get(to)]));
  const mean = (block: Block) => {
    const known = block.columns.flat().flatMap((id) => progress(id) ?? []);
    return known.length === 0 ? 0 : average(known);
  };
  const first = besidePeople(picture, home);
  const rest = blocks.filter((block) => touched.has(block) && !first.has(block)).sort((a, b) => mean(a) - mean(b));
  const layer = layersOf(
    rest.map(({ id }) => id),
    edgesBetween(flows, home),
    columnsMax - 2,
  );
  const count = Math.max(0, ...rest.map(({ id }) => (layer.get(id) ?? 0) + 1));
  const columns = Array.from({ length: count }, (_, at) => rest.filter(({ id }) => layer.get(id) === at));
  const aside = blocks.filter((block) => !touched.has(block) && !first.has(block));
  for (const block of blocks) {
    if ((block.columns[0]?.length ?? 0) > pileMax) block.columns = split(block.columns.flat());
  }
  return { columns: [[...first], ...columns].filter((column) => column.length > 0), aside };
}
