/** What a request has sent, as it should be. */
import * as z from "zod";
import { HttpError } from "../http/errors.ts";

/** @param expected said before what is wrong: `The body has days`. @throws {HttpError} 400 */
export function parsed<Shape extends z.ZodType>(shape: Shape, given: unknown, expected: string): z.output<Shape> {
  const { data, error } = shape.safeParse(given);
  if (error === undefined) return data;
  throw new HttpError(400, "malformed", `${expected}: ${z.prettifyError(error)}`);
}
