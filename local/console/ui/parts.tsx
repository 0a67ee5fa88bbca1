import type { ComponentChildren } from "preact";

export type Tone = "good" | "wait" | "bad" | "idle" | "info";

export function Chip({ tone, children, title }: { tone: Tone; children: ComponentChildren; title?: string }) {
  return (
    <span class={`chip ${tone}`} {...(title === undefined ? {} : { title })}>
      {children}
    </span>
  );
}

export function Panel({
  id,
  title,
  aside,
  children,
}: {
  id: string;
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class={`panel ${id}`} aria-labelledby={id}>
      <h2 id={id}>
        {title}
        {aside === undefined ? null : <small>{aside}</small>}
      </h2>
      {children}
    </section>
  );
}

/** Parts of a whole, side by side. Drawn as SVG attributes: the page's policy allows no inline style. */
export function Bar({ parts, whole }: { parts: readonly { kind: string; value: number }[]; whole: number }) {
  let x = 0;
  return (
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ kind, value }) => {
        const width = (value / whole) * 100;
        const rect = <rect key={kind} class={kind} x={x} y="0" width={width} height="4" />;
        x += width;
        return rect;
      })}
    </svg>
  );
}
