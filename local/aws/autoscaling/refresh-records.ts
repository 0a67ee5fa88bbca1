import type { DesiredConfiguration } from "@aws-sdk/client-auto-scaling";
import { type InstanceRefresh, isActive } from "../../../scaling/refresh/refresh.ts";

/** A refresh as it is told to who asks. */
export interface RefreshRecord extends InstanceRefresh {
  readonly desiredConfiguration: DesiredConfiguration | undefined;
}

/** AWS keeps six weeks; here the newest suffice. */
const keptMax = 100;

/** Instance refreshes of this run, newest first; at most one of a group is active. */
export class RefreshRecords {
  readonly #onChange: (refresh: RefreshRecord) => void;
  #kept: readonly RefreshRecord[] = [];

  /** @param onChange told when a refresh begins, changes its status, and ends. */
  constructor(onChange: (refresh: RefreshRecord) => void) {
    this.#onChange = onChange;
  }

  activeOf(groupName: string): RefreshRecord | undefined {
    return this.#kept.find((each) => each.groupName === groupName && isActive(each));
  }

  list(groupName?: string): readonly RefreshRecord[] {
    return this.#kept.filter((each) => groupName === undefined || each.groupName === groupName);
  }

  keep(refresh: RefreshRecord): void {
    const before = this.#kept.find(({ id }) => id === refresh.id);
    this.#kept =
      before === undefined
        ? [refresh, ...this.#kept].slice(0, keptMax)
        : this.#kept.map((each) => (each === before ? refresh : each));
    if (before?.status !== refresh.status) this.#onChange(refresh);
  }

  /** A group that has been deleted has nothing left to refresh. */
  dropActiveExcept(groups: readonly { readonly name: string }[]): void {
    this.#kept = this.#kept.filter((each) => !isActive(each) || groups.some(({ name }) => name === each.groupName));
  }
}
