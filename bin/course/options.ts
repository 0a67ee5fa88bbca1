/** Options that the commands of a course share. */
import { Option } from "commander";

export interface CourseOptions {
  readonly course: string;
  /** Absent: beside the course file. */
  readonly state?: string;
}

export function courseOptions(): Option[] {
  return [
    new Option("--course <file>", "the course file").default("course.yaml"),
    new Option("--state <directory>", "directory of courses' state (default: .annofarm/course beside the course file)"),
  ];
}
