export interface Group {
  /** Of test/. */
  readonly folder: string;
  /** Test files, relative to the repository. */
  readonly files: readonly string[];
}
export const groups: readonly Group[];
export function fileOf(group: { readonly folder: string }): string;
export function filesFor(fast: boolean, given: readonly string[]): string[];
