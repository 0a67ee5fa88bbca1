/** What annotation says of a variant, and what it does not: the same words wherever somebody relies on it. */
import { builtinReference } from "../../contract/reference.ts";
import type { ResultSource } from "../result/source.ts";

const absence =
  "Absence says nothing: a variant without an annotation is not known to be harmless, only not known here.";

/** What every file of this service is annotated with. */
export function AnnotatedWith() {
  const { assembly, genes, variants } = builtinReference;
  return (
    <dl class="facts">
      <dt>Assembly</dt>
      <dd>
        {assembly}. A file that proves another one is refused, with the line that proves it; convert its positions
        first.
      </dd>
      <dt>Genes</dt>
      <dd>{genes}: those that the reference allele overlaps.</dd>
      <dt>Consequence</dt>
      <dd>
        Of each allele for each transcript, by location: splice site, untranslated, coding, intron, up to 5 kb beside a
        gene. It is told without the sequence, so it is not a prediction of VEP.
      </dd>
      <dt>Significance</dt>
      <dd>
        {variants}: pathogenic and likely pathogenic alleles on which several submitters agree, with conditions, review
        status, origin and frequency in ExAC.
      </dd>
      <dt>Not known</dt>
      <dd>
        Benign and uncertain alleles, how often other alleles are seen, and whether a coding change is missense,
        synonymous or nonsense. {absence}
      </dd>
    </dl>
  );
}

/** What this result was annotated with, by its own header. */
export function AnnotatedBy({ source }: { readonly source: ResultSource | undefined }) {
  return (
    <section aria-labelledby="annotated-with">
      <h2 id="annotated-with">What this result was annotated with</h2>
      {source === undefined ? (
        <p>Its header does not name the data. {absence}</p>
      ) : (
        <dl class="facts">
          <dt>Assembly</dt>
          <dd>
            {source.inputAssembly ?? source.assembly}
            {source.inputAssemblyFrom !== undefined && <span class="faint"> ({source.inputAssemblyFrom})</span>}
          </dd>
          <dt>Data</dt>
          <dd>{source.data.join(", ")}</dd>
          <dt>Engine</dt>
          <dd>{source.engine}</dd>
          <dt>Not known</dt>
          <dd>{absence}</dd>
        </dl>
      )}
    </section>
  );
}
