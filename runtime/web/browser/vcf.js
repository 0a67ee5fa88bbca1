// Made from runtime/vcf by `npm run browser`: change it there.

// runtime/vcf/bgzip-block.ts
var fixedBytes = 12;
var uint16 = (bytes, at) => (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8;
var headerLength = (fixed2) => fixedBytes + (((fixed2[3] ?? 0) & 4) === 0 ? 0 : uint16(fixed2, 10));
function blockLength(header) {
  for (let at = fixedBytes; at + 4 <= header.length; ) {
    const length = uint16(header, at + 2);
    if (header[at] === 66 && header[at + 1] === 67 && length === 2 && at + 6 <= header.length) {
      return uint16(header, at + 4) + 1;
    }
    at += 4 + length;
  }
  return void 0;
}

// runtime/vcf/input-error.ts
var InputError = class extends Error {
  name = "InputError";
  /** 1-based line of the uncompressed text, when one is at fault. */
  line;
  constructor(reason, line, options) {
    super(reason, options);
    this.line = line;
  }
};
function quoted(value, charactersMax = 40) {
  const clean = value.slice(0, charactersMax + 1).replace(/[\u0000-\u001f\u007f-\u00ff]/g, "\xB7");
  const cut = clean.length > charactersMax ? `${clean.slice(0, charactersMax - 1)}\u2026` : clean;
  return `"${Array.from(cut).join("")}"`;
}

// runtime/vcf/damage.ts
var DamageError = class extends InputError {
  name = "DamageError";
};
var damaged = (detail, options) => new DamageError(`the compressed file is damaged from about this line on (${detail})`, void 0, options);
var endBlockMissing = () => new DamageError(
  "the bgzip file is truncated: the end block is missing, so it was cut off between two blocks; upload the whole file"
);
var soughtBytes = 1024 ** 3;

// runtime/vcf/formats.ts
var otherFormats = [
  { magic: "PK", what: "a zip archive; give the file itself, plain or gzip-compressed" },
  { magic: "BZh", what: "bzip2-compressed; use gzip or bgzip" },
  { magic: "\xFD7zXZ\0", what: "xz-compressed; use gzip or bgzip" },
  { magic: "(\xB5/\xFD", what: "zstd-compressed; use gzip or bgzip" },
  { magic: '"M', what: "lz4-compressed; use gzip or bgzip" },
  { magic: "\x9D", what: "compressed by compress (.Z); use gzip or bgzip" },
  { magic: "7z\xBC\xAF'", what: "a 7-Zip archive; give the file itself, plain or gzip-compressed" },
  { magic: "Rar!", what: "a RAR archive; give the file itself, plain or gzip-compressed" },
  { magic: "ustar", offset: 257, what: "a tar archive; give the file itself, plain or gzip-compressed" },
  { magic: "BCF", what: "BCF; convert it with `bcftools view -O z -o file.vcf.gz file.bcf`" },
  { magic: "BAM", what: "BAM: reads, not variants" },
  { magic: "CRAM", what: "CRAM: reads, not variants" },
  { magic: "TBI", what: "a tabix index; give the file that it belongs to" },
  { magic: "CSI", what: "a CSI index; give the file that it belongs to" },
  { magic: "%PDF", what: "a PDF document" },
  { magic: "<!DOCTYPE", what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: "<html", what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: "\xFF\xFE", what: "UTF-16 text; save it as UTF-8" },
  { magic: "\xFE\xFF", what: "UTF-16 text; save it as UTF-8" }
];
var gzipMagic = "\x8B";
var isGzip = (first) => startsWith(first, gzipMagic);
function refuseOtherFormats(first, expected) {
  const found = otherFormats.find(({ magic, offset }) => startsWith(first, magic, offset));
  if (found !== void 0) throw new InputError(`not a ${expected} file: this is ${found.what}`, 1);
}
function refuseOtherContents(first, expected) {
  if (isGzip(first)) throw new InputError("the file is compressed twice; decompress it once and submit it again", 1);
  refuseOtherFormats(first, expected);
}
function startsWith(bytes, magic, offset = 0) {
  for (let at = 0; at < magic.length; at += 1) if (bytes[offset + at] !== magic.charCodeAt(at)) return false;
  return true;
}

// runtime/vcf/prefix.ts
var prefixBytes = 256 * 1024;
var prefixTextBytes = 2 * 1024 * 1024;
async function readPrefix({ first, last, bytes }, inflate) {
  const all = first.length === bytes;
  if (!isGzip(first)) {
    refuseOtherFormats(first, "VCF");
    return { compression: "plain", text: latin1(first), complete: all, damage: void 0 };
  }
  const compression = blockLength(first.subarray(0, headerLength(first))) === void 0 ? "gzip" : "bgzip";
  const inflated = await inflate(first);
  const contents = inflated.bytes.subarray(0, prefixTextBytes);
  refuseOtherContents(contents, "VCF");
  const complete = all && inflated.whole && contents.length === inflated.bytes.length;
  return { compression, text: latin1(contents), complete, damage: damageOf() };
  function damageOf() {
    if (compression === "bgzip" && last.some((byte) => byte !== 0)) return endBlockMissing();
    return contents.length === 0 && !inflated.whole ? damaged("nothing of it can be decompressed") : void 0;
  }
}
function latin1(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join("");
}

// runtime/vcf/assembly/known.ts
var ours = "GRCh38";
var human = [...Array.from({ length: 22 }, (_, index) => String(index + 1)), "X", "Y", "MT"];
var mouse = [...Array.from({ length: 19 }, (_, index) => String(index + 1)), "X", "Y", "MT"];
var lengths = [
  [
    "GRCh38",
    human,
    "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 135086622 133275309 114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 46709983 50818468 156040895 57227415 16569"
  ],
  [
    "GRCh37",
    human,
    "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 135006516 133851895 115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 48129895 51304566 155270560 59373566 16569"
  ],
  ["GRCh37", ["MT"], "16571"],
  [
    "NCBI36",
    human,
    "247249719 242951149 199501827 191273063 180857866 170899992 158821424 146274826 140273252 135374737 134452384 132349534 114142980 106368585 100338915 88827254 78774742 76117153 63811651 62435964 46944323 49691432 154913754 57772954 16571"
  ],
  [
    "T2T-CHM13",
    human,
    "248387328 242696752 201105948 193574945 182045439 172126628 160567428 146259331 150617247 134758134 135127769 133324548 113566686 101161492 99753195 96330374 84276897 80542538 61707364 66210255 45090682 51324926 154259566 62460029 16569"
  ],
  [
    "GRCm38 (mouse)",
    mouse,
    "195471971 182113224 160039680 156508116 151834684 149736546 145441459 129401213 124595110 130694993 122082543 120129022 120421639 124902244 104043685 98207768 94987271 90702639 61431566 171031299 91744698 16299"
  ],
  [
    "GRCm39 (mouse)",
    mouse,
    "195154279 181755017 159745316 156860686 151758149 149588044 144995196 130127694 124359700 130530862 121973369 120092757 120883175 125139656 104073951 98008968 95294699 90720763 61420004 169476592 91455967 16299"
  ],
  [
    "MGSCv37 (mouse)",
    mouse,
    "197195432 181748087 159599783 155630120 152537259 149517037 152524553 131738871 124076172 129993255 121843856 121257530 120284312 125194864 103494974 98319150 95272651 90772031 61342430 166650296 15902555 16299"
  ]
];
var isHuman = (assembly) => /^(GRCh|NCBI3|T2T-CHM13)/.test(assembly);
var byLength = /* @__PURE__ */ new Map();
var oursByName = /* @__PURE__ */ new Map();
for (const [assembly, names, text] of lengths) {
  for (const [index, length] of text.split(" ").entries()) {
    const key = `${names[index]} ${length}`;
    byLength.set(key, [...byLength.get(key) ?? [], assembly]);
    if (assembly === ours) oursByName.set(names[index], Number(length));
  }
}
var lengthOf = (chromosome) => oursByName.get(chromosome);
var assembliesOfLength = (chromosome, length) => byLength.get(`${chromosome} ${length}`) ?? [];
var refSeqVersions = [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10];
var humanByAge = ["GRCh38", "GRCh37", "NCBI36"];
var mouseByAge = ["GRCm39 (mouse)", "GRCm38 (mouse)", "MGSCv37 (mouse)"];
var only = (assembly) => assembly === void 0 ? [] : [assembly];
function sequenceOfAccession(name) {
  const parts = /^(NC_|CM|CP)(\d{6})(?:\.(\d+))?$/i.exec(name);
  if (parts === null)
    return /^(NC_012920|J01415)(\.\d+)?$/i.test(name) ? { chromosome: "MT", assemblies: [] } : void 0;
  const [, series = "", digits, versionText] = parts;
  const number = Number(digits);
  const version = versionText === void 0 ? void 0 : Number(versionText);
  const aged = (names, newest) => version === void 0 ? [] : only(names[newest - version]);
  if (series.toUpperCase() === "NC_") {
    if (number === 12920) return { chromosome: "MT", assemblies: [] };
    if (number >= 1 && number <= 24) {
      const newest = refSeqVersions[number - 1];
      return { chromosome: human[number - 1], assemblies: aged(humanByAge, newest) };
    }
    if (number >= 67 && number <= 87) {
      return { chromosome: mouse[number - 67], assemblies: aged(mouseByAge, number >= 86 ? 8 : 7) };
    }
    if (number >= 60925 && number <= 60948) {
      return { chromosome: human[number - 60925], assemblies: ["T2T-CHM13"] };
    }
    return void 0;
  }
  if (series.toUpperCase() === "CM") {
    if (number >= 663 && number <= 686) {
      return { chromosome: human[number - 663], assemblies: aged(humanByAge, 2) };
    }
    if (number >= 994 && number <= 1014) {
      return { chromosome: mouse[number - 994], assemblies: aged(mouseByAge, 3) };
    }
    return void 0;
  }
  if (number >= 68255 && number <= 68277) {
    return { chromosome: human[68277 - number], assemblies: ["T2T-CHM13"] };
  }
  return number === 86569 ? { chromosome: "Y", assemblies: ["T2T-CHM13"] } : void 0;
}
var assemblyAccessions = [
  [/^GCF_000001405$/i, 1, 12, "NCBI36"],
  [/^GCF_000001405$/i, 13, 25, "GRCh37"],
  [/^GCF_000001405$/i, 26, 99, "GRCh38"],
  [/^GCA_000001405$/i, 1, 14, "GRCh37"],
  [/^GCA_000001405$/i, 15, 99, "GRCh38"],
  [/^GC[AF]_009914755$/i, 1, 99, "T2T-CHM13"],
  [/^GCF_000001635$/i, 18, 19, "MGSCv37 (mouse)"],
  [/^GCF_000001635$/i, 20, 26, "GRCm38 (mouse)"],
  [/^GCF_000001635$/i, 27, 99, "GRCm39 (mouse)"],
  [/^GCA_000001635$/i, 2, 8, "GRCm38 (mouse)"],
  [/^GCA_000001635$/i, 9, 99, "GRCm39 (mouse)"]
];
function assemblyOfAccession(text) {
  const [accession = "", version = ""] = text.split(".");
  const number = Number(version);
  return assemblyAccessions.find(([is, from, to]) => is.test(accession) && number >= from && number <= to)?.[3];
}

// runtime/vcf/assembly/chromosome.ts
var numbered = { "23": "X", "24": "Y", "26": "MT" };
var ambiguousNumber = "25";
var mitochondrialLengths = [16569, 16571];
function chromosomeName(name) {
  const bare = /^chr/i.test(name) ? name.slice(3).replace(/^_?0*(?=\d)/, "") : name.replace(/^0(?=\d$)/, "");
  const upper = bare.toUpperCase();
  if (upper === "M" || upper === "MT") return "MT";
  if (upper === "X" || upper === "Y") return upper;
  return numbered[bare] ?? sequenceOfAccession(name)?.chromosome ?? bare;
}
var isMainChromosome = (name) => /^([1-9]\d?|X|Y|MT)$/.test(name);

// runtime/vcf/meta-line.ts
var none = /* @__PURE__ */ new Map();
var fieldsMax = 100;
function fieldsOf(text) {
  const fields = /* @__PURE__ */ new Map();
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
function metaLine(line) {
  const equals = line.indexOf("=");
  if (!line.startsWith("##") || equals < 0) return void 0;
  const value = line.slice(equals + 1);
  const structured = value.startsWith("<");
  const inner = value.endsWith(">") ? value.slice(1, -1) : value.slice(1);
  return { key: line.slice(2, equals), value, fields: structured ? fieldsOf(inner) : none };
}

// runtime/vcf/assembly/names.ts
var builds = { 35: "NCBI35", 36: "NCBI36", 37: "GRCh37", 38: "GRCh38" };
var ucscBuilds = { 17: "35", 18: "36", 19: "37", 38: "38" };
var broadBuilds = { 18: "36", 19: "37", 37: "37", 38: "38" };
var mouse2 = {
  mm9: "MGSCv37 (mouse)",
  mm10: "GRCm38 (mouse)",
  mm39: "GRCm39 (mouse)",
  grcm38: "GRCm38 (mouse)",
  grcm39: "GRCm39 (mouse)"
};
var otherSpecies = /^(grcm|mm|rn|rnor|mratbn|canfam|danrer|grcz|zv|galgal|grcg|bostau|susscr|sscrofa|oviari|equcab|felcat|rhemac|mmul|pantro|xentro|dm|bdgp|ce|wbcel|saccer|tair|irgsp)(\d{1,2})[a-z]?$/;
function assemblyOfWord(word) {
  const lower = word.toLowerCase();
  if (lower.startsWith("chm13") || lower === "hs1" || lower === "t2t") return "T2T-CHM13";
  if (mouse2[lower] !== void 0) return mouse2[lower];
  const [, series = "", number = ""] = /^(grch|ncbi|build|hs|b|hg|assembly)(\d\d)(?!\d)/.exec(lower) ?? [];
  const exact = series.length + number.length === lower.length;
  if (series === "hg") return builds[ucscBuilds[number] ?? ""];
  if (series === "assembly") return builds[broadBuilds[number] ?? ""];
  if (series === "grch" || series === "hs" || exact && series !== "") return builds[number];
  return otherSpecies.test(lower) ? word : void 0;
}
function assembliesOfPhrase(text) {
  const words = text.split(/[^A-Za-z0-9]+/).flatMap((word) => {
    const [, from = "", to = ""] = /^(.+?)(?:to|2)([A-Za-z].*)$/i.exec(word) ?? [];
    return assemblyOfWord(from) !== void 0 && assemblyOfWord(to) !== void 0 ? [to] : [word];
  });
  const found = /* @__PURE__ */ new Set();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]?.toLowerCase() ?? "";
    const leadsOn = next === "to" && assemblyOfWord(words[index + 2] ?? "") !== void 0;
    const assembly = assemblyOfWord(/^(build|g1k)$/i.test(word) ? `build${next.replace(/^v/, "")}` : word);
    if (assembly !== void 0 && !leadsOn) found.add(assembly);
  }
  return found;
}
function assembliesNamed(value) {
  for (const part of value.split(/[/\\]+/).reverse()) {
    const found = assembliesOfPhrase(part);
    if (found.size > 0) return [...found];
  }
  return [];
}

