/**
 * How the commands of `annofarm job` end. Scripts build on these: they stay as they are.
 *
 * | Exit status | Meaning |
 * |---|---|
 * | 0 | done |
 * | 1 | waited for, and the job failed, was cancelled, or nothing in its file could be annotated |
 * | 2 | wrong use: an option, a file, the settings |
 * | 3 | refused by the service: the token, the plan's limits, no such job, not in this state |
 * | 4 | not there (yet): no result or log, in the archive, or `--timeout` is over |
 * | 5 | the service cannot be reached, or fails; the same may succeed later |
 */
export const exitCodes = { ended: 1, use: 2, refused: 3, notThere: 4, unreachable: 5 } as const;

export class JobFailure extends Error {
  override name = "JobFailure";
  readonly exitCode: number;
  /** The service's word for a refusal, where it is one: `no-such-upload`. */
  readonly code: string | undefined;

  constructor(kind: keyof typeof exitCodes, message: string, options: ErrorOptions & { code?: string } = {}) {
    super(message, options);
    this.exitCode = exitCodes[kind];
    this.code = options.code;
  }
}
