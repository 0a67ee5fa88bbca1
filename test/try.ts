import { parseCourse } from "../course/course-file/read.ts";
const t = (s: string) => { try { console.log(parseCourse(s, "/x/course.yaml")); } catch (e) { console.log((e as Error).message); } };
t("course: gas26\nroster: r.csv\nregion: us-east-1\n");
t("course: Gas 26!\nrostr: r.csv\nregion:\nconfig: { webMax: 4, owner: x, a: [1,2] }\nbudgets:\n  student: 40\n  class: 10\n  brake:\n    - { at: 80, step: frezze }\n    - { at: 50, step: warn }\n    - { at: 90, stp: warn }\nlifetime: 14\nmail: nobody\nparallel: 0\n");
t("course: [\n");
t("");
t("- 1\n");
t("course: gas\nroster: r\nregion: us-east-1\nbudgets: { brake: 5 }\nlifetime: { days: 400 }\nconfig: 5\n");
