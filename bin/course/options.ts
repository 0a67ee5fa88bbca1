/** Options that the commands of a course share. */
import { Option } from "commander";

export interface CourseOptions {
  readonly course: string;
  /** Absent: beside the course file. */
  readonly state?: string;
}

export function courseOptions(): Option[] {
  return [
    new Option("--course <file>", "the course").default("course.yaml"),
    new Option(
      "--state <directory>",
      "where the state of courses lies (default: .annofarm/course beside the course file)",
    ),
  ];
}
