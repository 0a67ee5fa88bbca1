/** One small plot over the last hour of AWS's time. The page's policy allows no inline style: looks are classes. */
import type { ComponentChildren } from "preact";
import { figure } from "../../../scaling/simulate/report/format.ts";
import type { AlarmState, Point } from "../view.ts";
import {
  box,
  lineWords,
  pathOf,
  type Scale,
  scaleFor,
  stateText,
  stretchesOf,
  timeText,
  withUnit,
} from "./plot-shape.ts";

export interface PlotLine {
  readonly label: string;
  /** `a` and `b` are measured, `limit` and `threshold` are what they are measured by. */
  readonly look: "a" | "b" | "limit" | "threshold";
  readonly values: readonly Point[];
  readonly steps?: boolean;
}

export interface PlotProps {
  readonly title: string;
  /** Whose it is, for those who cannot see where it stands. */
  readonly of: string;
  readonly unit?: string;
  readonly minutes: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly states?: readonly AlarmState[];
  readonly aside?: ComponentChildren;
}

/** The band lies below the zero line, so that it hides no value. */
const band = { y: box.height - box.bottom + 4, height: 5 };

const curves = { x: box.left, width: box.width - box.left - box.right };

/** Not stretched with the curves: figures keep their size, whatever the width of the plot. */
function Axes({ scale }: { scale: Scale }) {
  const across = (time: number) => `${((100 * (scale.x(time) - curves.x)) / curves.width).toFixed(2)}%`;
  return (
    <svg class="inner" x={curves.x} height={box.height} aria-hidden="true">
      {scale.ticks.map((value) => (
        <g key={value}>
          <line class="grid" x1="0" x2="100%" y1={scale.y(value)} y2={scale.y(value)} />
          <text class="tick" x="-6" y={scale.y(value)} dy=".32em" text-anchor="end">
            {figure(value)}
          </text>
        </g>
      ))}
      {scale.quarters
        .filter((time) => scale.x(time) > box.left + 12 && scale.x(time) < box.width - 16)
        .map((time) => (
          <text key={time} class="tick" x={across(time)} y={box.height - 3} text-anchor="middle">
            {timeText(time)}
          </text>
        ))}
    </svg>
  );
}

export function Plot({ title, of, unit = "", minutes, lines, states, aside }: PlotProps) {
  const end = (minutes.at(-1) ?? 0) + 60_000;
  const scale = scaleFor(
    lines.flatMap(({ values }) => values),
    end,
  );
  const stretches = states === undefined ? [] : stretchesOf(minutes, states);
  const words = [
    `${title}, ${of}, ${minutes.length} minutes to ${timeText(end)}`,
    ...lines.map(({ label, values }) => lineWords(label, values, unit)),
    ...(states === undefined ? [] : [stateText(stretches)]),
  ].join(". ");
  return (
    <figure class="plot">
      <figcaption>
        <b>{title}</b>
        {aside}
        <span class="legend">
          {lines.map(({ label, look, values }) => (
            <span key={label}>
              <i class={look} aria-hidden="true" />
              <span class="what" title={label}>
                {label}
              </span>{" "}
              <b>{withUnit(values.at(-1), unit)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <svg class="drawing" height={box.height} role="img" aria-label={words}>
        <Axes scale={scale} />
        <svg
          class="inner"
          x={curves.x}
          height={box.height}
          viewBox={`${curves.x} 0 ${curves.width} ${box.height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {stretches.map(({ state, from, to }) => (
            <rect key={from} class={`state ${state}`} x={scale.x(from)} width={scale.x(to) - scale.x(from)} {...band} />
          ))}
          {lines.map(({ label, look, values, steps = false }) => (
            <path key={label} class={`line ${look}`} d={pathOf(minutes, values, scale, steps)} />
          ))}
        </svg>
      </svg>
    </figure>
  );
}
