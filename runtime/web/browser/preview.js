// What chosen files hold, told before anything is sent: of each its samples, sequences, first records and assembly, and its mistakes.
import { inflate } from "./inflate.js";
import { prefixBytes, previewOf, readPrefix, refusalOf } from "./vcf.js";

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());
const known = new WeakMap();

/** What the beginning of a file tells. Only that is read, and once. */
export function lookAt(file) {
  if (!known.has(file)) known.set(file, look(file));
  return known.get(file);
}

/** @returns `refusal` alone for what is not VCF, otherwise the preview as well. */
async function look(file) {
  const [first, last] = await Promise.all([bytesOf(file.slice(0, prefixBytes)), bytesOf(file.slice(-4))]);
  try {
    const preview = previewOf(await readPrefix({ first, last, bytes: file.size }, inflate));
    return { preview, refusal: refusalOf(preview)?.reason };
  } catch (error) {
    if (error.name !== "InputError") throw error;
    return { refusal: error.message };
  }
}

/** What has to be confirmed before a file is submitted; undefined: nothing. */
function confirmation({ assembly, mistakes }) {
  if (mistakes.some(({ fatal }) => fatal)) return "Submit it all the same. Annotating it will fail.";
  if (assembly.name === undefined) return "The positions are of GRCh38.";
  return assembly.ours ? undefined : `Submit it all the same. It is of ${assembly.name}, so nothing will be annotated.`;
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const count = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

function listed(names, most = 6) {
  if (names.length === 0) return "none";
  const rest = names.length - most;
  return `${names.length.toLocaleString("en")}: ${names.slice(0, most).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function facts({ compression, samples, contigs, sequences, records, complete, headerEnds, assembly }) {
  const { name, because } = assembly;
  const rows = [
    ["Assembly", name === undefined ? "not told by the file" : `${name}, by ${because}`],
    ["Samples", headerEnds ? listed(samples) : "the header goes on beyond what is looked at here"],
    ["Sequences", `${sequences.join(", ") || "none"} (in what is looked at); the header declares ${contigs}`],
    ["Records", `${count(records, "record")} looked at${complete ? ", which are all" : "; there are more"}`],
    ["Compression", compression === "plain" ? "none" : compression],
  ];
  return element(
    "dl",
    { className: "facts" },
    ...rows.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]),
  );
}

const columns = ["CHROM", "POS", "ID", "REF", "ALT"];
const short = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

function firstRecords({ rows }) {
  if (rows.length === 0) return [];
  const cell = (text, column) => {
    const made = element("td", {}, short(text));
    made.dataset.label = columns[column];
    return made;
  };
  return [
    element(
      "table",
      { className: "first-records" },
      element("caption", {}, "First records"),
      element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell)))),
    ),
  ];
}

function told({ mistakes, assembly }) {
  const lines = [
    ...mistakes.map(({ line, reason }) => `line ${line}: ${reason}`),
    ...(mistakes.some(({ fatal }) => fatal) ? [] : assembly.notes),
  ];
  if (lines.length === 0) return [];
  return [element("ul", { className: "message" }, ...lines.map((line) => element("li", {}, line)))];
}

function summary({ samples, assembly, mistakes }) {
  const problems = mistakes.length === 0 ? "" : `, ${count(mistakes.length, "mistake")}`;
  return `${count(samples.length, "sample")}, ${assembly.name ?? "assembly not told"}${problems}`;
}

function described(file, { preview, refusal }) {
  if (refusal !== undefined) {
    return element("p", { className: "message bad" }, element("strong", {}, file.name), `: ${refusal}`);
  }
  const asked = confirmation(preview);
  const box = element("input", { type: "checkbox", required: true });
  return element(
    "details",
    { open: asked !== undefined },
    element("summary", {}, element("strong", {}, file.name), `: ${summary(preview)}`),
    ...told(preview),
    facts(preview),
    ...firstRecords(preview),
    ...(asked === undefined ? [] : [element("label", {}, box, asked)]),
  );
}

/**
 * Shows what the files hold in `place`, with a box to tick for each that has something to confirm: the form's own validation sees to
 * that. Shows nothing if other files have been chosen meanwhile, as `current` says.
 */
export async function showPreviews(place, files, current) {
  const looks = await Promise.all(files.map(lookAt));
  if (!current()) return;
  place.replaceChildren(...files.map((file, n) => described(file, looks[n])));
  const [only] = place.children;
  if (files.length === 1 && only.tagName === "DETAILS") only.open = true;
  place.hidden = files.length === 0;
}