// runtime/vcf/assembly/evidence.ts
var unknownAssembly = "an assembly that is not known here";
var contradictory = "an assembly that cannot be told, since the header contradicts itself";
var kinds = ["length", "accession", "name"];
var plausible = (length, own = 1e4) => length >= Math.min(1e4, own) && length < 1e9;
function lengthStatement(id, length, own) {
  const sequence = own.nameOf(id);
  const ownLength = own.lengthOf(sequence);
  const isAmbiguous = ownLength === void 0 && sequence === ambiguousNumber;
  const chromosome = !isAmbiguous ? chromosomeName(id) : mitochondrialLengths.includes(length) ? "MT" : "X";
  if (!plausible(length, ownLength) || ownLength === void 0 && !isMainChromosome(chromosome)) return void 0;
  const known = assembliesOfLength(chromosome, length);
  const others = ownLength === void 0 ? known : known.filter((assembly) => assembly !== own.assembly);
  const assemblies = ownLength === length ? [own.assembly, ...others] : others;
  return { kind: "length", assemblies, value: `chromosome ${chromosome} with ${length} bases` };
}
function contigStatements({ fields }, own) {
  const id = fields.get("ID") ?? "";
  const accession = sequenceOfAccession(id);
  const said2 = [];
  const byLength2 = lengthStatement(id, Number(fields.get("length")), own);
  if (byLength2 !== void 0) said2.push(byLength2);
  if (accession !== void 0 && accession.assemblies.length > 0) {
    said2.push({ kind: "accession", assemblies: accession.assemblies, value: id });
  }
  const species = fields.get("species");
  if (species !== void 0 && isHuman(own.assembly) !== /homo|human/i.test(species)) {
    said2.push({ kind: "name", assemblies: [species.slice(0, 40)], value: `species=${species}` });
  }
  const assembly = fields.get("assembly");
  if (assembly !== void 0) said2.push(...nameStatements(`assembly=${assembly}`, assembly));
  return said2;
}
function nameStatements(shown2, value) {
  const accession = value.match(/GC[AF]_\d{9}\.\d+/gi)?.map(assemblyOfAccession).find((found) => found !== void 0);
  if (accession !== void 0) return [{ kind: "accession", assemblies: [accession], value: shown2 }];
  const assemblies = assembliesNamed(value);
  return assemblies.length === 0 ? [] : [{ kind: "name", assemblies, value: shown2 }];
}
function statementsOf(line, own) {
  const meta = metaLine(line);
  switch (meta?.key.toLowerCase()) {
    case "contig":
      return contigStatements(meta, own);
    case "reference":
    case "assembly":
    case "genome":
    case "genome-build":
      return nameStatements(line.slice(2), meta.value);
    default:
      return [];
  }
}
function createAssemblyWitness(own) {
  const heard = /* @__PURE__ */ new Map();
  const ofKind = (kind) => [...heard.values()].filter((evidence) => evidence.kind === kind);
  return {
    hear(line, number) {
      for (const { kind, assemblies, value } of statementsOf(line, own)) {
        const key = `${kind} ${assemblies.join()}`;
        const before = heard.get(key);
        if (before === void 0 && heard.size >= 100) continue;
        const first = before ?? { kind, assemblies, line: number, value: quoted(value, 120), lines: 0 };
        heard.set(key, { ...first, lines: first.lines + 1 });
      }
    },
    finding() {
      for (const kind of kinds) {
        const assembly = winnerOf(ofKind(kind), own.assembly);
        if (assembly === void 0) continue;
        const supports = ({ assemblies }) => assembly === unknownAssembly ? assemblies.length === 0 : assemblies.includes(assembly);
        const all = kinds.flatMap(ofKind);
        return {
          assembly,
          kind,
          evidence: assembly === contradictory ? ofKind(kind) : all.filter(supports),
          contradictions: assembly === contradictory ? [] : all.filter((evidence) => !supports(evidence))
        };
      }
      return { assembly: void 0, kind: void 0, evidence: [], contradictions: [] };
    }
  };
}
function winnerOf(evidence, ours2) {
  const votes = /* @__PURE__ */ new Map();
  for (const { assemblies, lines } of evidence) {
    for (const assembly of assemblies.length === 0 ? [unknownAssembly] : assemblies) {
      votes.set(assembly, (votes.get(assembly) ?? 0) + lines);
    }
  }
  const most = Math.max(0, ...votes.values());
  const best = [...votes].filter(([, count]) => count === most).map(([assembly]) => assembly);
  const [first] = best;
  if (first === void 0 || best.length === 1) return first;
  const together = evidence.every(({ assemblies }) => best.every((assembly) => assemblies.includes(assembly)));
  if (!together) return contradictory;
  return best.includes(ours2) ? void 0 : first;
}

