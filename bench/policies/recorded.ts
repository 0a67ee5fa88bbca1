/**
 * Recorded loads: requests to the site of the football World Cup of 1998, as M. Arlitt and T. Jin published them ("1998 World Cup Web
 * Site Access Logs", August 1998, https://ita.ee.lbl.gov/html/contrib/WorldCup.html). Means over equal parts of a window of one server's
 * log, as shares of the window's mean; the windows are those that github.com/smadduri9/k8s-hpa-benchmark chose.
 */

export interface Recording {
  readonly name: string;
  /** Of a part. */
  readonly minutes: number;
  readonly shares: readonly number[];
}

/** 18 minutes of 9 June, server 3: a crowd comes within five minutes and leaves in the next five. */
export const crowd: Recording = {
  name: "World Cup 1998, 9 June: a crowd",
  minutes: 0.5,
  shares: [
    0.597, 0.865, 0.666, 0.848, 0.753, 0.58, 0.554, 0.649, 0.692, 0.804, 1.272, 1.202, 1.202, 1.444, 1.816, 1.955,
    2.015, 1.695, 1.713, 1.254, 0.995, 0.891, 0.891, 0.77, 0.943, 1.047, 1.038, 0.787, 0.874, 0.951, 0.977, 0.804, 0.9,
    0.588, 0.519, 0.45,
  ],
};

/** 18 minutes of the evening of 8 July, server 72: a semi-final begins. */
export const evening: Recording = {
  name: "World Cup 1998, 8 July: before a match",
  minutes: 0.5,
  shares: [
    0.533, 0.547, 0.587, 0.597, 0.627, 0.67, 0.678, 0.721, 0.778, 0.835, 0.706, 0.787, 0.825, 0.83, 0.954, 0.894, 0.97,
    1.094, 0.979, 1.028, 1.015, 1.06, 1.18, 1.084, 1.115, 1.184, 1.27, 1.31, 1.338, 1.333, 1.333, 1.371, 1.521, 1.353,
    1.435, 1.461,
  ],
};

/** The whole of 5 July, server 3, eight times as fast: three hours. */
export const day: Recording = {
  name: "World Cup 1998, 5 July in three hours",
  minutes: 5,
  shares: [
    1.212, 1.272, 1.296, 1.324, 1.503, 1.521, 1.286, 1.582, 1.588, 1.389, 1.34, 1.23, 1.14, 1.097, 1.044, 0.984, 0.932,
    0.83, 0.798, 0.712, 0.702, 0.811, 0.836, 0.839, 0.924, 0.948, 0.81, 0.874, 0.797, 0.817, 0.7067, 0.617, 0.615,
    0.555, 0.52, 0.548,
  ],
};
