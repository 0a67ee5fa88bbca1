/** The course's rules (exercises 13 and 14), one argument away for every farm: `scaling: courseScaling()`. */

/** Grows and shrinks by one instance each five minutes, by the course's figures for the farm that is told so. */
export interface CourseScaling {
  /** Chooses these rules. */
  readonly by: "course";
}

/**
 * The course's rules with the course's numbers. A web farm: one more above 200 requests a minute, one less when answers take
 * less than 50 ms. An annotator farm: one more from 30 jobs in a quarter of an hour on, one less below 5.
 */
export const courseScaling = (): CourseScaling => ({ by: "course" });