// runtime/vcf/assembly/own.ts
var ourAssembly = { assembly: ours, nameOf: chromosomeName, lengthOf };

// runtime/vcf/assembly/words.ts
var what = {
  length: "lengths of chromosomes",
  accession: "accessions",
  name: "names"
};
var said = ({ value, lines }) => `${value}${lines > 1 ? ` and ${lines - 1} more` : ""}`;
var shown = (evidence) => `line ${evidence.line}: ${said(evidence)}`;
var because = (finding) => basis(finding, shown);
function basis({ kind, evidence }, words) {
  const decisive = evidence.filter((each) => each.kind === kind).slice(0, 3);
  return kind === void 0 ? "nothing in the header" : `${what[kind]} (${decisive.map(words).join("; ")})`;
}
var unknown = "nothing in the header says which assembly the positions are of";
var liftover = (ours2) => `lift the file over to ${ours2} (for example with Picard's LiftoverVcf)`;
function assemblyForecast(finding, ours2) {
  const { assembly, kind } = finding;
  if (assembly === void 0 || kind === void 0) {
    return [`${unknown}; ${ours2} will be assumed. If they are of another, the annotations will be wrong`];
  }
  const others = contradictionNotes(finding, kind, ours2);
  return assembly === ours2 ? others : [otherForecast(assembly, ours2), ...others];
}
var otherForecast = (assembly, ours2) => `the file is of ${assembly}. Reference data are for ${ours2}, so nothing will be annotated; ${liftover(ours2)} first`;
function contradictionNotes({ assembly, contradictions }, kind, ours2) {
  return contradictions.slice(0, 3).map(
    (evidence) => `${shown(evidence)} does not fit ${assembly === ours2 ? ours2 : "that"} (${evidence.assemblies.join(" or ") || "no assembly that is known here"}); the ${what[kind]} decided`
  );
}
var isBeyondTheEnd = (position, end) => position > end + 1;
var beyondTheEnd = (position, end, ours2) => `position ${position} is beyond the end of the chromosome in ${ours2} (${end}): the file may be of another assembly`;

