/** A plan as a picture: what stands, and what flows between it. */
import type { Plan } from "../types.ts";
import { type Detail, pictureOf } from "./derive/derive.ts";
import { layoutOf } from "./layout/layout.ts";
import { svgOf } from "./svg/svg.ts";
import type { Theme } from "./svg/theme.ts";

export interface DrawOptions {
  readonly detail: Detail;
  readonly theme: Theme;
}

/** SVG text. The same plan and options give the same text. */
export function drawPlan(plan: Plan, { detail, theme }: DrawOptions): string {
  return svgOf(layoutOf(pictureOf(plan, detail)), theme);
}
