/** Loads that are run live and simulated: users over minutes of AWS's time. Read by k6 and by the benchmark, so it imports nothing. */

export interface Shape {
  readonly name: string;
  /** At the start. */
  readonly users: number;
  /** Minutes, and users at their end. */
  readonly stages: readonly (readonly [minutes: number, users: number])[];
}

export const shapes: readonly Shape[] = [
  {
    name: "a class arrives",
    users: 4,
    stages: [
      [5, 4],
      [0.5, 16],
      [20, 16],
    ],
  },
  {
    name: "a slow ramp",
    users: 2,
    stages: [
      [22, 18],
      [4, 18],
    ],
  },
  {
    name: "a spike",
    users: 4,
    stages: [
      [6, 4],
      [0.1, 20],
      [5, 20],
      [0.1, 4],
      [12, 4],
    ],
  },
  {
    name: "two lessons",
    users: 3,
    stages: [
      [3, 3],
      [0.2, 15],
      [8, 15],
      [0.2, 3],
      [7, 3],
      [0.2, 15],
      [8, 15],
    ],
  },
  {
    name: "a staircase",
    users: 4,
    stages: [
      [6, 4],
      [0.1, 8],
      [6, 8],
      [0.1, 12],
      [6, 12],
      [0.1, 16],
      [6, 16],
    ],
  },
  { name: "a quiet hour", users: 5, stages: [[25, 5]] },
];

/** A few users, then more than two instances get through: what an answer takes beside an instance's work, and what one is worth. */
export const calibration: Shape = {
  name: "calibration",
  users: 4,
  stages: [
    [10, 4],
    [0.1, 24],
    [12, 24],
  ],
};

/** By the number that the script is given; 0 calibrates. */
export const byNumber: readonly Shape[] = [calibration, ...shapes];
