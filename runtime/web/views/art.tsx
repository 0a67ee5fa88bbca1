/** Pictures drawn in the page itself, so that they take the page's colours (light and dark). */

/** The mark: a double helix of two strands with one rung, the variant, standing out. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <path class="mark-rung" d="M11.2 8.6h9.6M12.6 13h6.8M11.2 23.4h9.6" />
      <path class="mark-variant" d="M12.6 19h6.8" />
      <path class="mark-strand" d="M10 4c0 6 12 6 12 12s-12 6-12 12M22 4c0 6-12 6-12 12s12 6 12 12" />
    </svg>
  );
}

const bases = "ACGTTGCAATCGGATCCTAGACGTTAGCATGCAAGTCCGATTAGC";

/** A strip of bases as on a sequencing gel; one of them is the variant. Decoration only. */
export function BaseStrip() {
  return (
    <svg class="base-strip" viewBox={`0 0 ${bases.length * 10} 12`} preserveAspectRatio="none" aria-hidden="true">
      {[...bases].map((base, i) => (
        <rect
          key={i}
          class={i === 29 ? "base variant" : `base ${base}`}
          x={i * 10}
          y="0"
          width="8"
          height="12"
          rx="1.5"
        />
      ))}
    </svg>
  );
}

export function UploadIcon() {
  return (
    <svg class="icon" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
      <path d="M14 34H12a8 8 0 0 1-1-15.9A13 13 0 0 1 36 16a9 9 0 0 1 1 18h-3M24 40V24m-7 7 7-7 7 7" />
    </svg>
  );
}
