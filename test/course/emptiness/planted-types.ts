/** Kind → what the proof must name: its id. */
export type Planted = Readonly<Record<string, string>>;

/** What several stacks share. */
export interface Shared {
  readonly listenerArn: string;
  readonly zoneId: string;
  readonly zone: string;
}
