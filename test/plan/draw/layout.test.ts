// What a picture must keep to whatever it shows: nothing on top of anything else, lines that begin and end at boxes.

import test from "ava";
import fc from "fast-check";
import { pictureOf } from "../../../plan/draw/derive/derive.ts";
import { type Box, boxOfLine, overlap, type Point } from "../../../plan/draw/layout/geometry.ts";
import { segmentsOf } from "../../../plan/draw/layout/labels.ts";
import { type Layout, layoutOf } from "../../../plan/draw/layout/layout.ts";
import { fitted, textWidth } from "../../../plan/draw/layout/text.ts";
import type { Flow, Picture, PictureNode } from "../../../plan/draw/picture.ts";
import { readPlan } from "../../../plan/plan.ts";

const directory = new URL("../../..", import.meta.url).pathname;
const read = (config: Record<string, string>) => readPlan({ directory, stack: "dev", config, onOutput: () => {} });

interface Named {
  readonly name: string;
  readonly box: Box;
}

function clashes(some: readonly Named[], others: readonly Named[]): string[] {
  return some.flatMap((a) =>
    others.filter((b) => a !== b && overlap(a.box, b.box)).map((b) => `${a.name} overlaps ${b.name}`),
  );
}

function onBorder({ x, y, width, height }: Box, point: Point): boolean {
  const across = point.x >= x && point.x <= x + width;
  const down = point.y >= y && point.y <= y + height;
  return (across && (point.y === y || point.y === y + height)) || (down && (point.x === x || point.x === x + width));
}

const isWithin = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Everything that is wrong with a layout. */
function faults({ nodes, groups, routes, labels, bounds }: Layout): string[] {
  const boxes = nodes.map(({ node, box }) => ({ name: `box ${node.title}`, box }));
  const headings = groups.map(({ text, heading }) => ({ name: `heading ${text}`, box: heading }));
  const words = labels.map(({ text, box }) => ({ name: `label ${text}`, box }));
  const byId = new Map(nodes.map(({ node, box }) => [node.id, box]));
  const lines = routes.flatMap((route) => {
    const name = `line ${route.flow.from} → ${route.flow.to}`;
    return segmentsOf(route).map(({ from, to }) => ({ name, route, from, to, box: boxOfLine(from, to) }));
  });
  // A line that touches a border has no area; a pixel's width makes running through a box an overlap.
  const fat = lines.map(({ name, from, to }) => ({ name, box: boxOfLine(from, to, 0.5) }));
  const shrunk = boxes.map(({ name, box: { x, y, width, height } }) => ({
    name,
    box: { x: x + 1, y: y + 1, width: width - 2, height: height - 2 },
  }));
  const foreign = labels.flatMap(({ text, box, route }) =>
    lines
      .filter((line) => line.route.bundle !== route.bundle && overlap(box, boxOfLine(line.from, line.to, 0.5)))
      .map(({ name }) => `label ${text} overlaps ${name}`),
  );
  const ends = routes.flatMap(({ flow, points }) => {
    const [from, to] = [byId.get(flow.from) as Box, byId.get(flow.to) as Box];
    const right = onBorder(from, points[0] as Point) && onBorder(to, points.at(-1) as Point);
    return right ? [] : [`line ${flow.from} → ${flow.to} does not end at its boxes`];
  });
  const slanted = lines
    .filter(({ from, to }) => from.x !== to.x && from.y !== to.y)
    .map(({ name }) => `${name} slants`);
  const shared = lines.flatMap((a, index) =>
    lines
      .slice(index + 1)
      .filter((b) => a.route.bundle !== b.route.bundle && runTogether(a, b))
      .map((b) => `${a.name} runs on ${b.name}`),
  );
  const outside = [...boxes, ...headings, ...words, ...lines]
    .filter(({ box }) => !isWithin(box, bounds))
    .map(({ name }) => `${name} is outside`);
  return [
    ...clashes(boxes, boxes),
    ...clashes(words, [...boxes, ...headings, ...words]),
    ...clashes(headings, boxes),
    ...clashes(fat, [...shrunk, ...headings]),
    ...foreign,
    ...ends,
    ...slanted,
    ...shared,
    ...outside,
  ];
}

interface Line {
  readonly from: Point;
  readonly to: Point;
}

/** True when two lines of one direction have more than a point in common. */
function runTogether(a: Line, b: Line): boolean {
  const [level, other] = [a.from.y === a.to.y, b.from.y === b.to.y];
  if (level !== other) return false;
  const [across, along] = level ? (["y", "x"] as const) : (["x", "y"] as const);
  if (a.from[across] !== b.from[across]) return false;
  const start = Math.max(Math.min(a.from[along], a.to[along]), Math.min(b.from[along], b.to[along]));
  const end = Math.min(Math.max(a.from[along], a.to[along]), Math.max(b.from[along], b.to[along]));
  return start < end;
}

