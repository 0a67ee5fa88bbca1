/** A meta-information line of a VCF header: `##key=value`, where the value may be `<name=value,…>`. */
export interface MetaLine {
  readonly key: string;
  /** All that follows the first `=`. */
  readonly value: string;
  /** Fields of a structured value, quotes taken off; empty for other values. The first of several with one name counts. */
  readonly fields: ReadonlyMap<string, string>;
}

const none: ReadonlyMap<string, string> = new Map();

/** More fields than any meta-information line has; what follows them is not looked at, so that a line of 16 MiB needs no memory. */
const fieldsMax = 100;

/** Reads `name=value,name="value, with commas",…`, in one pass. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length && fields.size < fieldsMax) {
    const equals = text.indexOf("=", at);
    if (equals < 0) break;
    const name = text.slice(at, equals);
    let value = "";
    let end = equals + 1;
    if (text[end] === '"') {
      end += 1;
      const start = end;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      value = text.slice(start, end);
      end = text.indexOf(",", end);
    } else {
      end = text.indexOf(",", end);
      value = text.slice(equals + 1, end < 0 ? text.length : end);
    }
    if (!fields.has(name)) fields.set(name, value);
    if (end < 0) break;
    at = end + 1;
  }
  return fields;
}

/** The line taken apart, or undefined when it is no meta-information line. */
export function metaLine(line: string): MetaLine | undefined {
  const equals = line.indexOf("=");
  if (!line.startsWith("##") || equals < 0) return undefined;
  const value = line.slice(equals + 1);
  const structured = value.startsWith("<");
  const inner = value.endsWith(">") ? value.slice(1, -1) : value.slice(1);
  return { key: line.slice(2, equals), value, fields: structured ? fieldsOf(inner) : none };
}
