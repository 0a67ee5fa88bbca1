export interface Permission {
  /** `s3:GetObject`. */
  readonly action: string;
  /** ARN, or `*` where the action knows none. */
  readonly resource: string;
}
