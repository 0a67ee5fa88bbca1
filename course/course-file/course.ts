/** A course as its file declares it. */

/** What a stack shares with others: nothing; a VPC; a VPC and balancers. */
export const isolations = ["own", "network", "balancers"] as const;
export type Isolation = (typeof isolations)[number];

/** What a brake does to a stack, the mildest first: tells staff; scales groups to their minimum; stops them; removes the stack. */
export const brakeSteps = ["warn", "minimum", "freeze", "destroy"] as const;
export type BrakeStep = (typeof brakeSteps)[number];

export interface Brake {
  /** Per cent of the budget. */
  readonly at: number;
  readonly step: BrakeStep;
}

export interface Course {
  /** 2 to 10 characters; begins every stack's name. */
  readonly course: string;
  /** Absolute path of the roster. */
  readonly roster: string;
  /** Absolute path of the folder of Pulumi.yaml. */
  readonly program: string;
  /** The stack whose configuration every stack starts from. */
  readonly stack: string;
  /** Over that configuration, `key` or `namespace:key` → value as Pulumi hands it to a program: text, or JSON text. */
  readonly config: Readonly<Record<string, string>>;
  readonly region: string;
  readonly isolation: Isolation;
  /** Zone that every stack gets a subdomain of. */
  readonly domain?: string;
  /** Whether every role stands under a permissions boundary. */
  readonly permissionsBoundary: boolean;
  readonly budgets: {
    /** USD for each stack over its life. */
    readonly student?: number;
    /** USD for all stacks together. */
    readonly class?: number;
    /** Rising in `at` and never milder. */
    readonly brake: readonly Brake[];
  };
  /** Absent: stacks do not expire. */
  readonly lifetime?: {
    readonly days: number;
    /** Days that an extension adds. */
    readonly extendBy: number;
    /** Whether use of the stack extends it. */
    readonly activity: boolean;
  };
  /** Where warnings go. */
  readonly mail?: string;
  /** Updates at a time at most; memory bounds it too. */
  readonly parallel: number;
  /** Pulumi's backend: `s3://…`, `file://…`. Absent: a folder of the course's state. */
  readonly backend?: string;
}