// runtime/vcf/header.ts
var fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
var fixedColumns = fixed.length;
var isColumnLine = (line) => /^#\s*chrom\b/i.test(line.slice(0, 20));
var byteOrderMark = "\xEF\xBB\xBF";
function readHeaderLine(text, number) {
  const line = number === 1 && text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
  if (number === 1 && !line.startsWith("#")) throw new InputError(notVcf(line), 1);
  if (line.includes("\r")) throw new InputError("lines end in CR alone; they must end in LF or CR LF", number);
  if (line !== "" && !line.startsWith("#")) {
    throw new InputError(`a record stands before the #CHROM column line: ${quoted(line)}`, number);
  }
  return line;
}
function notVcf(line) {
  if (line === "") return "not a VCF file: it begins with a blank line instead of ##fileformat=VCFv4.x";
  const blank = /^\s+#/.test(line) ? "; blanks stand before it" : "";
  return `not a VCF file: it begins with ${quoted(line)} instead of ##fileformat=VCFv4.x${blank}`;
}
function readColumnLine(line, number) {
  const names = line.split("	");
  const expected = names.length > fixed.length ? [...fixed, "FORMAT"] : fixed;
  const wrong = expected.findIndex((column, at) => names[at]?.toUpperCase() !== column);
  if (wrong >= 0) {
    const spaces = /^#\s*CHROM +POS/i.test(line) ? "; columns must be separated by tabs, these are by spaces" : "";
    throw new InputError(
      `the column line must begin with the columns ${expected.join(", ")}; column ${wrong + 1} is ${quoted(names[wrong] ?? "")}${spaces}`,
      number
    );
  }
  checkSamples(names, number);
  return { text: [...expected, ...names.slice(expected.length)].join("	"), columns: names.length };
}
function checkSamples(names, number) {
  const seen = /* @__PURE__ */ new Map();
  for (let at = fixed.length + 1; at < names.length; at += 1) {
    const name = names[at];
    if (name.trim() === "") {
      throw new InputError(`column ${at + 1} is ${quoted(name)}; the name of a sample was expected`, number);
    }
    const before = seen.get(name);
    if (before !== void 0) {
      throw new InputError(
        `column ${at + 1} is ${quoted(name)}, as column ${before + 1} is; every sample must have a name of its own`,
        number
      );
    }
    seen.set(name, at);
  }
}
function checkLateHeaderLine(line, columnLine, number) {
  if (isColumnLine(line) && readColumnLine(line, number).text !== columnLine.text) {
    throw new InputError("a second #CHROM line with other columns: these are several files put together", number);
  }
}
function checkHeaderEnded(lines, columnLine) {
  if (lines === 0) throw new InputError("the file is empty", 1);
  if (columnLine !== void 0) return;
  throw new InputError("the file ends without a #CHROM column line: it is cut off or not VCF", lines);
}

