/** One record: all of its fields in words, and where others know more of it. */
import type { Job } from "../../../contract/job.ts";
import { type Definitions, decoded, type Variant } from "../../../results/variant.ts";
import { formatCount } from "../format.ts";
import { Consequences } from "./consequences.tsx";
import { type Guest, ResultCrumb } from "./guest.tsx";
import { fieldInWords } from "./words.ts";

/** Samples shown; a cohort has thousands. */
const samplesMost = 200;

export interface VariantView {
  readonly job: Job;
  /** Of the result's page. */
  readonly path: string;
  /** Set for whoever came by a link. */
  readonly guest: Guest | undefined;
  readonly variant: Variant;
  /** From 1. */
  readonly number: number;
  readonly records: number;
  readonly definitions: Definitions;
  /** Whether positions are of GRCh38: others' browsers are. */
  readonly isGrch38: boolean;
}

export function VariantPage(view: VariantView) {
  const { job, path, guest, variant, number, records } = view;
  return (
    <>
      <ResultCrumb job={job} guest={guest}>
        <a href={path}>Result</a>
      </ResultCrumb>
      <div class="heading">
        <h1 class="file">
          {variant.chrom}:{formatCount(variant.pos)} <code>{`${variant.ref} > ${variant.alt}`}</code>
        </h1>
      </div>
      <Links {...view} />
      <Site {...view} />
      <Consequences variant={variant} />
      <InfoFields {...view} />
      <Samples {...view} />
      <nav class="pages" aria-label="Records">
        {number > 1 && <a href={`${path}/variants/${number - 1}`}>Previous record</a>}
        {number < records && <a href={`${path}/variants/${number + 1}`}>Next record</a>}
      </nav>
    </>
  );
}

/** Ids in a list, each once; `.` is none. */
const idsOf = (text: string | undefined, separator: string): string[] => [
  ...new Set((text ?? "").split(separator).filter((id) => id !== "" && id !== ".")),
];

function Links({ variant, isGrch38 }: VariantView) {
  const ids = [...idsOf(variant.id, ";"), ...idsOf(variant.info.get("GAS_CLNRS"), ",")];
  const rs = [...new Set(ids)].filter((id) => /^rs\d+$/.test(id));
  const clinvar = idsOf(variant.info.get("GAS_CLNID"), ",").filter((id) => /^\d+$/.test(id));
  const genes = idsOf(variant.info.get("GAS_GENE_ID"), ",").filter((id) => /^ENSG\d+$/.test(id));
  const chromosome = /^(?:chr)?(\d{1,2}|X|Y|MT?)$/i.exec(variant.chrom)?.[1]?.toUpperCase();
  const region = `${chromosome === "M" ? "MT" : chromosome}:${Math.max(1, variant.pos - 25)}-${variant.pos + variant.ref.length + 25}`;
  const links: readonly (readonly [string, string])[] = [
    ...clinvar.map((id) => [`ClinVar ${id}`, `https://www.ncbi.nlm.nih.gov/clinvar/variation/${id}/`] as const),
    ...rs.map((id) => [`dbSNP ${id}`, `https://www.ncbi.nlm.nih.gov/snp/${id}`] as const),
    ...genes.map((id) => [`Ensembl ${id}`, `https://www.ensembl.org/id/${id}`] as const),
    ...(isGrch38 && chromosome !== undefined
      ? [["Ensembl, this region", `https://www.ensembl.org/Homo_sapiens/Location/View?r=${region}`] as const]
      : []),
  ];
  if (links.length === 0) return null;
  return (
    <p class="actions">
      {links.map(([label, href]) => (
        <a key={href} class="button small secondary outline" href={href} rel="external noreferrer">
          {label}
        </a>
      ))}
    </p>
  );
}

function Site({ variant, number, records, definitions }: VariantView) {
  const filters = idsOf(variant.filter, ";").map((id) => [id, definitions.filter.get(id)] as const);
  return (
    <section aria-labelledby="site">
      <h2 id="site">The record</h2>
      <dl class="facts">
        <dt>Record</dt>
        <dd>
          {formatCount(number)} of {formatCount(records)}
        </dd>
        <dt>Ids</dt>
        <dd>{variant.id === "." ? "none" : variant.id}</dd>
        <dt>Reference</dt>
        <dd>
          <code>{variant.ref}</code>
        </dd>
        <dt>Alternate</dt>
        <dd>
          <code>{variant.alt}</code>
        </dd>
        <dt>Quality</dt>
        <dd>{variant.qual === "." ? "not given" : variant.qual}</dd>
        <dt>FILTER</dt>
        <dd>
          {filters.length === 0 && "no filter was applied"}
          {filters.map(([id, description], at) => (
            <span key={id}>
              {at > 0 && "; "}
              {id}
              {id !== "PASS" && description !== undefined && ` (${description})`}
            </span>
          ))}
        </dd>
      </dl>
    </section>
  );
}

function InfoFields({ variant, definitions }: VariantView) {
  return (
    <section aria-labelledby="info">
      <h2 id="info">Fields</h2>
      {variant.info.size === 0 && <p class="faint">This record has no INFO fields.</p>}
      <dl class="facts described">
        {[...variant.info].map(([id, value]) => (
          <div key={id}>
            <dt>
              <code>{id}</code>
            </dt>
            <dd>
              {value === "" ? "yes" : fieldInWords(id, decoded(value))}
              <small>{definitions.info.get(id)?.description ?? "The header does not describe this field."}</small>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Samples({ variant, definitions }: VariantView) {
  if (variant.samples.size === 0) return null;
  const shown = [...variant.samples].slice(0, samplesMost);
  return (
    <section aria-labelledby="samples">
      <h2 id="samples">Samples</h2>
      <section class="scroll" tabindex={0} aria-label="Values of the samples">
        <table class="records">
          <thead>
            <tr>
              <th scope="col">Sample</th>
              {variant.format.map((id) => (
                <th key={id} scope="col" title={definitions.format.get(id)?.description}>
                  {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(([sample, values]) => (
              <tr key={sample}>
                <th scope="row">{sample}</th>
                {variant.format.map((id, at) => (
                  <td key={id} data-label={id}>
                    {values[at] ?? "."}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {variant.samples.size > samplesMost && (
        <p class="faint">
          The first {samplesMost} of {formatCount(variant.samples.size)} samples; the file has all.
        </p>
      )}
      <dl class="facts">
        {variant.format.map((id) => (
          <>
            <dt>
              <code>{id}</code>
            </dt>
            <dd>{definitions.format.get(id)?.description ?? "The header does not describe this field."}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