const declared = (store: string) => read({ store, operatorEmail: "ops@example.org", domain: "example.org" });
const plans = { s3: declared("s3"), vault: declared("vault") };

for (const store of ["s3", "vault"] as const) {
  test(`the service with archives in ${store}: nothing overlaps, every flow has its line and its words`, async (t) => {
    const picture = pictureOf(await plans[store], "overview");
    const layout = layoutOf(picture);
    t.deepEqual(faults(layout), []);
    t.is(layout.routes.length, picture.flows.length);
    t.deepEqual(
      layout.unlabelled.map(({ flow }) => flow.label),
      [],
    );
    t.true(layout.bounds.width <= 1060, `${layout.bounds.width} px are too wide for a page`);
  });
}

test("in full, every resource has a box, and still nothing overlaps", async (t) => {
  const plan = await plans.s3;
  const picture = pictureOf(plan, "full");
  const layout = layoutOf(picture);
  const drawn = new Set(layout.nodes.map(({ node }) => node.id));
  t.deepEqual(
    plan.resources.filter(({ custom, urn }) => custom && !drawn.has(urn)),
    [],
  );
  t.is(layout.routes.length, picture.flows.length);
  // Among so many, a line may find no way but along another.
  t.deepEqual(
    faults(layout).filter((fault) => !/^line .* runs on /.test(fault)),
    [],
  );
});

const kinds = ["topic", "queue", "instances", "table", "bucket", "other"] as const;
const nodeOf = (id: string, kind: PictureNode["kind"], group: string | undefined): PictureNode => ({
  id,
  kind,
  title: `node ${id}`,
  subtitle: kind,
  hint: [],
  group,
  badges: [],
  uses: [],
  many: kind === "instances",
});

/** Pictures of up to a dozen nodes in up to three groups, with flows between any of them. */
const pictures: fc.Arbitrary<Picture> = fc
  .array(fc.record({ kind: fc.constantFrom(...kinds), group: fc.constantFrom(undefined, "a", "b", "c") }), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((drawn) => {
    const nodes = drawn.map(({ kind, group }, index) => nodeOf(String(index), kind, group));
    const end = fc.nat({ max: nodes.length - 1 }).map(String);
    const flow = fc
      .record({
        from: end,
        to: end,
        kind: fc.constantFrom("message" as const, "data" as const),
        label: fc.constantFrom("", "read", "a few words"),
        both: fc.boolean(),
      })
      .filter(({ from, to }) => from !== to)
      .map((each): Flow => ({ ...each, minor: false }));
    const key = ({ from, to }: Flow) => [from, to].sort().join(" ");
    return fc
      .uniqueArray(nodes.length < 2 ? fc.constant(undefined) : flow, {
        maxLength: nodes.length,
        selector: (each) => (each === undefined ? "" : key(each)),
      })
      .map((flows) => ({
        title: "any",
        nodes,
        groups: ["a", "b", "c"]
          .filter((id) => nodes.some(({ group }) => group === id))
          .map((id) => ({ id, title: "Group", name: id })),
        flows: flows.filter((each) => each !== undefined),
      }));
  });

test("any picture: boxes, headings, words and lines keep apart", (t) => {
  fc.assert(
    fc.property(pictures, (picture) => {
      const layout = layoutOf(picture);
      // Lines share a stretch only where there is no other way; among so few there always is one.
      t.deepEqual(faults(layout), []);
      t.is(layout.routes.length, picture.flows.length);
    }),
    { numRuns: 40, seed: 7 },
  );
});

test("the check above is not blind: what is moved onto something else is found", (t) => {
  const nodes = [nodeOf("0", "queue", "a"), nodeOf("1", "topic", "a"), nodeOf("2", "table", undefined)];
  const flow: Flow = { from: "0", to: "2", kind: "data", label: "read", both: false, minor: false };
  const layout = layoutOf({ title: "any", nodes, groups: [{ id: "a", title: "Group", name: "a" }], flows: [flow] });
  t.deepEqual(faults(layout), []);
  const [first, second] = layout.nodes;
  const [label] = layout.labels;
  if (first === undefined || second === undefined || label === undefined) return t.fail("nothing to move");
  const onto = { ...layout, labels: [{ ...label, box: first.box }] };
  t.true(faults(onto).includes("label read overlaps box node 0"));
  const piled = { ...layout, nodes: [first, { ...second, box: first.box }, ...layout.nodes.slice(2)] };
  t.true(faults(piled).includes("box node 1 overlaps box node 0"));
  const away = { ...layout, bounds: { x: 0, y: 0, width: 1, height: 1 } };
  t.true(faults(away).includes("label read is outside"));
});

test("a text that is too long ends in an ellipsis, within its width", (t) => {
  t.is(fitted("short", 100, 12), "short");
  const cut = fitted("a-name-that-goes-on-and-on", 80, 12);
  t.regex(cut, /^a-name.*…$/);
  t.true(textWidth(cut, 12) <= 80);
});
