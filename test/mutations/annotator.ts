/** Limits of one record: what keeps the built-in annotator from being stopped by a line. */
import type { Mutation } from "./mutation.ts";

const stopwatch = "test/runtime/annotator/stopwatch.test.ts";

export const annotatorMutations: readonly Mutation[] = [
  {
    fault: "alleles are looked at without end",
    file: "runtime/annotator/builtin/additions.ts",
    text: "stopwatch.lap();",
    by: "",
    test: stopwatch,
    title: "named while its alleles are looked at",
  },
  {
    fault: "a slow record of one allele is not named",
    file: "runtime/annotator/builtin/record-reader.ts",
    text: "stopwatch.look();",
    by: "",
    test: stopwatch,
    title: "named although it has one allele",
  },
  {
    fault: "the limit of time is one of the file",
    file: "runtime/annotator/builtin/stopwatch.ts",
    text: "begun = now();",
    by: "begun ||= now();",
    test: stopwatch,
    title: "each record has the whole time",
  },
  {
    fault: "fields like ours take the square of their number",
    file: "runtime/annotator/builtin/fields.ts",
    text: 'info.slice(at, end).split("=", 1)',
    by: '[info.indexOf("=", at) < 0 ? "" : info.slice(at, end)]',
    test: stopwatch,
    title: "dealt with in one pass",
  },
  {
    fault: "a field of a header line is kept, however many there are",
    file: "runtime/vcf/meta-line.ts",
    text: " && fields.size < fieldsMax",
    by: "",
    test: stopwatch,
    title: "a header line of fields",
  },
  {
    fault: "a name keeps the block that it was cut from",
    file: "runtime/annotator/builtin/sequences.ts",
    text: "const own = detached(name);",
    by: "const own = name;",
    test: "test/runtime/annotator/memory.test.ts",
    title: "a file many times larger than the memory",
  },
  {
    fault: "a reason keeps the block that its value was cut from",
    file: "runtime/vcf/input-error.ts",
    text: 'Array.from(cut).join("")',
    by: "cut",
    test: "test/runtime/annotator/memory.test.ts",
    title: "a file many times larger than the memory",
  },
];
