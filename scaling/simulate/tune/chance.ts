/** What counted runs say of the share behind them: exact one-sided bounds of Clopper and Pearson (Biometrika 26, 1934). */

/** ln of the binomial coefficient. */
function logChoose(of: number, some: number): number {
  let sum = 0;
  for (let n = 1; n <= Math.min(some, of - some); n++) sum += Math.log((of - n + 1) / n);
  return sum;
}

/** Probability of exactly `met` of `runs`. */
const exactly = (met: number, runs: number, share: number): number =>
  Math.exp(logChoose(runs, met) + met * Math.log(share) + (runs - met) * Math.log1p(-share));

/**
 * Probability of at least `met` of `runs`, 1 at least, where each is met with probability `share`, strictly between 0 and 1. The
 * tail that is summed is the one that falls from its first term on: what is too small for a number does not matter there.
 */
function atLeast(met: number, runs: number, share: number): number {
  const odds = share / (1 - share);
  let sum = 0;
  if (met > runs * share) {
    let term = exactly(met, runs, share);
    for (let n = met; n <= runs; term *= ((runs - n) / (n + 1)) * odds, n++) sum += term;
    return sum;
  }
  let term = exactly(met - 1, runs, share);
  for (let n = met - 1; n >= 0; term *= n / (runs - n + 1) / odds, n--) sum += term;
  return 1 - sum;
}

/** The share that is surpassed with confidence `1 − risk` by what met `met` of `runs` independent runs. */
export function lowerBound(met: number, runs: number, risk: number): number {
  if (met === 0) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (atLeast(met, runs, middle) > risk) high = middle;
    else low = middle;
  }
  return low;
}

/** The share that is not reached with confidence `1 − risk`. */
export const upperBound = (met: number, runs: number, risk: number): number => 1 - lowerBound(runs - met, runs, risk);

/** Least number of met runs that shows a share with confidence `1 − risk`; `undefined`: not even all of them would. */
export function metFor(share: number, runs: number, risk: number): number | undefined {
  if (runs === 0 || lowerBound(runs, runs, risk) < share) return undefined;
  let met = runs;
  while (met > 1 && lowerBound(met - 1, runs, risk) >= share) met--;
  return met;
}

/** Least number of runs that can show a share with confidence `1 − risk`: if all of them are met. */
export const runsFor = (share: number, risk: number): number => Math.ceil(Math.log(risk) / Math.log(share));
