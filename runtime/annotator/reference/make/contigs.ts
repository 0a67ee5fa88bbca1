/** Sequences as the files name and measure them: what one file says must fit what another has said. */
import { InputError } from "../../../vcf/input-error.ts";
import type { Contig } from "../index/format.ts";
import { createNames } from "../index/names.ts";

export interface Contigs {
  /** Adds a sequence of the genes, once. */
  add(name: string): void;
  addAlias(name: string, alias: string): void;
  /** @param file that says so, for errors. @throws {InputError} when another file says another length. */
  setLength(name: string, length: number, file: string): void;
  /** A feature may reach beyond the end of it, which is its beginning. */
  setCircular(name: string): void;
  /** @throws {InputError} for a position that the sequence does not have. */
  checkEnd(name: string, end: number): void;
  all(): Contig[];
  /** The sequence that another file's name stands for. */
  find(name: string, assembly: string): string | undefined;
  lengthOf(name: string): number | undefined;
}

interface OpenContig {
  length?: number;
  /** The file that has said the length. */
  from?: string;
  circular: boolean;
  /** The furthest position that the files have on it. */
  reach: number;
  readonly aliases: Set<string>;
}

export function createContigs(): Contigs {
  const contigs = new Map<string, OpenContig>();
  let names: ((name: string) => string | undefined) | undefined;

  function at(name: string): OpenContig {
    let contig = contigs.get(name);
    if (contig === undefined) {
      contig = { circular: false, reach: 0, aliases: new Set() };
      contigs.set(name, contig);
      names = undefined;
    }
    return contig;
  }

  const all = (): Contig[] =>
    [...contigs].map(([name, { length, aliases }]) => ({
      name,
      ...(length === undefined ? {} : { length }),
      aliases: [...aliases],
    }));

  return {
    all,
    add: (name) => void at(name),
    addAlias(name, alias) {
      if (alias !== name && alias !== "") at(name).aliases.add(alias);
      names = undefined;
    },
    setLength(name, length, file) {
      const contig = at(name);
      if (contig.length !== undefined && contig.length !== length) {
        throw new InputError(
          `sequence ${name} has ${length} bases here and ${contig.length} in ${contig.from}; the files are of different assemblies`,
        );
      }
      if (contig.reach > length && !contig.circular) {
        throw new InputError(
          `sequence ${name} has ${length} bases here, and position ${contig.reach} in another file; the files are of different assemblies`,
        );
      }
      Object.assign(contig, { length, from: file });
    },
    setCircular: (name) => Object.assign(at(name), { circular: true }),
    checkEnd(name, end) {
      const contig = at(name);
      const { length, circular, from } = contig;
      contig.reach = Math.max(contig.reach, end);
      if (length === undefined || end <= length || circular) return;
      throw new InputError(
        `position ${end} is beyond the end of sequence ${name}, which has ${length} bases in ${from}; the files are of different assemblies`,
      );
    },
    find(name, assembly) {
      names ??= createNames(assembly, all());
      return names(name);
    },
    lengthOf: (name) => contigs.get(name)?.length,
  };
}
