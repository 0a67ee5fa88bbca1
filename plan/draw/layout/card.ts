/** The inside of a node's box: where title, uses and badges stand. */
import type { Badge, PictureNode } from "../picture.ts";
import { upToGrid } from "./geometry.ts";
import { fitted, textWidth } from "./text.ts";

export const cardWidth = 180;
export const titleSize = 13;
export const smallSize = 11;
/** Left edge of texts: right of the icon. */
export const textLeft = 40;

const head = 40;
/** Sheets of a pile look out at the top and to the right by this much. */
export const pile = 6;
const lineHeight = 16;
const badgeHeight = 16;
const badgeGap = 4;
const margin = 9;
const bottom = 6;

interface PlacedBadge {
  readonly badge: Badge;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a sign says at the end of the subtitle, without words; the legend has them. */
interface PlacedSign {
  readonly badge: Badge;
  readonly x: number;
  readonly y: number;
}

export interface Card {
  readonly title: string;
  readonly subtitle: string;
  /** Baselines, relative to the box. */
  readonly uses: readonly { readonly text: string; readonly label: string; readonly y: number }[];
  readonly badges: readonly PlacedBadge[];
  readonly signs: readonly PlacedSign[];
  readonly width: number;
  readonly height: number;
}

/** Width of the mark that a badge begins with. */
export const badgeMark = 9;

function placeBadges(badges: readonly Badge[], top: number): PlacedBadge[] {
  let x = margin;
  let y = top;
  return badges.map((badge) => {
    const most = cardWidth - 2 * margin - badgeMark - 12;
    const text = fitted(badge.text, most, smallSize);
    const width = Math.ceil(textWidth(text, smallSize)) + badgeMark + 11;
    if (x > margin && x + width > cardWidth - margin) {
      x = margin;
      y += badgeHeight + badgeGap;
    }
    const placed = { badge, text, x, y, width, height: badgeHeight };
    x += width + badgeGap;
    return placed;
  });
}

const signKinds: readonly Badge["kind"][] = ["deadLetters", "alarm"];
const isSign = ({ kind }: Badge): boolean => signKinds.includes(kind);
const signWidth = 14;

export function cardOf(node: PictureNode): Card {
  const signed = node.badges.filter(isSign);
  const room = cardWidth - textLeft - (node.many ? pile : 0) - 6;
  let y = node.many ? head + pile : head;
  const uses = node.uses.map(({ title, label }) => {
    y += lineHeight;
    const name = fitted(title, 90, smallSize);
    const left = cardWidth - 2 * margin - 14 - (node.many ? pile : 0) - textWidth(name, smallSize) - 6;
    return { text: name, label: fitted(label, left, smallSize), y: y - 4 };
  });
  const badges = placeBadges(
    node.badges.filter((badge) => !isSign(badge)),
    y + 3,
  );
  const lowest = badges.at(-1);
  const end = lowest === undefined ? y + (uses.length > 0 ? 4 : 0) : lowest.y + lowest.height + bottom;
  return {
    title: fitted(node.title, room, titleSize, true),
    subtitle: fitted(node.subtitle, room - signed.length * signWidth, smallSize),
    uses,
    badges,
    signs: signed.map((badge, index) => ({
      badge,
      x: cardWidth - (node.many ? pile : 0) - margin - (signed.length - index) * signWidth + 4,
      y: 22 + (node.many ? pile : 0),
    })),
    width: cardWidth,
    height: upToGrid(end),
  };
}
