import { Refusal } from "../../gateway/errors.ts";

export const notFound = (what: string, id: string): Refusal =>
  new Refusal(404, "ResourceNotFoundException", `The ${what} was not found: ${id}`);

export const invalid = (message: string): Refusal => new Refusal(400, "InvalidParameterValueException", message);

/** Id at the end of a path, decoded. */
export const lastOf = (path: string): string => decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
