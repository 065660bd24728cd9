/** A layer's published number of outputs, and the number that a file has. */
export interface Outputs {
  readonly published: number;
  readonly found: number;
}

const MAX_WIDTH = 16;

/**
 * The width at which a network has the outputs that a file has. Core rounds each to an even number of at least 2,
 * `max(2, 2 * round(published * width / 2))`, so each gives an interval of widths; of those that lie in all of them this is the fraction with
 * the smallest denominator, since people narrow by 1/16 and not by 0.0625003. Undefined where there is none.
 */
export function solveWidth(outputs: readonly Outputs[]): number | undefined {
  let low = 0;
  let high = MAX_WIDTH;
  for (const { published, found } of outputs) {
    if (found < 2 || found % 2 !== 0) return undefined;
    // a number is rounded to 2 from 0 on
    if (found > 2) low = Math.max(low, (found - 1) / published);
    high = Math.min(high, (found + 1) / published);
  }
  if (!(low < high)) return undefined;
  const width = low === 0 ? simplest(high / 2, high) : simplest(low, high);
  return outputs.every(({ published, found }) => rounded(published * width) === found) ? width : undefined;
}

function rounded(channels: number): number {
  return Math.max(2, Math.round(channels / 2) * 2);
}

/** The fraction with the smallest denominator from `low` up to, not including, `high`: 0 < low < high. By the continued fraction of both. */
function simplest(low: number, high: number, depth = 0): number {
  const whole = Math.ceil(low);
  if (whole < high || depth > 20) return depth > 20 ? low : whole;
  const floor = Math.floor(low);
  return floor + 1 / simplest(1 / (high - floor), 1 / (low - floor), depth + 1);
}
