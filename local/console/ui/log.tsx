import type { LogLine } from "../log-line.ts";

const timeText = (time: number) => new Date(time).toISOString().slice(11, 23);

function LogRow({ line }: { line: LogLine }) {
  return (
    <li class={`line ${line.level}`}>
      <time>{line.time === undefined ? "" : timeText(line.time)}</time>
      <span class="level">{line.level === "text" ? "" : line.level}</span>
      <span class="text">
        {line.message}
        {line.fields.map((field) => (
          <span class="field" key={field}>
            {" "}
            {field}
          </span>
        ))}
        {line.stack === undefined ? null : <pre>{line.stack}</pre>}
      </span>
    </li>
  );
}

/** The list alone: what grows while the page is open. */
export function LogLines({ lines }: { lines: readonly LogLine[] }) {
  return (
    <>
      {lines.map((line, i) => (
        <LogRow key={i} line={line} />
      ))}
    </>
  );
}
