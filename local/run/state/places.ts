import type { Plan } from "../../../plan/types.ts";
import { declaredServices, declaredVariable } from "../../resources/declared.ts";

/** Where the declared service keeps what must outlive a run, by its own environment. */
export interface Places {
  readonly annotationsTable: string;
  readonly usersTable: string;
  readonly inputsBucket: string;
  readonly resultsBucket: string;
  readonly archiveStore: "vault" | "s3";
  readonly archiveName: string;
  readonly archiveQueueUrl: string;
  readonly restoreQueueUrl: string;
}

/** Undefined when the program does not declare the whole annotation service: then nothing of it outlives a run. */
export function findPlaces(plan: Plan): Places | undefined {
  const names = new Set(declaredServices(plan).map(({ name }) => name));
  return ["web", "archiver", "restorer"].every((name) => names.has(name)) ? placesOf(plan) : undefined;
}

/** @throws {Error} naming what is missing. */
export function placesOf(plan: Plan): Places {
  return {
    annotationsTable: declaredVariable(plan, "web", "ANNOTATIONS_TABLE"),
    usersTable: declaredVariable(plan, "web", "USERS_TABLE"),
    inputsBucket: declaredVariable(plan, "web", "INPUTS_BUCKET"),
    resultsBucket: declaredVariable(plan, "web", "RESULTS_BUCKET"),
    archiveStore: declaredVariable(plan, "archiver", "ARCHIVE_STORE") as "vault" | "s3",
    archiveName: declaredVariable(plan, "archiver", "ARCHIVE_NAME"),
    archiveQueueUrl: declaredVariable(plan, "archiver", "JOB_ARCHIVE_QUEUE_URL"),
    restoreQueueUrl: declaredVariable(plan, "restorer", "JOB_RESTORE_QUEUE_URL"),
  };
}