// runtime/vcf/line-end.ts
function endOfText(block, start, feed) {
  let end = feed;
  while (end > start && block.charCodeAt(end - 1) === 13) end -= 1;
  return end;
}

// runtime/vcf/record.ts
var bases = /^[ACGTUNRYSWKMBDHV]+$/i;
function alleleKind(alt) {
  if (alt.length === 1 && "ACGT".includes(alt) || bases.test(alt)) return "bases";
  if (alt === ".") return "none";
  if (alt === "*") return "spanning";
  if (alt.startsWith("<") && alt.endsWith(">") && alt.length > 2) return "symbolic";
  if (/[[\]]/.test(alt) || alt.length > 1 && (alt.startsWith(".") || alt.endsWith("."))) return "breakend";
  return void 0;
}
var positionMax = 2147483647;
function positionIn(block, from, to) {
  if (to <= from || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = block.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > positionMax ? -1 : value;
}
var badPosition = (text) => ({
  kind: "POS is not a position",
  detail: `POS ${quoted(text)} is not a whole number between 0 and 2147483647`
});
function refObjection(ref) {
  if (bases.test(ref)) return void 0;
  return { kind: "REF is not a sequence of bases", detail: `REF ${quoted(ref)} is not a sequence of bases` };
}
var badAlternate = (alt) => ({
  kind: "ALT is not an allele",
  detail: `ALT ${quoted(alt)} is neither bases nor a symbolic allele, breakend, * or .`
});
function columnName(columnLine, column) {
  return columnLine.split("	")[column - 1]?.replace(/^#/, "") ?? "";
}
function columnsOf(line) {
  let columns = 1;
  for (let at = line.indexOf("	"); at >= 0; at = line.indexOf("	", at + 1)) columns += 1;
  return columns;
}
function wrongColumns(line, columnLine, number) {
  const columns = columnLine.split("	").length;
  const values = line.split("	", columns + 1);
  const all = columnsOf(line);
  const found = `${all} tab-separated column${all === 1 ? "" : "s"}`;
  const last = all < columns ? all : columns + 1;
  const value = `column ${last} is ${quoted(values[last - 1] ?? "")}`;
  const expected = all < columns ? `column ${last + 1} (${columnName(columnLine, last + 1)}) was expected after it` : `the last column should be column ${columns} (${columnName(columnLine, columns)})`;
  return new InputError(`the record has ${found}, the column line has ${columns}; ${value}, ${expected}`, number);
}
function nameObjection(name) {
  if (name === "") return "column 1 (CHROM) is empty; the name of a sequence was expected";
  if (!/\s/.test(name)) return void 0;
  return `column 1 (CHROM) is ${quoted(name)}; a name without blanks was expected`;
}
function nulByte(line, number) {
  const before = line.slice(0, line.indexOf("\0"));
  const column = before.split("	").length;
  return new InputError(
    `column ${column} holds a NUL byte after ${quoted(before.slice(before.lastIndexOf("	") + 1))}; text was expected. The file was padded or damaged while it was written or copied`,
    number
  );
}
function isWholeWithoutEnd(values) {
  if (values.length <= fixedColumns + 1) return values.length === fixedColumns && values.at(-1) === ".";
  const format = (values[fixedColumns] ?? "").split(":");
  const last = (values.at(-1) ?? "").split(":");
  if (last.length !== format.length || last.at(-1) === "") return false;
  return format.length > 1 || format[0] !== "GT" || /^(\.|\d+)([/|](\.|\d+))*$/.test(last[0] ?? "");
}
function cutInLine(line, columnLine, number) {
  const values = line.split("	");
  const column = values.length;
  return new InputError(
    `the file ends in the middle of this record: column ${column} (${columnName(columnLine, column)}) is ${quoted(values.at(-1) ?? "")} and a line end was expected after it. Upload the whole file; if it is whole, end its last line with a line end`,
    number
  );
}
var tooManyAlleles = (alleles, most, number) => new InputError(`column 5 (ALT) has ${alleles} alleles; a record may have ${most} at most`, number);

// runtime/contract/limits.ts
var recordLimits = {
  /** A record of more than 100,000 samples fits. */
  bytes: 16 * 1024 * 1024,
  /** ALT alleles of one record; more than any caller or merge of cohorts is known to write. */
  alleles: 1e4,
  /** Time that one record may keep the annotator busy; an ordinary one takes microseconds. */
  milliseconds: 5e3
};
var uploadBytesMost = 10 * 1024 ** 3;
var formBytesMost = 5 * 1024 ** 3;
var uploadPartBytes = 8 * 1024 * 1024;
var wholeUploadBytesMax = 16 * 1024 * 1024;

// runtime/vcf/site.ts
var comma = 44;
function alternates(text, line) {
  if (text.length > recordLimits.alleles) {
    let alleles = 1;
    for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === comma) alleles += 1;
    if (alleles > recordLimits.alleles) throw tooManyAlleles(alleles, recordLimits.alleles, line);
  }
  return text.length === 1 ? [text] : text.split(",");
}
function siteOf(block, tabs, line) {
  const position = positionIn(block, tabs.chrom + 1, tabs.pos);
  if (position < 0) return badPosition(block.slice(tabs.chrom + 1, tabs.pos));
  const ref = block.slice(tabs.id + 1, tabs.ref);
  const refWrong = refObjection(ref);
  if (refWrong !== void 0) return refWrong;
  const alts = alternates(block.slice(tabs.ref + 1, tabs.alt), line);
  const kinds2 = [];
  for (const alt of alts) {
    const kind = alleleKind(alt);
    if (kind === void 0) return badAlternate(alt);
    kinds2.push(kind);
  }
  const info = kinds2.includes("symbolic") ? block.slice(tabs.filter + 1, tabs.info) : "";
  return { position, ref, alts, kinds: kinds2, info };
}

// runtime/vcf/tabs.ts
function createTabs(block) {
  let tab = -1;
  const tabFrom = (at) => {
    if (tab < at) {
      tab = block.indexOf("	", at);
      if (tab < 0) tab = block.length;
    }
    return tab;
  };
  const tabs = {
    chrom: 0,
    pos: 0,
    id: 0,
    ref: 0,
    alt: 0,
    qual: 0,
    filter: 0,
    info: 0,
    columns: 0,
    find(start, end) {
      tabs.chrom = tabFrom(start);
      tabs.pos = tabFrom(tabs.chrom + 1);
      tabs.id = tabFrom(tabs.pos + 1);
      tabs.ref = tabFrom(tabs.id + 1);
      tabs.alt = tabFrom(tabs.ref + 1);
      tabs.qual = tabFrom(tabs.alt + 1);
      tabs.filter = tabFrom(tabs.qual + 1);
      if (tabs.filter >= end) return false;
      tabs.info = Math.min(tabFrom(tabs.filter + 1), end);
      let columns = fixedColumns;
      for (let at = tabs.info; at < end; at += 1) if (block.charCodeAt(at) === 9) columns += 1;
      tabs.columns = columns;
      return true;
    }
  };
  return tabs;
}

// runtime/vcf/preview.ts
var recordsMax = 1e3;
var rowsMax = 5;
var rowColumns = 5;
var sequencesMax = 12;
var mistakesMax = 10;
var decoded = (latin12) => new TextDecoder().decode(Uint8Array.from(latin12, (character) => character.charCodeAt(0)));
var refusalOf = ({ mistakes }) => mistakes.find(({ line, fatal }) => line === 1 && fatal);
function previewOf({ compression, text, complete, damage }) {
  const sight = {
    line: 0,
    columnLine: void 0,
    contigs: 0,
    records: 0,
    complete: false,
    proof: void 0,
    witness: createAssemblyWitness(ourAssembly),
    sequences: /* @__PURE__ */ new Set(),
    rows: [],
    mistakes: []
  };
  const mistaken = (error, line) => {
    if (!(error instanceof InputError)) throw error;
    sight.mistakes.push({ line: error.line ?? line, reason: error.message, fatal: true });
  };
  try {
    readLines(sight, text, complete);
    if (sight.complete) checkHeaderEnded(sight.line, sight.columnLine);
  } catch (error) {
    mistaken(error, sight.line);
  }
  if (damage !== void 0) mistaken(damage, sight.line + 1);
  return {
    compression,
    samples: sight.columnLine?.text.split("	").slice(fixedColumns + 1).map(decoded) ?? [],
    headerEnds: sight.columnLine !== void 0,
    contigs: sight.contigs,
    sequences: [...sight.sequences].map(decoded),
    rows: sight.rows.map((row) => row.map(decoded)),
    records: sight.records,
    complete: sight.complete,
    assembly: guessOf(sight),
    mistakes: sight.mistakes.slice(0, mistakesMax)
  };
}
function readLines(sight, text, complete) {
  const tabs = createTabs(text);
  for (let start = 0; start < text.length; ) {
    if (sight.records === recordsMax) return;
    const feed = text.indexOf("\n", start);
    if (feed < 0 && !complete) return;
    const end = endOfText(text, start, feed < 0 ? text.length : feed);
    sight.line += 1;
    readLine(sight, text, { start, end, tabs, finished: feed >= 0 });
    start = feed < 0 ? text.length : feed + 1;
  }
  sight.complete = complete;
}
function readLine(sight, text, at) {
  const line = text.slice(at.start, at.end);
  const { columnLine } = sight;
  if (line.includes("\0") && (sight.line > 1 || line.startsWith("#"))) throw nulByte(line, sight.line);
  if (columnLine === void 0) readHeader(sight, line);
  else if (line.startsWith("#")) checkLateHeaderLine(line, columnLine, sight.line);
  else if (line !== "") readRecord(sight, text, at, columnLine);
}
function readHeader(sight, text) {
  const line = readHeaderLine(text, sight.line);
  if (isColumnLine(line)) {
    sight.columnLine = readColumnLine(line, sight.line);
    return;
  }
  if (metaLine(line)?.key.toLowerCase() === "contig") sight.contigs += 1;
  sight.witness.hear(line, sight.line);
}
function readRecord(sight, text, { start, end, tabs, finished }, columnLine) {
  const line = text.slice(start, end);
  const fits = tabs.find(start, end) && tabs.columns === columnLine.columns;
  if (!finished && !(fits && isWholeWithoutEnd(line.split("	")))) throw cutInLine(line, columnLine.text, sight.line);
  if (!fits) throw wrongColumns(line, columnLine.text, sight.line);
  sight.records += 1;
  if (sight.rows.length < rowsMax) sight.rows.push(line.split("	", rowColumns));
  const name = text.slice(start, tabs.chrom);
  const wrongName = nameObjection(name);
  if (wrongName !== void 0) throw new InputError(wrongName, sight.line);
  if (sight.sequences.size < sequencesMax) sight.sequences.add(name);
  const site = siteOf(text, tabs, sight.line);
  if (!("position" in site)) {
    sight.mistakes.push({ line: sight.line, reason: site.detail, fatal: false });
    return;
  }
  const accession = sequenceOfAccession(name);
  if (accession?.assemblies.includes(ours)) sight.proof ??= name;
  const length = lengthOf(chromosomeName(name));
  if (length !== void 0 && isBeyondTheEnd(site.position, length)) {
    sight.mistakes.push({ line: sight.line, reason: beyondTheEnd(site.position, length, ours), fatal: false });
  }
}
function guessOf({ witness, proof, sequences }) {
  const finding = witness.finding();
  if (finding.assembly === void 0 && proof !== void 0) {
    return { name: ours, ours: true, because: `accessions in CHROM (${proof})`, notes: [] };
  }
  const [other] = [...sequences].flatMap((name) => sequenceOfAccession(name)?.assemblies ?? []);
  if (finding.assembly === void 0 && other !== void 0) {
    return { name: other, ours: false, because: "accessions in CHROM", notes: [otherForecast(other, ours)] };
  }
  return {
    name: finding.assembly,
    ours: finding.assembly === ours,
    because: because(finding),
    notes: assemblyForecast(finding, ours)
  };
}
export {
  blockLength,
  headerLength,
  prefixBytes,
  prefixTextBytes,
  previewOf,
  readPrefix,
  refusalOf
};
