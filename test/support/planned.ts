import type { PlannedResource } from "../../plan/types.ts";

/** A resource of a plan for a test: what is not said is as it is for one that stands alone. Its id is its name. */
export const planned = (
  said: Pick<PlannedResource, "urn" | "type" | "name"> & Partial<PlannedResource>,
): PlannedResource => ({
  parent: undefined,
  custom: true,
  dependencies: [],
  protect: false,
  inputs: {},
  secretInputs: [],
  id: said.name,
  outputs: {},
  ...said,
});
