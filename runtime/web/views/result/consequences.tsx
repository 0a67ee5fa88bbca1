/** Consequences by location of a record's alleles, as a table. */
import { decoded, type Variant } from "../../../results/variant.ts";

/** Rows shown; a deletion may remove hundreds of transcripts. */
const rowsMost = 100;

interface Row {
  readonly allele: string;
  readonly terms: string;
  readonly gene: string;
  /** `TP53-201, TP53-203`; empty when the gene's transcripts are not known. */
  readonly transcripts: string;
  readonly canonical: string;
}

/** `terms:gene:201/203` taken apart. */
function rowOf(allele: string, entry: string, canonicals: readonly string[]): Row {
  const [terms = "", gene = "", numbers = ""] = entry.split(":");
  const name = decoded(gene);
  const canonical = canonicals.find((each) => each.startsWith(`${terms}:${gene}:`));
  return {
    allele,
    terms: terms.replaceAll("&", ", ").replaceAll("_", " "),
    gene: name,
    transcripts: numbers
      .split("/")
      .filter((number) => number !== "")
      .map((number) => `${name}-${number}`)
      .join(", "),
    canonical: canonical === undefined ? "" : `${name}-${canonical.split(":")[2]}`,
  };
}

function rowsOf({ alt, info }: Variant): Row[] {
  const all = (info.get("GAS_CSQ_ALL") ?? "").split(",");
  const canonical = (info.get("GAS_CSQ_CANON") ?? "").split(",");
  return alt.split(",").flatMap((allele, index) =>
    (all[index] ?? ".")
      .split("|")
      .filter((entry) => entry !== "." && entry !== "")
      .map((entry) => rowOf(allele, entry, (canonical[index] ?? ".").split("|"))),
  );
}

export function Consequences({ variant }: { readonly variant: Variant }) {
  const rows = rowsOf(variant);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="consequences">
      <h2 id="consequences">Consequences by location</h2>
      <p class="faint">
        Told from where exons and translated regions lie, without their sequence: “coding sequence variant” stands for
        missense, synonymous, nonsense and others. This is not a prediction of VEP.
      </p>
      <section class="scroll" tabindex={0} aria-label="Consequences by transcript">
        <table class="records">
          <thead>
            <tr>
              <th scope="col">Allele</th>
              <th scope="col">Consequence</th>
              <th scope="col">Gene</th>
              <th scope="col">Canonical transcript</th>
              <th scope="col">Transcripts</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, rowsMost).map(({ allele, terms, gene, transcripts, canonical }, at) => (
              <tr key={at}>
                <td data-label="Allele">
                  <code>{allele}</code>
                </td>
                <td data-label="Consequence">{terms}</td>
                <td data-label="Gene">{gene}</td>
                <td data-label="Canonical transcript">{canonical === "" ? "–" : canonical}</td>
                <td data-label="Transcripts">{transcripts === "" ? "not known" : transcripts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > rowsMost && (
        <p class="faint">
          The first {rowsMost} rows of {rows.length}; the file has all.
        </p>
      )}
    </section>
  );
}
