/** Nodes as cards, groups as frames. */
import { badgeMark, pile, smallSize, textLeft, titleSize } from "../layout/card.ts";
import { headingSize, type PlacedGroup, type PlacedNode } from "../layout/layout.ts";
import type { Badge } from "../picture.ts";
import { escapeXml } from "./escape.ts";
import { icons } from "./icons.ts";
import { colourOfNode } from "./theme.ts";

/** Marks of badges, in a box of 8 by 8. */
export const marks: Readonly<Record<Badge["kind"], string>> = {
  grow: '<path class="m" d="M1 6.5 4 2l3 4.5z"/>',
  shrink: '<path class="m" d="M1 2l3 4.5L7 2z"/>',
  alarm: '<path class="m" d="M1 6.5c.9-.9.5-4.5 3-4.5s2.1 3.6 3 4.5zM3.2 7.2h1.6"/>',
  deadLetters: '<path class="s" d="M.8 4.5v2.7h6.4V4.5M4 .8v4M2.4 3.4 4 5l1.6-1.6"/>',
  service: '<path class="s" d="M2.5 1.5.5 4l2 2.5M5.5 1.5l2 2.5-2 2.5"/>',
  note: '<path class="s" d="M1 2h6M1 4.2h6M1 6.4h4"/>',
};

const rect = (x: number, y: number, width: number, height: number, rx: number, more = "") =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${rx}"${more}/>`;

export function drawFrame({ group, frame, heading, text }: PlacedGroup): string {
  return `<g><title>${escapeXml(`${group.title} ${group.name}`)}</title>${rect(frame.x, frame.y, frame.width, frame.height, 10, ' class="frame"')}<text class="heading" x="${heading.x}" y="${heading.y + 11}">${escapeXml(text)}</text></g>`;
}

/** Sheets under the card: several of a kind. */
function sheets({ node, box }: PlacedNode): { under: string; x: number; y: number; width: number; height: number } {
  const { x, y, width, height } = box;
  if (!node.many) return { under: "", x, y, width, height };
  const sheet = (by: number) => rect(x + by, y + pile - by, width - pile, height - pile, 7, ' class="card"');
  return { under: sheet(pile) + sheet(pile / 2), x, y: y + pile, width: width - pile, height: height - pile };
}

function drawBadges({ card, box }: PlacedNode): string {
  return card.badges
    .map(({ badge, text, x, y, width, height }) => {
      const [left, top] = [box.x + x, box.y + y];
      return `<g><title>${escapeXml(badge.title)}</title>${rect(left, top, width, height, height / 2, ' class="pill"')}<g transform="translate(${left + 5} ${top + 4})">${marks[badge.kind]}</g><text class="small" x="${left + badgeMark + 7}" y="${top + 12}">${escapeXml(text)}</text></g>`;
    })
    .join("");
}

/** With something to point at that is larger than the mark. */
function drawSigns({ card, box }: PlacedNode): string {
  return card.signs
    .map(({ badge, x, y }) => {
      const mark = `<rect x="-2" y="-2" width="12" height="12" fill-opacity="0"/>${marks[badge.kind]}`;
      return `<g transform="translate(${box.x + x} ${box.y + y})"><title>${escapeXml(badge.title)}</title>${mark}</g>`;
    })
    .join("");
}

function drawUses({ node, card, box }: PlacedNode): string {
  return card.uses
    .map(({ text, label, y }) => {
      const top = box.y + y;
      const right = box.x + box.width - (node.many ? pile : 0) - 9;
      return `<g class="use"><use href="#table" transform="translate(${box.x + 9} ${top - 9}) scale(.7)"/><text class="small" x="${box.x + 24}" y="${top}">${escapeXml(text)}</text><text class="small end" x="${right}" y="${top}">${escapeXml(label)}</text></g>`;
    })
    .join("");
}

export function drawCard(placed: PlacedNode): string {
  const { node, card } = placed;
  const face = sheets(placed);
  const lines = [node.title, ...node.hint].join("\n");
  return [
    `<g style="--c:var(--${colourOfNode[node.kind]})"><title>${escapeXml(lines)}</title>`,
    face.under,
    rect(face.x, face.y, face.width, face.height, 7, ' class="card"'),
    rect(face.x + 8, face.y + 8, 24, 24, 6, ' class="tile"'),
    `<use href="#${node.kind}" x="${face.x + 12}" y="${face.y + 12}"/>`,
    `<text class="title" x="${face.x + textLeft}" y="${face.y + 18}">${escapeXml(card.title)}</text>`,
    `<text class="small" x="${face.x + textLeft}" y="${face.y + 31}">${escapeXml(card.subtitle)}</text>`,
    drawSigns(placed),
    drawUses(placed),
    drawBadges(placed),
    "</g>",
  ].join("");
}

export const cardStyle = [
  ".frame{fill:var(--frame);stroke:var(--border)}",
  `.heading{font-size:${headingSize}px;font-weight:600;fill:var(--muted)}`,
  ".card{fill:var(--card);stroke:var(--edge)}",
  ".tile{fill:var(--c);fill-opacity:.14}",
  `.title{font-size:${titleSize}px;font-weight:600;fill:var(--text)}`,
  `.small{font-size:${smallSize}px;fill:var(--muted)}`,
  ".end{text-anchor:end}",
  ".pill{fill:var(--pill)}",
  ".m{fill:var(--c);stroke:var(--c);stroke-width:.8;stroke-linejoin:round}",
  ".s{fill:none;stroke:var(--c);stroke-width:1.2;stroke-linecap:round;stroke-linejoin:round}",
  ".use{--c:var(--table)}",
  "symbol{fill:none;stroke:var(--c);stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round;overflow:visible}",
].join("");

/** The icons that are used, to be referred to. */
export function drawSymbols(nodes: readonly PlacedNode[]): string {
  const kinds = new Set(
    nodes.flatMap(({ node }) => [node.kind, ...(node.uses.length > 0 ? (["table"] as const) : [])]),
  );
  const symbols = [...kinds].map(
    (kind) => `<symbol id="${kind}" width="16" height="16" viewBox="0 0 16 16">${icons[kind]}</symbol>`,
  );
  return symbols.length === 0 ? "" : `<defs>${symbols.join("")}</defs>`;
}
