/** One fault, planted: see list.ts. */
export interface Mutation {
  /** What goes wrong without it. */
  readonly fault: string;
  readonly file: string;
  readonly text: string;
  readonly by: string;
  readonly test: string;
  /** Part of the test's title. */
  readonly title: string;
}
