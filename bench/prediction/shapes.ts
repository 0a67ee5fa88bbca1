/** Loads that are run live and simulated: users over minutes of AWS's time. Read by k6 and by the benchmark, so it imports nothing. */

export interface Shape {
  readonly name: string;
  /** At the start. */
  readonly users: number;
  /** Minutes, and users at their end. */
  readonly stages: readonly (readonly [minutes: number, users: number])[];
}

/** Minutes in which users come or go "at once". */
const atOnce = 0.1;

/** Levels that are held, each reached at once. */
function levels(name: string, held: readonly (readonly [minutes: number, users: number])[]): Shape {
  const [first, ...others] = held;
  if (first === undefined) throw new Error(`the load "${name}" has no level`);
  const stages = others.flatMap(([minutes, users]) => [[atOnce, users] as const, [minutes, users] as const]);
  return { name, users: first[1], stages: [first, ...stages] };
}

/** Straight lines from one number of users to the next. */
const lines = (name: string, users: number, ...stages: Shape["stages"]): Shape => ({ name, users, stages });

const steady = (users: number): Shape => levels(`steady ${users}`, [[22, users]]);

/** `high` users in a part of each period, `low` in the rest. */
function square(low: number, high: number, period: number, part = 0.5): Shape {
  const cycle = [[period * (1 - part), low] as const, [period * part, high] as const];
  const cycles = Array.from({ length: Math.round(28 / period) }, () => cycle).flat();
  const what = part === 0.5 ? "square" : `square, high for ${part * period} min,`;
  return levels(`${what} ${low} to ${high} every ${period} min`, cycles);
}

/** A sine of eight straight pieces a period, from its middle upwards. */
function sine(low: number, high: number, period: number): Shape {
  const [middle, swing] = [(low + high) / 2, (high - low) / 2];
  const pieces = 8 * Math.max(1, Math.round(28 / period));
  const stages = Array.from({ length: pieces }, (_, piece) => {
    const angle = (2 * Math.PI * (piece + 1)) / 8;
    return [period / 8, Math.round(middle + swing * Math.sin(angle))] as const;
  });
  return lines(`sine ${low} to ${high} every ${period} min`, Math.round(middle), ...stages);
}

/** Rises for the whole period, falls at once. */
function saw(low: number, high: number, period: number): Shape {
  const tooth = [[period, high] as const, [atOnce, low] as const];
  const stages = Array.from({ length: Math.round(26 / period) }, () => tooth).flat();
  return lines(`saw ${low} to ${high} every ${period} min`, low, ...stages);
}

/** `high` users at once out of `low`, gone at once after `hold` minutes. */
const flash = (low: number, high: number, hold: number): Shape =>
  levels(`flash of ${hold} min: ${low}, ${high}`, [
    [6, low],
    [hold, high],
    [14, low],
  ]);

/** `high` users at once, half of them still there after each half-life. */
function news(high: number, halfLife: number): Shape {
  const low = 3;
  const halves = [1, 2, 3].map((n) => [halfLife, low + Math.round((high - low) / 2 ** n)] as const);
  return lines(`news: ${high} at once, half of it after ${halfLife} min`, low, [6, low], [atOnce, high], ...halves, [
    6,
    low,
  ]);
}

const stairs = (minutes: number, ...users: readonly number[]): Shape =>
  levels(
    `stairs of ${minutes} min: ${users.join(", ")}`,
    users.map((each) => [minutes, each] as const),
  );

/** Levels of three minutes that nobody chose: Park and Miller's generator from this seed. */
function wander(seed: number): Shape {
  let state = seed;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  let users = 4 + Math.floor(8 * next());
  const held = Array.from({ length: 9 }, () => {
    users = Math.min(22, Math.max(2, users + Math.round(14 * (next() - 0.5))));
    return [3, users] as const;
  });
  return levels(`wandering, seed ${seed}`, held);
}

export const shapes: readonly Shape[] = [
  lines("a class arrives", 4, [5, 4], [0.5, 16], [20, 16]),
  lines("a slow ramp", 2, [22, 18], [4, 18]),
  levels("a spike", [
    [6, 4],
    [5, 20],
    [12, 4],
  ]),
  lines("two lessons", 3, [3, 3], [0.2, 15], [8, 15], [0.2, 3], [7, 3], [0.2, 15], [8, 15]),
  stairs(6, 4, 8, 12, 16),
  levels("a quiet hour", [[25, 5]]),
  steady(2),
  steady(8),
  steady(11),
  steady(14),
  steady(18),
  lines("a fast ramp", 2, [4, 2], [5, 20], [12, 20]),
  lines("up and down", 3, [12, 20], [12, 3]),
  lines("half way up and down", 4, [10, 11], [5, 11], [10, 4]),
  lines("a class leaves", 16, [8, 16], [0.5, 4], [16, 4]),
  square(3, 14, 4),
  square(3, 14, 7),
  square(3, 14, 10),
  square(4, 18, 14),
  square(3, 20, 10, 0.2),
  sine(3, 15, 8),
  sine(3, 15, 14),
  sine(6, 18, 28),
  saw(3, 18, 6),
  saw(3, 18, 13),
  flash(4, 20, 1),
  flash(4, 16, 3),
  flash(6, 22, 9),
  news(20, 3),
  news(22, 6),
  stairs(6, 18, 13, 8, 3),
  stairs(5, 4, 12, 4, 16, 6),
  stairs(4, 3, 6, 9, 12, 15, 18),
  levels("more than the farm can grow to", [
    [5, 6],
    [10, 34],
    [10, 6],
  ]),
  wander(1),
  wander(2),
  wander(3),
];

/** A few users, then more than two instances get through: what an answer takes beside an instance's work, and what one is worth. */
export const calibration: Shape = levels("calibration", [
  [10, 4],
  [12, 24],
]);

/** By the number that the script is given; 0 calibrates. */
export const byNumber: readonly Shape[] = [calibration, ...shapes];
