/** Grades a deployed service from this process: nothing of a student's runs here. */
import { createRecorder } from "../evidence/recorder.ts";
import type { Rubric } from "../rubric/schema.ts";
import { createStage } from "../stage/stage.ts";
import { type DeployedTargetOptions, openDeployedTarget } from "../target/deployed.ts";
import { type GradedItem, grade } from "./grade.ts";

export interface DeployedGrading extends Omit<DeployedTargetOptions, "evidence"> {
  readonly rubric: Rubric;
  readonly only: readonly string[];
  readonly onItem: (item: GradedItem) => void;
  readonly signal: AbortSignal;
}

/** @throws {Error} when nothing answers at the address, or the time is over. */
export async function gradeDeployed({
  rubric,
  only,
  onItem,
  signal,
  ...options
}: DeployedGrading): Promise<GradedItem[]> {
  const evidence = createRecorder();
  const target = await openDeployedTarget({ ...options, evidence });
  const ending = AbortSignal.any([signal, AbortSignal.timeout(rubric.run.minutes * 60_000)]);
  try {
    return await grade({ rubric, target, stage: createStage(target, evidence, ending), evidence, only, onItem });
  } finally {
    await target.close();
  }
}
